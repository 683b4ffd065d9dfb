"""A mistake of one stack must not keep the others from their routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from phoenix_providers.planning.merge import merge_routes

Parts = Mapping[str, Mapping[str, Any]]


def owners_of(paths: Iterable[str], parts: Parts) -> frozenset[str]:
    """Return whose parts these paths, such as `http.routers.app.rule`, lead into."""
    places = list(paths)
    return frozenset(owner for owner, part in parts.items() if any(_is_in(part, place) for place in places))


def held_back(parts: Parts, owners: frozenset[str], previous: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what to publish instead, best first: these owners' items as they were before, then none of them."""
    others = [part for owner, part in parts.items() if owner not in owners]
    before = [_as_before(parts[owner], previous) for owner in sorted(owners)]
    yield merge_routes([*others, *before])
    yield merge_routes(others)


def _is_in(part: Mapping[str, Any], place: str) -> bool:
    return any(place == prefix or place.startswith(prefix + ".") for prefix in _prefixes(part))


def _prefixes(part: Mapping[str, Any]) -> Iterator[str]:
    for section, kinds in part.items():
        for kind, items in kinds.items():
            for name in items:
                yield f"{section}.{kind}.{name}"


def _as_before(part: Mapping[str, Any], previous: Mapping[str, Any]) -> dict[str, Any]:
    return {
        section: {
            kind: {name: previous[section][kind][name] for name in items if name in _items(previous, section, kind)}
            for kind, items in kinds.items()
        }
        for section, kinds in part.items()
    }


def _items(document: Mapping[str, Any], section: str, kind: str) -> Mapping[str, Any]:
    items: Mapping[str, Any] = (document.get(section) or {}).get(kind) or {}
    return items
