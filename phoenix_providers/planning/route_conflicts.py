"""Two routes for the same requests, and references to what does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings, nearest
from phoenix_providers.planning.references import PROTOCOLS, references
from phoenix_providers.planning.rules import Kind, RuleError, canonical, parse

INFRASTRUCTURE = "the infrastructure"


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
    """All routers so far, by what they match."""

    known: dict[tuple[str, str, bool, int], list[_Route]] = field(default_factory=dict)

    def add(self, owner: str, routes: Mapping[str, Any], findings: Findings, place: Location | None = None) -> None:
        """Add a stack's routers; two that answer the same requests are reported with both of their stacks.

        Nobody knows which of the two is right, so both stay as they are: a newcomer must not take a name from a stack
        that has it. Beside a route of the infrastructure it is a warning: both exist, and Traefik takes one of them.
        """
        kinds: tuple[Kind, ...] = ("http", "tcp")
        for kind in kinds:
            for name, router in routes.get(kind, {}).get("routers", {}).items():
                key = _key(kind, router)
                if key is None:
                    continue
                entry_points = frozenset(router.get("entryPoints", ()))
                route = _Route(owner, name, str(router["rule"]), entry_points, findings, place)
                for other in self.known.get(key, ()):
                    if _meet(route, other):
                        _report(route, other)
                        _report(other, route)
                self.known.setdefault(key, []).append(route)


def check_references(
    routes: Mapping[str, Any], everything: Mapping[str, Any], findings: Findings, place: Location | None = None
) -> None:
    """Report references of one stack to services and middlewares that none of our files defines.

    A middleware may stand in a file of the user's own, so that is a warning only.
    """
    for protocol in PROTOCOLS:
        for name, kind, reference in references(routes.get(protocol, {})):
            known = everything.get(protocol, {}).get(kind, {})
            if reference.removesuffix("@file") in known or "@" in reference:
                continue
            report = findings.error if kind == "services" else findings.warning
            report(
                f"{name} refers to the {kind.removesuffix('s')} {reference}, which no label defines",
                place,
                seen=reference,
                expected=nearest(reference, known) or f"{reference}@file for one in a file of your own",
            )


def _key(kind: Kind, router: Mapping[str, Any]) -> tuple[str, str, bool, int] | None:
    try:
        rule = canonical(parse(str(router.get("rule", "")), kind))
    except RuleError:
        return None
    return kind, rule, "tls" in router, int(router.get("priority", 0))


def _meet(one: _Route, other: _Route) -> bool:
    """Whether both listen on one entry point; none given means all default ones."""
    return not one.entry_points or not other.entry_points or bool(one.entry_points & other.entry_points)


def _report(route: _Route, other: _Route) -> None:
    if route.owner == INFRASTRUCTURE:
        return
    report = route.findings.warning if other.owner == INFRASTRUCTURE else route.findings.error
    report(
        f"the router {route.router} answers the same requests as {other.router} of {other.owner}",
        route.place,
        seen=route.rule,
        expected="one route for one host name and path",
        next_step=f"give the router {route.router} or {other.router} another rule",
    )
