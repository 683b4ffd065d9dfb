"""Two routes for the same requests, and references to what does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from phoenix_providers.models.location import Location
from phoenix_providers.models.traefik_records import DynamicConfiguration, TraefikItem
from phoenix_providers.planning.findings import Findings, nearest
from phoenix_providers.planning.routes.service_labels import LabelPlaces
from phoenix_providers.planning.traefik.references import PROTOCOLS, references
from phoenix_providers.planning.traefik.rule_grammar import Kind, RuleError, canonical, parse

INFRASTRUCTURE = "the infrastructure"
# Protocol, rule in one form for all spellings, whether TLS, priority: routers with equal ones answer the same.
Requests = tuple[str, str, bool, int]


class Claim(NamedTuple):
    """A router that would answer what another one has been answering; `holder` is whose that is."""

    path: str
    reason: str
    expected: str
    holder: str


@dataclass(frozen=True)
class _Route:
    owner: str
    router: str
    rule: str
    entry_points: frozenset[str]
    findings: Findings
    place: Location | None


@dataclass
class RouteConflicts:
    """All routers so far, by what they match.

    Attributes:
        before: What was published last, by owner, as far as it is known.
        found: Whether there are any.
    """

    before: Mapping[str, DynamicConfiguration] = field(default_factory=dict)
    found: bool = False
    known: dict[Requests, list[_Route]] = field(default_factory=dict)

    def add(
        self, owner: str, routes: DynamicConfiguration, findings: Findings, places: LabelPlaces | None = None
    ) -> None:
        """Add a stack's routers; two that answer the same requests are reported with both of their stacks.

        Where one of the two has been published, it is the other's mistake. Else nobody knows which of them is right, so
        both stay as they are. Beside a route of the infrastructure it is a warning: both exist, and Traefik takes one.
        """
        kinds: tuple[Kind, ...] = ("http", "tcp")
        for kind in kinds:
            for name, router in routes.get(kind, {}).get("routers", {}).items():
                key = _key(kind, router)
                if key is None:
                    continue
                entry_points = frozenset(router.get("entryPoints", ()))
                place = places.of(kind, "routers", name, "rule") if places else None
                route = _Route(owner, name, str(router["rule"]), entry_points, findings, place)
                for other in self.known.get(key, ()):
                    if _meet(route, other):
                        self.found = True
                        had = [self._had(one, key) for one in (route, other)]
                        if had != [True, False]:
                            _report(route, other)
                        if had != [False, True]:
                            _report(other, route)
                self.known.setdefault(key, []).append(route)

    def _had(self, route: _Route, requests: Requests) -> bool:
        before = answers(self.before.get(route.owner, {}))
        return route.owner != INFRASTRUCTURE and _had(before, requests, route.entry_points)


def newcomers(
    parts: Mapping[str, DynamicConfiguration], before: Mapping[str, DynamicConfiguration]
) -> dict[str, list[Claim]]:
    """Return who would answer requests that a route of somebody else has been answering.

    Args:
        parts: What is to be published, by owner.
        before: What was published last, by owner.
    """
    had = {owner: set(answers(part)) for owner, part in before.items()}
    by_requests: dict[Requests, list[tuple[str, str, frozenset[str]]]] = {}
    found: dict[str, list[Claim]] = {}
    for owner, part in sorted(parts.items()):
        for path, requests, points in answers(part):
            for other, other_path, other_points in by_requests.setdefault(requests, []):
                if other == owner or not overlap(points, other_points):
                    continue
                two = {owner: (path, requests, points), other: (other_path, requests, other_points)}
                new = [one for one, answer in two.items() if not _had(had.get(one, set()), *answer[1:])]
                if len(new) == 1:
                    old = next(one for one in two if one not in new)
                    told = f"{two[old][0]} of {old} answers the same requests, and has done so before"
                    expected = f"a rule of its own, or that {old} gives it up"
                    found.setdefault(new[0], []).append(Claim(two[new[0]][0], told, expected, old))
            by_requests[requests].append((owner, path, points))
    return found


def answers(part: DynamicConfiguration) -> Iterator[tuple[str, Requests, frozenset[str]]]:
    """Yield each router's path, what it answers, and on which entry points."""
    kinds: tuple[Kind, ...] = ("http", "tcp")
    for kind in kinds:
        for name, router in part.get(kind, {}).get("routers", {}).items():
            if key := _key(kind, router):
                yield f"{kind}.routers.{name}.rule", key, frozenset(router.get("entryPoints", ()))


def _had(before: Iterable[tuple[str, Requests, frozenset[str]]], requests: Requests, points: frozenset[str]) -> bool:
    return any(requests == old and overlap(points, old_points) for _, old, old_points in before)


def check_references(
    routes: DynamicConfiguration,
    everything: DynamicConfiguration,
    findings: Findings,
    places: LabelPlaces | None = None,
) -> None:
    """Report references of one stack to services and middlewares that none of our files defines.

    A middleware may stand in a file of the user's own, so that is a warning only.
    """
    for protocol in PROTOCOLS:
        for own_kind, items in routes.get(protocol, {}).items():
            for name, kind, reference in references({own_kind: items}):
                known = everything.get(protocol, {}).get(kind, {})
                if reference.removesuffix("@file") in known or "@" in reference:
                    continue
                report = partial(findings.error, routes_only=True) if kind == "services" else findings.warning
                option = "service" if kind == "services" else kind
                report(
                    f"{name} refers to the {kind.removesuffix('s')} {reference}, which no label defines",
                    places.of(protocol, own_kind, name, option) if places else None,
                    seen=reference,
                    expected=nearest(reference, known) or f"{reference}@file for one in a file of your own",
                )


def _key(kind: Kind, router: TraefikItem) -> Requests | None:
    try:
        rule = canonical(parse(str(router.get("rule", "")), kind))
    except RuleError:
        return None
    return kind, rule, "tls" in router, int(router.get("priority", 0))


def _meet(one: _Route, other: _Route) -> bool:
    """Whether both listen on one entry point."""
    return overlap(one.entry_points, other.entry_points)


def overlap(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of entry points have one in common; none given means all default ones."""
    return not one or not other or bool(one & other)


def _report(route: _Route, other: _Route) -> None:
    if route.owner == INFRASTRUCTURE:
        return
    blocks = partial(route.findings.error, routes_only=True)
    report = route.findings.warning if other.owner == INFRASTRUCTURE else blocks
    report(
        f"the router {route.router} answers the same requests as {other.router} of {other.owner}",
        route.place,
        seen=route.rule,
        expected="one route for one host name and path",
        next_step=f"give the router {route.router} or {other.router} another rule",
    )
