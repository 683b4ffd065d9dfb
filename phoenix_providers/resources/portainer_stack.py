"""One Docker stack on one VM, deployed through Portainer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, Resource

from phoenix_providers.errors import PhoenixError, ProductError
from phoenix_providers.planning.hidden_values import without_values
from phoenix_providers.resources import connections
from phoenix_providers.resources.deployment import Limits, Outcome, StackDeployment, WantedStack
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
)

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
    "observed",
)
_COMPARED = tuple(key for key in _INPUTS if key not in {"resource", "blocked"})


class PortainerStackProvider(PhoenixProvider):
    """A stack that does not get healthy is recorded, not raised: it must not keep the other stacks from their routes.

    The verdict fails the run, and the next run tries again.
    """

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Blocked means untouched: a blocked stack keeps its old inputs."""
        inputs = own(news)
        if news.get("blocked") and olds:
            inputs = own(olds)
        return CheckResult(inputs, [])

    @explained
    def create(self, props: Properties) -> CreateResult:
        """Adopt the stack if Portainer has it, else create it."""
        return CreateResult(str(props["resource"]), _converged({}, props))

    @explained
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Look; whoever does not answer leaves everything as it was, marked to be looked at again."""
        kept = own(props)
        if kept.get("blocked"):
            return ReadResult(id_, kept)
        kept["observed"] = props["failure"] or AS_DECLARED
        try:
            deployment = _deployment(props)
            record = deployment.find(str(props["project"]), int(props["environment_id"]))
            if record is None:
                if props["stack_id"]:
                    return ReadResult("", {})
            else:
                live = deployment.look(record, props["services"])
                kept |= {"compose": live.compose, "env": dict(live.env)}
                if live.deviations:
                    kept["observed"] = "; ".join(live.deviations)
        except ProductError as error:
            kept["observed"] = str(error)
        return ReadResult(id_, kept, {key: kept.get(key) for key in _INPUTS})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare; another project is another stack."""
        if news.get("blocked"):
            return DiffResult(changes=False)
        replaces = ["project"] if olds.get("project") != news.get("project") else []
        changes = bool(olds.get("failure")) or bool(olds.get("blocked")) or differs(olds, news, _COMPARED)
        return DiffResult(changes=changes or bool(replaces), replaces=replaces, delete_before_replace=True)

    @explained
    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        """Send what differs; wait for health."""
        return UpdateResult(_converged(olds, news))

    @explained
    def delete(self, _id: str, props: Properties) -> None:
        """Remove the stack; its volumes stay."""
        access = connections.current().portainer(props["server"])
        for record in access.stacks.fresh():
            if (record.name, record.environment_id) == (props["project"], int(props.get("environment_id") or 0)):
                access.stacks.delete(record)


class PortainerStack(Resource, module="phoenix", name="PortainerStack"):
    """A compose stack.

    Attributes:
        live_routes: What Traefik shall publish: the declared routes once the stack is healthy, the last good ones
            while it is not, none before it ever was.
        failure: Why it is not as declared, or empty.
    """

    live_routes: pulumi.Output[Any]
    failure: pulumi.Output[str]

    def __init__(self, name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        computed = {"stack_id": None, "live_routes": None, "failure": None, "failed_digest": None}
        own_options = pulumi.ResourceOptions(additional_secret_outputs=["env", "failed_digest"])
        super().__init__(
            PortainerStackProvider(),
            name,
            {**inputs, "resource": name, "observed": AS_DECLARED, **computed},
            pulumi.ResourceOptions.merge(own_options, opts),
        )


def _converged(olds: Properties, news: Properties) -> Properties:
    outcome = _outcome(olds, news)
    routes = olds.get("live_routes") or {} if outcome.failure else news["routes"]
    # Products repeat in their messages what they were given.
    values = [str(value) for env in (news["env"], olds.get("env") or {}) for value in env.values()]
    return own(news) | {
        "stack_id": outcome.stack_id,
        "failure": without_values(outcome.failure, values),
        "failed_digest": outcome.failed_digest,
        "live_routes": routes,
        "observed": AS_DECLARED,
    }


def _outcome(olds: Properties, news: Properties) -> Outcome:
    known = int(olds.get("stack_id") or 0)
    if news.get("blocked"):
        return Outcome(known, str(news["blocked"]))
    if not news.get("environment_id"):
        return Outcome(known, f"Portainer's environment {news['environment']!r} is not available")
    settings = connections.current().settings
    try:
        return _deployment(news).converge(
            _wanted(news), str(olds.get("failed_digest") or ""), retry=news["resource"] in settings.retry
        )
    except PhoenixError as error:
        return Outcome(known, f"{error.label}: {error}", str(olds.get("failed_digest") or ""))


def _deployment(props: Properties) -> StackDeployment:
    current = connections.current()
    access = current.portainer(props["server"])
    limits = Limits(current.settings.deploy_timeout, current.settings.settle)
    return StackDeployment(access.stacks, access.docker(int(props["environment_id"])), current.clock, limits)


def _wanted(props: Properties) -> WantedStack:
    return WantedStack(
        project=str(props["project"]),
        environment_id=int(props["environment_id"]),
        compose=str(props["compose"]),
        env=props["env"],
        services=props["services"],
    )
