"""What is said of a stack that changes: why, and what becomes of its containers and routes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.site.changes.change import Note
from phoenix_providers.planning.site.changes.resource_change import ResourceChange
from phoenix_providers.planning.stacks.forecast.container_forecast import ContainerForecast, Fate
from phoenix_providers.planning.stacks.forecast.service_changes import ServiceChange, service_changes
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending, StackForecast
from phoenix_providers.planning.stacks.stack_properties import content_of

_VERBS = {
    Fate.RECREATED: "restarts",
    Fate.RESTARTED: "restarts",
    Fate.STARTED: "starts",
    Fate.CREATED: "starts",
    Fate.REMOVED: "stops",
}
_MOST_NAMES = 6
# As much as Docker shows.
_DIGEST_LENGTH = 12


def content_notes(change: ResourceChange, configuration: Configuration) -> Iterator[Note]:
    """Yield in what its content differs from what is deployed."""
    other_text = change.live.get("compose") != change.declared.get("compose")
    variables = _variables(change)
    if change.is_drift:
        if other_text:
            yield Note("its compose text was changed at Portainer, and is put back")
        if variables:
            yield Note("its variables were changed at Portainer, and are put back")
        return
    before, after = _compose(change.live), _compose(change.declared)
    if before is None or after is None:
        if other_text:
            yield Note("its compose text changes", _in_compose(configuration, change))
        return
    notes = list(_service_notes(change, configuration, before, after))
    if variables:
        notes.append(Note(f"variables {', '.join(variables)}", _in_manifest(configuration, change)))
    if not notes and other_text:
        notes.append(Note("its compose text, in no service's own configuration", _in_compose(configuration, change)))
    yield from notes


def _service_notes(
    change: ResourceChange, configuration: Configuration, before: Compose, after: Compose
) -> Iterator[Note]:
    several = len(after.services) > 1 or len(before.services) > 1
    for name in after.services:
        if name not in before.services:
            yield Note(f"{name} is new", _in_compose(configuration, change, "services", name))
            continue
        old, new = before.model["services"][name], after.model["services"][name]
        for one in service_changes(old, new):
            yield Note(f"{name}: {one.words}" if several else one.words, _place(configuration, change, name, one))
    for name in before.services.keys() - after.services.keys():
        yield Note(f"{name} is gone", _in_compose(configuration, change, "services"))


def container_notes(forecast: StackForecast) -> Iterator[str]:
    """Yield what becomes of its containers, in few lines."""
    if forecast.sending is Sending.UNKNOWN:
        yield f"what becomes of its containers is not known: {'; '.join(forecast.why)}"
        return
    if forecast.sending is Sending.REFUSED:
        yield f"would not be sent: {_first_lines(forecast.why)}"
        return
    if forecast.sending is Sending.NOT_AGAIN:
        yield f"is not sent again, since it failed: {_first_lines(forecast.why)}"
    if forecast.is_taken_over:
        yield "runs already, and is taken over"
    touched = [one for one in forecast.containers if one.fate is not Fate.UNTOUCHED]
    for verb, group in groupby(sorted(touched, key=lambda one: _VERBS[one.fate]), key=lambda one: _VERBS[one.fate]):
        yield f"{verb} {_several(list(group))}"
    yield from _digests(touched)
    yield from _unsure(forecast)
    if not touched and all(one.is_certain for one in forecast.containers) and forecast.sending is not Sending.NOT_AGAIN:
        yield "nothing of it restarts"
    if forecast.volumes:
        many = len(forecast.volumes) > 1
        yield f"volume{'s' if many else ''} {', '.join(forecast.volumes)} {'stay' if many else 'stays'} behind"


def _digests(touched: Sequence[ContainerForecast]) -> Iterator[str]:
    for one in touched:
        if one.digest_now or one.digest_then:
            yield f"{one.service}'s image {_short(one.digest_now)} → {_short(one.digest_then)}"


def _unsure(forecast: StackForecast) -> Iterator[str]:
    for one in forecast.containers:
        if not one.is_certain:
            is_untouched = one.fate is Fate.UNTOUCHED
            yield f"maybe restarts {one.service}: {one.why}" if is_untouched else f"not certain: {one.why}"


def _several(containers: Sequence[ContainerForecast]) -> str:
    """Name services, with a reason where it is not the change itself."""
    reasons: dict[str, str] = {}
    for one in containers:
        told = one.fate in {Fate.STARTED, Fate.RESTARTED} or one.why.startswith("depends on")
        reasons.setdefault(one.service, one.why if told else "")
    names = [f"{name} ({why})" if why else name for name, why in reasons.items()]
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:_DIGEST_LENGTH] or "not told"


def _first_lines(reasons: Sequence[str]) -> str:
    return "; ".join(reason.partition("\n")[0] for reason in reasons if reason)


def _compose(props: StoredProperties) -> Compose | None:
    return content_of(props).read(str(props.get("project") or "")).compose


def _variables(change: ResourceChange) -> list[str]:
    before, after = dict(change.live.get("env") or {}), dict(change.declared.get("env") or {})
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _place(configuration: Configuration, change: ResourceChange, service: str, one: ServiceChange) -> Location | None:
    if one.words in {"its files", "labels of its routes"}:
        return _in_manifest(configuration, change)
    if one.key == "image" and (declared := _variables(change)):
        folder = configuration.stacks.get(change.name.rpartition("@")[0])
        text = str(folder.compose or "") if folder is not None else ""
        if any(f"${{{name}" in text for name in declared):
            return _in_manifest(configuration, change)
    return _in_compose(configuration, change, "services", service, one.key)


def _in_compose(configuration: Configuration, change: ResourceChange, *path: str) -> Location:
    return configuration.locate(f"stacks/{change.name.rpartition('@')[0]}/compose", *path)


def _in_manifest(configuration: Configuration, change: ResourceChange) -> Location:
    return configuration.locate(f"stacks/{change.name.rpartition('@')[0]}", "environments")
