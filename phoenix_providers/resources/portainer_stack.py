"""One Docker stack on one VM, deployed through Portainer."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.site_plan import HELD
from phoenix_providers.planning.stacks.stack_properties import left_alone
from phoenix_providers.planning.stacks.stored_stack import remembered, stored
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    has_unknown,
    known_part,
    unless_unknown,
    without_provider_key,
)

_INPUTS = (
    "resource",
    "server",
    "project",
    "environment",
    "environment_id",
    "environment_instance",
    "compose",
    "env",
    "services",
    "routes",
    "blocked",
    "limits",
    "observed",
)
# Inputs that stand there only where they say something else.
_USUAL: Properties = {"blocked": "", "limits": {}, "observed": AS_DECLARED}
# What a text is about.
_ABOUT = {
    "compose": re.compile(r"^\s*image:\s*[\"']?([^\s\"'#]+)", re.MULTILINE),
    "routes": re.compile(r"Host(?:SNI)?\(`([^`]+)`"),
    "server": re.compile(r'"url":"([^"]+)"'),
}
# Other limits are no reason to deploy anything.
_COMPARED = tuple(key for key in _INPUTS if key not in {"resource", "blocked", "limits", "environment_instance"})


class PortainerStackProvider(PhoenixProvider):
    """A stack that does not get healthy is recorded, not raised: it must not keep the other stacks from their routes.

    The verdict fails the run, and the next run tries again.
    """

    of_one_run = ("environment_urls",)
    stored_as_text = ("server", "routes", "live_routes")
    stored_by_line = ("compose", "server", "routes", "services")

    def about(self, key: str, stored: str) -> str:
        """Name images of a compose text, host names of routes, and the server's address."""
        names = _ABOUT.get(key)
        return ", ".join(dict.fromkeys(names.findall(stored))) if names else ""

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Blocked or held means untouched: the old inputs stay; with blocked routes alone the old routes."""
        from phoenix_providers.operations.stacks.leaving.staying import foretell
        from phoenix_providers.operations.stacks.refreshing import note_silence

        inputs, name = without_provider_key(news), str(news.get("resource") or "")
        foretell(name)
        note_silence(name, str(olds.get("observed") or ""))
        if unless_unknown(inputs.pop("keep_routes", False), False):
            inputs["routes"] = olds.get("routes") or {}
        if unless_unknown(news.get("blocked"), "") and olds:
            # Whatever was left to be done stays so: the comparison has to know that nothing may be.
            of_routes = news if news["blocked"] == HELD else olds
            inputs = without_provider_key(olds) | {"blocked": news["blocked"], "withdraw": of_routes.get("withdraw")}
        if not inputs.get("withdraw"):
            inputs.pop("withdraw", None)
        if not olds:
            _note_images({}, inputs)
        # What is as usual is not shown, unless an older version has stored it.
        usual = {key for key, value in _USUAL.items() if key not in olds and inputs.get(key) == value}
        return CheckResult({key: value for key, value in inputs.items() if key not in usual}, [])

    def create(self, props: Properties) -> CreateResult:
        """Adopt the stack if Portainer has it, else create it."""
        from phoenix_providers.operations.stacks.bringing_up import brought_up

        outputs = brought_up({}, _USUAL | without_provider_key(props))
        clients_of_run.current().notes.ownership_transfers.note("stack", outputs["stack_id"], props["resource"])
        return CreateResult(str(props["resource"]), stored(outputs))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look; whoever does not answer leaves everything as it was, marked to be looked at again."""
        from phoenix_providers.operations.stacks.portainer_data import OTHER_DATA
        from phoenix_providers.operations.stacks.refreshing import refreshed

        before = without_provider_key(remembered(props))
        if before.get("blocked"):
            return ReadResult(id_, stored(before))
        kept = refreshed(before)
        if kept == before and kept["observed"] != OTHER_DATA:
            # The inputs may know more than the outputs: why the stack is blocked by now.
            return ReadResult(id_, stored(kept))
        return ReadResult(id_, stored(kept), _inputs(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare; another project is another stack at Portainer, which takes the place of the one before."""
        olds, news = _USUAL | without_provider_key(remembered(olds)), _USUAL | news
        _note_images(olds, news)
        if unless_unknown(news.get("blocked"), ""):
            withdraws = bool(news.get("withdraw")) != bool(olds.get("withdraw"))
            return DiffResult(changes=withdraws and news["blocked"] == HELD)
        was_left_alone = bool(olds.get("blocked")) or bool(olds.get("withdraw"))
        changes = bool(olds.get("failure")) or was_left_alone or differs(olds, news, _COMPARED)
        return DiffResult(changes=changes)

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Send what differs; wait for health. Under another project the one before goes once the new one runs."""
        from phoenix_providers.operations.stacks.bringing_up import brought_up, succeeded

        before, news = without_provider_key(remembered(olds)), _USUAL | news
        if news.get("blocked"):
            return UpdateResult(stored(left_alone(before, news)))
        if before.get("project") == news["project"] or not before.get("stack_id"):
            return UpdateResult(stored(brought_up(before, without_provider_key(news))))
        return UpdateResult(stored(succeeded(before, without_provider_key(news))))

    def delete(self, _id: str, props: Properties) -> None:
        """Remove the stack; its volumes stay. One that was blocked from its first day has nothing to be removed."""
        from phoenix_providers.operations.stacks.bringing_up import remove_stack
        from phoenix_providers.operations.stacks.leaving.staying import refuse_out_of_reach, refuse_what_stays
        from phoenix_providers.operations.stacks.leaving.unrecorded import remove_unrecorded
        from phoenix_providers.operations.stacks.stack_access import was_made_in_other_data

        props = without_provider_key(remembered(props))
        if props.get("blocked") and not props.get("stack_id"):
            return
        refuse_what_stays(str(props["resource"]))
        if was_made_in_other_data(props):
            access = clients_of_run.current().portainer(PortainerServer.from_input(props["server"]))
            remove_unrecorded(access, str(props["project"]), str(props["environment"]))
            return
        if clients_of_run.current().notes.ownership_transfers.keep("stack", props.get("stack_id"), props["resource"]):
            return
        refuse_out_of_reach(props)
        remove_stack(props)


class PortainerStack(PhoenixResource, module="phoenix", name="PortainerStack"):
    """A compose stack.

    Attributes:
        environment, project, compose, blocked: What is declared.
        stack_id: Portainer's number; 0 while it was never there.
        live_routes: What Traefik shall publish: the declared routes once the stack is healthy, the last good ones
            while it is not, none before it ever was.
        failure: Why it is not as declared, or empty.
        stamp: Changes whenever the stack is deployed.
    """

    environment: pulumi.Output[str]
    project: pulumi.Output[str]
    compose: pulumi.Output[str]
    blocked: pulumi.Output[str]
    stack_id: pulumi.Output[Any]
    stamp: pulumi.Output[Any]
    live_routes: pulumi.Output[Any]
    failure: pulumi.Output[str]

    def __init__(self, name: str, inputs: StoredProperties, opts: pulumi.ResourceOptions | None = None) -> None:
        computed = dict.fromkeys(
            (
                *("stack_id", "live_routes", "failure", "failed_digest", "failed_reason", "last_good", "stamp", "made"),
                "unpulled",
                "unsettled",
            )
        )
        own_options = pulumi.ResourceOptions(
            additional_secret_outputs=["env", "failed_digest", "last_good", "made", "unpulled", "unsettled"]
        )
        super().__init__(
            PortainerStackProvider(),
            name,
            {**inputs, "resource": name, "observed": AS_DECLARED, **computed},
            pulumi.ResourceOptions.merge(own_options, opts),
        )

    @property
    def published(self) -> pulumi.Output[Any]:
        """Its `live_routes` as data."""
        return self.live_routes.apply(unpacked)


def _note_images(olds: Properties, news: Properties) -> None:
    from phoenix_providers.operations.stacks.image_foresight import CONTENT, note

    is_known = not has_unknown([news.get(key) for key in CONTENT])
    note(olds, known_part(news), partial(_redacted_inputs, news), is_known=is_known)


def _redacted_inputs(news: Properties, text: str) -> str:
    from phoenix_providers.operations.stacks.reasons import redacted

    return redacted(text, news)


def _inputs(kept: Properties) -> Properties:
    """Return the inputs; what an older state lacks is not added."""
    return {key: kept.get(key) for key in _INPUTS if key in kept or key != "environment_instance"}
