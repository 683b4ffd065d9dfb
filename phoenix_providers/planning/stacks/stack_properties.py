"""A stack's properties in the state, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.history import StackHistory

_MOST_COPIES = 10


def content_of(props: StoredProperties) -> StackContent:
    """Return what is declared."""
    return StackContent(str(props["compose"]), dict(props["env"]), tuple(props["services"]))


def history_of(olds: StoredProperties, news: StoredProperties) -> StackHistory:
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


def left_alone(olds: StoredProperties, news: StoredProperties) -> Properties:
    """Withdraw the routes of a stack that is held, or bring them back; nothing else of it changes."""
    if news.get("withdraw"):
        return {**olds, "withdraw": True, "withdrawn": olds.get("live_routes"), "live_routes": {}}
    kept = {key: value for key, value in olds.items() if key not in {"withdraw", "withdrawn"}}
    return kept | {"live_routes": olds.get("withdrawn") or {}}


def public_names(properties: StoredProperties) -> Iterator[str]:
    """Yield names that hold parts of values often enough, and are in the state in clear."""
    project = str(properties.get("project") or "")
    yield from (project, str(properties.get("resource") or ""), f"{project}_default")
    for service in properties.get("services") or ():
        yield from (f"{project}-{service}-{number}" for number in range(1, _MOST_COPIES))
