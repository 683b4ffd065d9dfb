"""A stack's way from its properties in the state to those behind a run: brought up, followed by another, or removed."""

from __future__ import annotations

from dataclasses import replace

from phoenix_providers.errors import PhoenixError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.models.observed import AS_DECLARED
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.stacks.environment_address import check_address
from phoenix_providers.operations.stacks.leaving.staying import kept_out, staying
from phoenix_providers.operations.stacks.leaving.unrecorded import remove_unrecorded
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.reasons import redacted
from phoenix_providers.operations.stacks.stack_access import deployment_of, was_made_in_other_data
from phoenix_providers.planning.site_plan import HELD
from phoenix_providers.planning.stacks.content import WantedStack
from phoenix_providers.planning.stacks.deploy_result import DeployResult
from phoenix_providers.planning.stacks.history import StackHistory
from phoenix_providers.planning.stacks.stack_properties import content_of, history_of

# What is remembered of content that does not run.
_TRIED = ("failed_digest", "failed_reason", "unpulled")

_NOT_BROUGHT_UP = (
    "Portainer was set up anew, and the environment of this stack is not known there yet"
    "\n  next:     phoenix sync all   (it brings environments back before their stacks)"
)


def brought_up(olds: StoredProperties, news: StoredProperties) -> Properties:
    """Bring a stack up, and return what the state shall have of it; whatever fails is told there."""
    outcome = _outcome(olds, news)
    name = str(news["resource"])
    waits = "" if outcome.failure else kept_out(name, olds)
    stay = ""
    if waits:
        outcome = replace(outcome, failure=waits)
    elif outcome.failure:
        clients_of_run.current().notes.failed.add(name)
        stay = "\n".join(staying(old, name) for old, new in clients_of_run.notes().staying().items() if name in new)
    routes = olds.get("live_routes") or {} if outcome.failure else news["routes"]
    failure = "\n".join(filter(None, (outcome.failure, stay, outcome.untidy)))
    return {
        **news,
        "stack_id": outcome.stack_id,
        "failure": failure if news.get("blocked") else redacted(failure, news, olds),
        "failed_digest": outcome.memory.failed_digest,
        "failed_reason": redacted(outcome.memory.failed_reason, news, olds),
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


def succeeded(olds: StoredProperties, news: StoredProperties) -> Properties:
    """Bring another project up; what the state has stays as it is until that runs, but for what has failed."""
    made_before = {key: olds.get(key) for key in _TRIED} | {"environment_instance": olds.get("environment_instance")}
    made_before |= {key: olds.get(key) for key in ("failure", "kept_out") if olds.get("kept_out")}
    outputs = brought_up(made_before, news)
    if outputs["failure"]:
        gone = (str(olds["environment"]), str(olds["project"])) in clients_of_run.current().notes.removed
        # What made room and could not come back has told so.
        stays = "" if gone else staying(olds["project"], news["project"])
        routes = {} if gone else olds.get("live_routes") or {}
        failure = "\n".join(filter(None, (outputs["failure"], stays)))
        kept = {key: outputs[key] for key in _TRIED} | {"failure": failure, "live_routes": routes}
        kept["kept_out"] = bool(outputs.get("kept_out"))
        return {**olds, **kept, "observed": AS_DECLARED}
    try:
        remove_stack(olds)
    except PhoenixError as error:
        untidy = f"{olds['project']} could not be removed: {error.explanation.what}"
        return {**olds, "failure": redacted(untidy, olds), "observed": AS_DECLARED}
    return outputs


def remove_stack(props: StoredProperties) -> None:
    """Remove a stack; its volumes stay."""
    number, stack_id = (int(props.get(key) or 0) for key in ("environment_id", "stack_id"))
    project, environment = str(props["project"]), str(props["environment"])
    known = deployment_of(props).remove(project, number, stack_id, environment)
    if not known and (stack_id or props.get("last_good")):
        # It was there once; Portainer has lost its record since, and what it made may run on.
        access = clients_of_run.current().portainer(PortainerServer.from_input(props["server"]))
        remove_unrecorded(access, project, environment, number)


def _outcome(olds: StoredProperties, news: StoredProperties) -> DeployResult:
    memory = history_of(olds, news)
    if news.get("blocked"):
        return DeployResult(memory.stack_id, "" if news["blocked"] == HELD else str(news["blocked"]), memory)
    if not news.get("environment_id"):
        return DeployResult(
            memory.stack_id, f"Portainer's environment {news['environment']!r} is not available", memory
        )
    current = clients_of_run.current()
    name, settings = news["resource"], current.settings
    access = current.portainer(PortainerServer.from_input(news["server"]))
    patience = Patience(access.server, current.clock)
    try:
        if patience.briefly(lambda: was_made_in_other_data(news)):
            return DeployResult(memory.stack_id, _NOT_BROUGHT_UP, memory)
        patience.briefly(lambda: check_address(access, news))
        return deployment_of(news).converge(
            _wanted(news), memory, retry=name in settings.retry, take_over=name in settings.take_over
        )
    except PhoenixError as error:
        return DeployResult(memory.stack_id, f"{error.label}: {error.explanation.text()}", memory)


def _unpulled(memory: StackHistory, *several: StoredProperties) -> Properties | None:
    digest, reason = memory.unpulled
    return {"digest": digest, "reason": redacted(reason, *several)} if digest else None


def _wanted(props: StoredProperties) -> WantedStack:
    return WantedStack(
        project=str(props["project"]),
        environment_id=int(props["environment_id"]),
        content=content_of(props),
    )
