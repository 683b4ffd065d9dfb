"""Putting into the words of people what the imitated engine says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from phoenix_providers.cli.imitated_engine.dynamic_kind import DynamicKind
from phoenix_providers.cli.imitated_engine.planned import Planned
from phoenix_providers.cli.imitated_engine.steps import Step
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.cli.project.planned import Planned as Files
from phoenix_providers.clock import Deadline
from phoenix_providers.errors import PhoenixError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.side_by_side import side_by_side
from phoenix_providers.operations.stacks.stack_forecasts import forecast_of, forecast_of_removal
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.site.changes.change import Action, SiteChanges
from phoenix_providers.planning.site.changes.resource_change import ResourceChange
from phoenix_providers.planning.site.changes.site_changes import STACK, site_changes
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending, StackForecast
from phoenix_providers.planning.stacks.stored_stack import remembered
from phoenix_providers.planning.traefik.file_text import UnreadableDocumentError, to_document
from phoenix_providers.planning.traefik.line_by_line import plain
from phoenix_providers.program.tree import is_component
from phoenix_providers.resources.engine_values import from_engine
from phoenix_providers.resources.provider import PROVIDER_KEY, known_part

# All stacks that change are looked at side by side; a forecast that comes late is none.
_SECONDS = 20.0
_ACTIONS = {
    "create": Action.MAKE,
    "update": Action.CHANGE,
    "replace": Action.CHANGE,
    "delete": Action.REMOVE,
}


def gathered(planned: Planned, files: Files, root: Path) -> SiteChanges:
    """Return what a run would change.

    Args:
        planned: What the imitated engine says, in this process, whose clients are asked.
        files: What is declared.
        root: Folder with Pulumi.yaml.
    """
    steps = [step for step in planned.steps if step.operation in _ACTIONS]
    changes = {step.urn: _resource_change(step, planned.recorded.get(step.urn)) for step in steps}
    clients = clients_of_run.current()
    staying = clients.notes.staying()
    with contextlib.chdir(root):
        forecasts = _forecasts(one for one in changes.values() if one.name not in staying)
    secrets = [*clients.secret_values, *former_secrets(changes.values(), clients.secret_values)]
    unchanged = (kind_of(step) for step in planned.steps if step.operation == "same")
    return site_changes(
        changes.values(),
        unchanged,
        forecasts,
        files.configuration,
        files.plan,
        lambda text: redact(text, secrets),
        staying,
    )


def kind_of(step: Step) -> str:
    """Return the last part of a resource's type; empty for a component, which may be called like a thing."""
    return "" if is_component(step.type) else step.type.rpartition(":")[2]


def former_secrets(changes: Iterable[ResourceChange], secrets: Iterable[str]) -> Iterator[str]:
    """Yield what stood in the variables that are made of secrets: the secrets before somebody changed them."""
    hidden = [secret for secret in secrets if secret]
    for one in changes:
        declared = one.declared.get("env") or {}
        names = {name for name, value in declared.items() if any(secret in str(value) for secret in hidden)}
        for side in (one.recorded, one.live):
            yield from (str(value) for name, value in (side.get("env") or {}).items() if name in names)


def _resource_change(step: Step, recorded: StoredResource | None) -> ResourceChange:
    kind = kind_of(step)
    live = {**step.old.inputs, **step.old.outputs} if step.old is not None else {}
    return ResourceChange(
        name=step.name,
        kind=kind,
        action=_ACTIONS[step.operation],
        recorded=_given(kind, recorded.inputs if recorded is not None else {}),
        live=_given(kind, live),
        declared=_given(kind, known_part(step.inputs or {})),
    )


def _given(kind: str, properties: StoredProperties) -> Properties:
    """Return properties as whoever has declared them has them."""
    found: Properties = from_engine(properties)
    if PROVIDER_KEY in properties:
        found = DynamicKind().declared(properties)
    if kind == STACK:
        return remembered(found)
    if kind == "TraefikConfig" and isinstance(found.get("text"), str):
        text = plain(found["text"])
        found["text"] = text
        # One that somebody has broken is put back whole.
        with contextlib.suppress(UnreadableDocumentError):
            found["document"] = to_document(text)
    return found


def _forecasts(changes: Iterable[ResourceChange]) -> Mapping[str, StackForecast]:
    stacks = [one for one in changes if one.kind == STACK]
    looks = {
        one.name: partial(forecast_of_removal, one.live)
        if one.action is Action.REMOVE
        else partial(forecast_of, one.live, one.declared)
        for one in stacks
    }
    found = side_by_side(looks, Deadline.after(clients_of_run.current().clock, _SECONDS))
    late = StackForecast(Sending.UNKNOWN, why=(f"no answer within {_SECONDS:g} s",))
    return {name: _known(found.get(name, late)) for name in looks}


def _known(found: StackForecast | PhoenixError) -> StackForecast:
    if isinstance(found, PhoenixError):
        return StackForecast(Sending.UNKNOWN, why=(found.explanation.what,))
    return found
