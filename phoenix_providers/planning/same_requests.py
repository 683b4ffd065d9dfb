"""Routers in files of others that answer what a new router of ours would answer: Traefik takes one, by name or length.

Without a word requests may then pass by the middlewares of the other one, such as a sign-in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from phoenix_providers.planning.route_conflicts import Requests, answers, overlap
from phoenix_providers.planning.structure_faults import Fault
from phoenix_providers.planning.surroundings import OtherFile, Surroundings

_KINDS = ("http", "tcp")
_ABOVE_ALL = 100000


def same_requests(document: Mapping[str, Any], around: Surroundings) -> Iterator[Fault]:
    """Yield each router that our files do not have yet and a file of others has under another name.

    One of theirs with a higher `priority` of its own is no matter: it stays the one that answers. Neither is one that
    leads without middlewares to the same of Traefik's own, such as its dashboard.
    """
    theirs = [one for other in around.others for one in _routes(other.file, _well_formed(other))]
    for ours in _routes("", document):
        if ours.name in around.ours.get((ours.kind, "routers"), ()):
            continue
        for other in theirs:
            # One name in two files is told as such.
            if other.name != ours.name and _meet(ours, other) and not _same_end(ours.router, other.router):
                yield _fault(ours, other)


class _Route(NamedTuple):
    file: str
    kind: str
    name: str
    router: Mapping[str, Any]
    requests: Requests
    points: frozenset[str]


def _routes(file: str, document: Mapping[str, Any]) -> Iterator[_Route]:
    for path, requests, points in answers(document):
        kind, _, name = path.removesuffix(".rule").split(".", 2)
        yield _Route(file, kind, name, document[kind]["routers"][name], requests, points)


def _meet(ours: _Route, other: _Route) -> bool:
    *ours_requests, priority = ours.requests
    *other_requests, other_priority = other.requests
    # Without one of its own it is the length of the rule.
    is_above = other_priority > (priority or len(str(ours.router["rule"])))
    return ours_requests == other_requests and overlap(ours.points, other.points) and not is_above


def _same_end(ours: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
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


def _well_formed(other: OtherFile) -> dict[str, Any]:
    """Return the routers of a file, which nobody has judged, that can be compared."""
    return {kind: {"routers": dict(_routers(other.document, kind))} for kind in _KINDS}


def _routers(document: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    section = document.get(kind)
    routers = section.get("routers") if isinstance(section, Mapping) else None
    for name, router in routers.items() if isinstance(routers, Mapping) else ():
        if not isinstance(router, Mapping) or not isinstance(router.get("rule"), str):
            continue
        points, priority = router.get("entryPoints") or [], router.get("priority") or 0
        if isinstance(points, list) and isinstance(priority, int):
            yield str(name), {**router, "entryPoints": [str(point) for point in points], "priority": priority}
