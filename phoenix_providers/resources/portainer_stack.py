"""One Docker stack on one VM, deployed through Portainer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import PhoenixError, ProductError
from phoenix_providers.planning.secrecy import scrubbed
from phoenix_providers.resources import connections
from phoenix_providers.resources.deployment import StackDeployment
from phoenix_providers.resources.making_room import MakingRoom
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
    explained,
    own,
    unless_unknown,
)
from phoenix_providers.resources.stack_content import Content, Limits, Memory, Outcome, WantedStack

_INPUTS = (
    "resource",
    "server",
    "project",
    "environment",
    "environment_id",
    "compose",
    "env",
    "services",
    "routes",
    "blocked",
    "limits",
    "observed",
)
# Other limits are no reason to deploy anything.
_COMPARED = tuple(key for key in _INPUTS if key not in {"resource", "blocked", "limits"})


class PortainerStackProvider(PhoenixProvider):
    """A stack that does not get healthy is recorded, not raised: it must not keep the other stacks from their routes.

    The verdict fails the run, and the next run tries again.
    """

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Blocked means untouched: a blocked stack keeps its old inputs, one with blocked routes its old routes."""
        inputs = own(news)
        if unless_unknown(inputs.pop("keep_routes", False), False):
            inputs["routes"] = olds.get("routes") or {}
        if unless_unknown(news.get("blocked"), "") and olds:
            inputs = own(olds)
        return CheckResult(inputs, [])

    @explained
    def create(self, props: Properties) -> CreateResult:
        """Adopt the stack if Portainer has it, else create it."""
        outputs = _converged({}, props)
        connections.current().adoptions.note("stack", outputs["stack_id"], props["resource"])
        return CreateResult(str(props["resource"]), outputs)

    @explained
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look; whoever does not answer leaves everything as it was, marked to be looked at again."""
        kept = own(props)
        if kept.get("blocked"):
            return ReadResult(id_, kept)
        kept["observed"] = props.get("failure") or AS_DECLARED
        try:
            deployment = _deployment(props)
            record = deployment.find(str(props["project"]), int(props.get("environment_id") or 0))
            if record is None:
                if props.get("stack_id"):
                    return ReadResult("", {})
            else:
                # The file is the one that we left there for as long as nobody has written the record since.
                known = str(props["compose"]) if props.get("stamp") == record.stamp else None
                live = deployment.look(record, _content(props), known, _memory(props))
                kept |= {"compose": live.content.compose, "env": dict(live.content.env), "stamp": record.stamp}
                kept["services"] = list(live.content.services)
                if live.observed:
                    kept["observed"] = "; ".join(live.observed)
        except ProductError as error:
            kept["observed"] = str(error)
        return ReadResult(id_, kept, {key: kept.get(key) for key in _INPUTS})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare; another project is another stack."""
        if unless_unknown(news.get("blocked"), ""):
            return DiffResult(changes=False)
        before = olds.get("project")
        replaces = ["project"] if unless_unknown(news.get("project"), before) != before else []
        changes = bool(olds.get("failure")) or bool(olds.get("blocked")) or differs(olds, news, _COMPARED)
        return DiffResult(changes=changes or bool(replaces), replaces=replaces, delete_before_replace=True)

    @explained
    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Send what differs; wait for health."""
        return UpdateResult(_converged(olds, news))

    @explained
    def delete(self, _id: str, props: Properties) -> None:
        """Remove the stack; its volumes stay. One that was blocked from its first day has nothing to be removed."""
        if props.get("blocked") and not props.get("stack_id"):
            return
        if connections.current().adoptions.keep("stack", props.get("stack_id"), props["resource"]):
            return
        _deployment(props).remove(str(props["project"]), int(props.get("environment_id") or 0))


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
            ("stack_id", "live_routes", "failure", "failed_digest", "failed_reason", "last_good", "stamp", "made")
        )
        own_options = pulumi.ResourceOptions(additional_secret_outputs=["env", "failed_digest", "last_good", "made"])
        super().__init__(
            PortainerStackProvider(),
            name,
            {**inputs, "resource": name, "observed": AS_DECLARED, **computed},
            pulumi.ResourceOptions.merge(own_options, opts),
        )


def _converged(olds: Properties, news: Properties) -> Properties:
    outcome = _outcome(olds, news)
    routes = olds.get("live_routes") or {} if outcome.failure else news["routes"]
    failure = "\n".join(filter(None, (outcome.failure, outcome.untidy)))
    # The one place through which every reason passes: products, and our own checks, repeat what they were given.
    values = [str(value) for env in (news["env"], olds.get("env") or {}) for value in env.values()]
    return own(news) | {
        "stack_id": outcome.stack_id,
        "failure": failure if news.get("blocked") else scrubbed(failure, values),
        "failed_digest": outcome.memory.failed_digest,
        "failed_reason": scrubbed(outcome.memory.failed_reason, values),
        "last_good": outcome.memory.last_good.as_property() if outcome.memory.last_good else None,
        "stamp": outcome.stamp,
        "made": {service: list(hashes) for service, hashes in outcome.memory.made.items()},
        "live_routes": routes,
        "observed": AS_DECLARED,
    }


def _outcome(olds: Properties, news: Properties) -> Outcome:
    memory = _memory(olds)
    if news.get("blocked"):
        return Outcome(memory.stack_id, str(news["blocked"]), memory)
    if not news.get("environment_id"):
        return Outcome(memory.stack_id, f"Portainer's environment {news['environment']!r} is not available", memory)
    name, settings = news["resource"], connections.current().settings
    try:
        return _deployment(news).converge(
            _wanted(news), memory, retry=name in settings.retry, take_over=name in settings.take_over
        )
    except PhoenixError as error:
        return Outcome(memory.stack_id, f"{error.label}: {_without_values(error, news['env'])}", memory)


def _without_values(error: PhoenixError, env: Mapping[str, str]) -> str:
    """Return the message; what a product said may repeat what it was sent."""
    seen = scrubbed(error.explanation.seen, env.values())
    return replace(error.explanation, seen=seen).text()


def _memory(olds: Properties) -> Memory:
    return Memory(
        stack_id=int(olds.get("stack_id") or 0),
        failed_digest=str(olds.get("failed_digest") or ""),
        failed_reason=str(olds.get("failed_reason") or ""),
        last_good=Content.from_property(olds.get("last_good")),
        stamp=str(olds.get("stamp") or ""),
        compose=str(olds.get("compose") or ""),
        made=dict(olds.get("made") or {}),
    )


def _deployment(props: Properties) -> StackDeployment:
    current = connections.current()
    access = current.portainer(props["server"])
    own_limits = props.get("limits") or {}
    limits = Limits(
        float(own_limits.get("timeout") or current.settings.deploy_timeout),
        float(current.settings.settle if own_limits.get("settle") is None else own_limits["settle"]),
    )
    docker = access.docker(int(props.get("environment_id") or 0))
    room = MakingRoom(current, int(props.get("environment_id") or 0))
    return StackDeployment(access.server, access.stacks, access.environments, docker, current.clock, limits, room)


def _wanted(props: Properties) -> WantedStack:
    return WantedStack(
        project=str(props["project"]),
        environment_id=int(props["environment_id"]),
        content=_content(props),
    )


def _content(props: Properties) -> Content:
    return Content(str(props["compose"]), dict(props["env"]), tuple(props["services"]))
