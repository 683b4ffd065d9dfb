"""One Docker stack on one VM, deployed through Portainer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.clients.portainer.silence import EngineSilentError
from phoenix_providers.errors import PhoenixError, ProductError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.stacks.deployment import StackDeployment
from phoenix_providers.operations.stacks.environment_address import check_address
from phoenix_providers.operations.stacks.image_foresight import CONTENT, images_of, note
from phoenix_providers.operations.stacks.limits import Limits
from phoenix_providers.operations.stacks.making_room import MakingRoom
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.portainer_data import OTHER_DATA, is_of_other_data
from phoenix_providers.operations.stacks.staying import foretell, kept_out, refuse_what_stays, staying
from phoenix_providers.operations.stacks.unrecorded import remove_unrecorded
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.site_plan import HELD
from phoenix_providers.planning.stacks.content import StackContent, WantedStack
from phoenix_providers.planning.stacks.deploy_result import DeployResult
from phoenix_providers.planning.stacks.history import StackHistory
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
_MOST_COPIES = 10
# Other limits are no reason to deploy anything.
_COMPARED = tuple(key for key in _INPUTS if key not in {"resource", "blocked", "limits", "environment_instance"})


# What is remembered of content that does not run.
_TRIED = ("failed_digest", "failed_reason", "unpulled")

_NOT_BROUGHT_UP = (
    "Portainer was set up anew, and the environment of this stack is not known there yet"
    "\n  next:     phoenix sync all   (it brings environments back before their stacks)"
)


class PortainerStackProvider(PhoenixProvider):
    """A stack that does not get healthy is recorded, not raised: it must not keep the other stacks from their routes.

    The verdict fails the run, and the next run tries again.
    """

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Blocked or held means untouched: the old inputs stay; with blocked routes alone the old routes."""
        inputs = without_provider_key(news)
        foretell(str(news.get("resource") or ""))
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
        return CheckResult(inputs, [])

    def create(self, props: Properties) -> CreateResult:
        """Adopt the stack if Portainer has it, else create it."""
        outputs = _converged({}, props)
        clients_of_run.current().ownership_transfers.note("stack", outputs["stack_id"], props["resource"])
        return CreateResult(str(props["resource"]), outputs)

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look; whoever does not answer leaves everything as it was, marked to be looked at again."""
        kept = without_provider_key(props)
        if kept.get("blocked"):
            return ReadResult(id_, kept)
        kept["observed"] = props.get("failure") or AS_DECLARED
        try:
            deployment = _deployment(props)
            if _is_of_other_data(props):
                kept["observed"] = OTHER_DATA
                return ReadResult(id_, kept, _inputs(kept))
            record = deployment.find(str(props["project"]), int(props.get("environment_id") or 0))
            if record is None:
                stack_id = int(props.get("stack_id") or 0)
                if stack_id and not deployment.has_record(str(props["project"]), stack_id):
                    clients_of_run.current().dropped.add(id_)
                    return ReadResult("", {})
                if stack_id:
                    kept["observed"] = "its record at Portainer belongs to another environment"
            else:
                # The file is the one that we left there for as long as nobody has written the record since.
                known = str(props["compose"]) if props.get("stamp") == record.stamp else None
                live = deployment.look(record, _content(props), known, _memory(props, props))
                kept |= {"compose": live.content.compose, "env": dict(live.content.env), "stamp": record.stamp}
                kept["services"] = list(live.content.services)
                if live.broken:
                    # It may be caught between two crashes by the time that it is brought up.
                    kept["unsettled"] = live.content.digest
                if live.observed:
                    kept["observed"] = _scrubbed("; ".join(live.observed), props)
        except ProductError as error:
            kept["observed"] = _silence(props, error)
        if kept == without_provider_key(props):
            # The inputs may know more than the outputs: why the stack is blocked by now.
            return ReadResult(id_, kept)
        return ReadResult(id_, kept, _inputs(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare; another project is another stack at Portainer, which takes the place of the one before."""
        _note_images(olds, news)
        if unless_unknown(news.get("blocked"), ""):
            withdraws = bool(news.get("withdraw")) != bool(olds.get("withdraw"))
            return DiffResult(changes=withdraws and news["blocked"] == HELD)
        left_alone = bool(olds.get("blocked")) or bool(olds.get("withdraw"))
        changes = bool(olds.get("failure")) or left_alone or differs(olds, news, _COMPARED)
        return DiffResult(changes=changes)

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Send what differs; wait for health. Under another project the one before goes once the new one runs."""
        if news.get("blocked"):
            return UpdateResult(_left_alone(olds, news))
        if olds.get("project") == news["project"] or not olds.get("stack_id"):
            return UpdateResult(_converged(olds, news))
        return UpdateResult(_succeeded(olds, news))

    def delete(self, _id: str, props: Properties) -> None:
        """Remove the stack; its volumes stay. One that was blocked from its first day has nothing to be removed."""
        if props.get("blocked") and not props.get("stack_id"):
            return
        refuse_what_stays(str(props["resource"]))
        if _is_of_other_data(props):
            access = clients_of_run.current().portainer(props["server"])
            remove_unrecorded(access, str(props["project"]), str(props["environment"]))
            return
        if clients_of_run.current().ownership_transfers.keep("stack", props.get("stack_id"), props["resource"]):
            return
        _removed(props)


class PortainerStack(PhoenixResource, module="phoenix", name="PortainerStack"):
    """A compose stack.

    Attributes:
        live_routes: What Traefik shall publish: the declared routes once the stack is healthy, the last good ones
            while it is not, none before it ever was.
        failure: Why it is not as declared, or empty.
        stamp: Changes whenever the stack is deployed.
    """

    stamp: pulumi.Output[Any]
    live_routes: pulumi.Output[Any]
    failure: pulumi.Output[str]

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
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


def _left_alone(olds: Properties, news: Properties) -> Properties:
    """Withdraw the routes of a stack that is held, or bring them back; nothing else of it changes."""
    if news.get("withdraw"):
        return without_provider_key(olds) | {"withdraw": True, "withdrawn": olds.get("live_routes"), "live_routes": {}}
    kept = {key: value for key, value in without_provider_key(olds).items() if key not in {"withdraw", "withdrawn"}}
    return kept | {"live_routes": olds.get("withdrawn") or {}}


def _converged(olds: Properties, news: Properties) -> Properties:
    outcome = _outcome(olds, news)
    name = str(news["resource"])
    waits = "" if outcome.failure else kept_out(name, olds)
    stay = ""
    if waits:
        outcome = replace(outcome, failure=waits)
    elif outcome.failure:
        clients_of_run.current().failed.add(name)
        stay = "\n".join(staying(old, name) for old, new in clients_of_run.staying().items() if name in new)
    routes = olds.get("live_routes") or {} if outcome.failure else news["routes"]
    failure = "\n".join(filter(None, (outcome.failure, stay, outcome.untidy)))
    return without_provider_key(news) | {
        "stack_id": outcome.stack_id,
        "failure": failure if news.get("blocked") else _scrubbed(failure, news, olds),
        "failed_digest": outcome.memory.failed_digest,
        "failed_reason": _scrubbed(outcome.memory.failed_reason, news, olds),
        "last_good": outcome.memory.last_good.as_property() if outcome.memory.last_good else None,
        "stamp": outcome.stamp,
        "made": {service: list(hashes) for service, hashes in outcome.memory.made.items()},
        "running": list(outcome.memory.running),
        "revived": list(outcome.memory.revived),
        "unpulled": _unpulled(outcome.memory, news, olds),
        "unsettled": outcome.memory.unsettled,
        "live_routes": routes,
        "observed": AS_DECLARED,
        **({"kept_out": True} if waits else {}),
    }


def _succeeded(olds: Properties, news: Properties) -> Properties:
    """Bring another project up; what the state has stays as it is until that runs, but for what has failed."""
    made_before = {key: olds.get(key) for key in _TRIED} | {"environment_instance": olds.get("environment_instance")}
    made_before |= {key: olds.get(key) for key in ("failure", "kept_out") if olds.get("kept_out")}
    outputs = _converged(made_before, news)
    if outputs["failure"]:
        gone = (str(olds["environment"]), str(olds["project"])) in clients_of_run.current().removed
        # What made room and could not come back has told so.
        stays = "" if gone else staying(olds["project"], news["project"])
        routes = {} if gone else olds.get("live_routes") or {}
        failure = "\n".join(filter(None, (outputs["failure"], stays)))
        kept = {key: outputs[key] for key in _TRIED} | {"failure": failure, "live_routes": routes}
        kept["kept_out"] = bool(outputs.get("kept_out"))
        return without_provider_key(olds) | kept | {"observed": AS_DECLARED}
    try:
        _removed(olds)
    except PhoenixError as error:
        untidy = f"{olds['project']} could not be removed: {error.explanation.what}"
        return without_provider_key(olds) | {"failure": _scrubbed(untidy, olds), "observed": AS_DECLARED}
    return outputs


def _removed(props: Properties) -> None:
    number, stack_id = (int(props.get(key) or 0) for key in ("environment_id", "stack_id"))
    project, environment = str(props["project"]), str(props["environment"])
    known = _deployment(props).remove(project, number, stack_id, environment)
    if not known and props.get("last_good"):
        # It ran once; Portainer has lost its data since, and could not bring it up again.
        remove_unrecorded(clients_of_run.current().portainer(props["server"]), project, environment, number)


def _outcome(olds: Properties, news: Properties) -> DeployResult:
    memory = _memory(olds, news)
    if news.get("blocked"):
        return DeployResult(memory.stack_id, "" if news["blocked"] == HELD else str(news["blocked"]), memory)
    if not news.get("environment_id"):
        return DeployResult(
            memory.stack_id, f"Portainer's environment {news['environment']!r} is not available", memory
        )
    current = clients_of_run.current()
    name, settings = news["resource"], current.settings
    access = current.portainer(news["server"])
    patience = Patience(access.server, current.clock)
    try:
        if patience.briefly(lambda: _is_of_other_data(news)):
            return DeployResult(memory.stack_id, _NOT_BROUGHT_UP, memory)
        patience.briefly(lambda: check_address(access, news))
        return _deployment(news).converge(
            _wanted(news), memory, retry=name in settings.retry, take_over=name in settings.take_over
        )
    except PhoenixError as error:
        return DeployResult(memory.stack_id, f"{error.label}: {error.explanation.text()}", memory)


def _silence(props: Properties, error: ProductError) -> str:
    """Return why a stack could not be looked at; a preview says it of an engine, which no gate asks."""
    text = _scrubbed(str(error), props)
    if isinstance(error, EngineSilentError):
        clients_of_run.current().silent_engines[str(props["resource"])] = text
    return text


def _scrubbed(text: str, *several: Properties) -> str:
    """Take all values out of a text: the one place through which every reason passes.

    Products, and our own checks, repeat what they were given; a log may show what another stack has. An image keeps
    its name, whichever variable its version comes from, unless that is a secret.
    """
    if not text:
        return text
    values = [str(value) for properties in several for value in (properties.get("env") or {}).values()]
    public = [name for properties in several for name in _public_names(properties)]
    images = [image for properties in several for image in images_of(properties)]
    return redact(redact(text, values, [*public, *images]), clients_of_run.current().secret_values, public)


def _note_images(olds: Properties, news: Properties) -> None:
    is_known = not has_unknown([news.get(key) for key in CONTENT])
    note(olds, known_part(news), partial(_scrubbed_inputs, news), is_known=is_known)


def _scrubbed_inputs(news: Properties, text: str) -> str:
    return _scrubbed(text, news)


def _public_names(properties: Properties) -> Iterator[str]:
    """Yield names that hold parts of values often enough, and are in the state in clear."""
    project = str(properties.get("project") or "")
    yield from (project, str(properties.get("resource") or ""), f"{project}_default")
    for service in properties.get("services") or ():
        yield from (f"{project}-{service}-{number}" for number in range(1, _MOST_COPIES))


def _inputs(kept: Properties) -> Properties:
    """Return the inputs; what an older state lacks is not added."""
    return {key: kept.get(key) for key in _INPUTS if key in kept or key != "environment_instance"}


def _is_of_other_data(props: Properties) -> bool:
    session = clients_of_run.current().portainer(props["server"]).session
    return is_of_other_data(props.get("environment_instance"), session)


def _memory(olds: Properties, news: Properties) -> StackHistory:
    """Return what earlier runs left; numbers and times of another Portainer mean nothing."""
    before, now = (props.get("environment_instance") for props in (olds, news))
    moved = bool(before) and bool(now) and before != now
    unpulled = olds.get("unpulled") or {}
    return StackHistory(
        stack_id=0 if moved else int(olds.get("stack_id") or 0),
        failed_digest=str(olds.get("failed_digest") or ""),
        failed_reason=str(olds.get("failed_reason") or ""),
        last_good=StackContent.from_property(olds.get("last_good")),
        stamp="" if moved else str(olds.get("stamp") or ""),
        compose=str(olds.get("compose") or ""),
        made=dict(olds.get("made") or {}),
        running=tuple(olds.get("running") or ()),
        revived=tuple(olds.get("revived") or ()),
        unpulled=(str(unpulled.get("digest") or ""), str(unpulled.get("reason") or "")),
        unsettled=str(olds.get("unsettled") or ""),
    )


def _unpulled(memory: StackHistory, *several: Properties) -> Properties | None:
    digest, reason = memory.unpulled
    return {"digest": digest, "reason": _scrubbed(reason, *several)} if digest else None


def _deployment(props: Properties) -> StackDeployment:
    current = clients_of_run.current()
    access = current.portainer(props["server"])
    own_limits = props.get("limits") or {}
    limits = Limits(
        float(own_limits.get("timeout") or current.settings.deploy_timeout),
        float(current.settings.settle if own_limits.get("settle") is None else own_limits["settle"]),
    )
    docker = access.docker(int(props.get("environment_id") or 0))
    room = MakingRoom(current, str(props["environment"]), str(props["resource"]))
    return StackDeployment(access.server, access.stacks, access.environments, docker, current.clock, limits, room)


def _wanted(props: Properties) -> WantedStack:
    return WantedStack(
        project=str(props["project"]),
        environment_id=int(props["environment_id"]),
        content=_content(props),
    )


def _content(props: Properties) -> StackContent:
    return StackContent(str(props["compose"]), dict(props["env"]), tuple(props["services"]))
