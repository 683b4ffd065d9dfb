"""Routers in files of others that answer what a new router of ours would answer: Traefik takes one, by name or length.

Without a word requests may then pass by the middlewares of the other one, such as a sign-in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration, TraefikItem
from phoenix_providers.planning.routes.conflicts import Requests, answers, overlap
from phoenix_providers.planning.traefik.structure_check import Fault
from phoenix_providers.planning.traefik.surroundings import Surroundings

_KINDS = ("http", "tcp")
_ABOVE_ALL = 100000


def same_requests(document: DynamicConfiguration, around: Surroundings) -> Iterator[Fault]:
    """Yield each router of ours that answers what our files do not yet, and a file of others does under another name.

    One of theirs with a higher `priority` of its own is no matter: it stays the one that answers. Neither is one that
    leads without middlewares to the same of Traefik's own, such as its dashboard.
    """
    theirs = [one for other in around.others for one in _routes(other.file, _well_formed(other.document))]
    had = [one for standing in around.standing for one in _routes("", _well_formed(standing))]
    for ours in _routes("", document):
        if any(_goes_on(before, ours) for before in had):
            continue
        for other in theirs:
            # One name in two files is told as such.
            if other.name != ours.name and _meet(ours, other) and not _same_end(ours.router, other.router):
                yield _fault(ours, other)


class _Route(NamedTuple):
    file: str
    kind: str
    name: str
    router: TraefikItem
    requests: Requests
    points: frozenset[str]


def _routes(file: str, document: DynamicConfiguration) -> Iterator[_Route]:
    for path, requests, points in answers(document):
        kind, _, name = path.removesuffix(".rule").split(".", 2)
        yield _Route(file, kind, name, document[kind]["routers"][name], requests, points)


def _goes_on(before: _Route, ours: _Route) -> bool:
    """Whether it has answered all that before; no entry points are all of them."""
    everywhere = not before.points or bool(ours.points and ours.points <= before.points)
    return _ask_the_same(before, ours) and everywhere


def _ask_the_same(one: _Route, other: _Route) -> bool:
    return one.kind == other.kind and one.requests[:-1] == other.requests[:-1]


def _meet(ours: _Route, other: _Route) -> bool:
    # Without a priority of its own it is the length of the rule.
    is_above = other.requests[-1] > (ours.requests[-1] or len(str(ours.router["rule"])))
    return _ask_the_same(ours, other) and overlap(ours.points, other.points) and not is_above


def _same_end(ours: TraefikItem, other: TraefikItem) -> bool:
    end = str(other.get("service"))
    return end == ours.get("service") and "@" in end and not other.get("middlewares")


def _fault(ours: _Route, other: _Route) -> Fault:
    return Fault(
        f"{ours.kind}.routers.{ours.name}.rule",
        f"{other.name} in {other.file} answers the same requests as {ours.name}, and Traefik would take one of the two:"
        " they may pass by its middlewares, such as a sign-in",
        f"one of them. To keep {other.name}: take the `traefik_service` of its guest out of the files, or write "
        f"`x-phoenix: {{routes: false}}` for its stack, or give {other.name} in {other.file} `priority: {_ABOVE_ALL}`",
    )


def _well_formed(document: DynamicConfiguration) -> NewConfiguration:
    """Return the routers of a file, which nobody has judged, that can be compared."""
    return {kind: {"routers": dict(_routers(document, kind))} for kind in _KINDS}


def _routers(document: DynamicConfiguration, kind: str) -> Iterator[tuple[str, TraefikItem]]:
    section = document.get(kind)
    routers = section.get("routers") if isinstance(section, Mapping) else None
    for name, router in routers.items() if isinstance(routers, Mapping) else ():
        if not isinstance(router, Mapping) or not isinstance(router.get("rule"), str):
            continue
        points, priority = router.get("entryPoints") or [], router.get("priority") or 0
        if isinstance(points, list) and isinstance(priority, int):
            yield str(name), {**router, "entryPoints": [str(point) for point in points], "priority": priority}
