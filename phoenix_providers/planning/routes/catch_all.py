"""TCP routes that would take every plain HTTP request of the site."""

from __future__ import annotations

from phoenix_providers.models.traefik_records import DynamicConfiguration, TraefikItem
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.routes.service_labels import LabelPlaces
from phoenix_providers.planning.traefik.rule_grammar import Matcher, RuleError, parse


def check_catch_all(
    routes: DynamicConfiguration,
    everything: DynamicConfiguration,
    findings: Findings,
    places: LabelPlaces | None = None,
) -> None:
    """Report TCP routers for all connections of an entry point on which plain HTTP routers listen too.

    Traefik asks TCP routers first, so none of those would get a request any more, and all would still look enabled.
    Routers with TLS are told apart by their host names before that.
    """
    taking = {
        name: router
        for name, router in routes.get("tcp", {}).get("routers", {}).items()
        if "tls" not in router and _takes_everything(router)
    }
    if not taking:
        return
    plain = {
        name: _entry_points(router)
        for name, router in everything.get("http", {}).get("routers", {}).items()
        if "tls" not in router
    }
    for name, router in taking.items():
        points = _entry_points(router)
        # No entry points means Traefik's default ones.
        if robbed := [other for other, on in plain.items() if not points or not on or points & on]:
            where = ", ".join(sorted(points)) or "all entry points"
            findings.error(
                f"the TCP router {name} would take every HTTP request on {where}",
                places.of("tcp", "routers", name, "rule") if places else None,
                seen=f"{router.get('rule')}, beside the HTTP router {robbed[0]} and {len(robbed) - 1} more",
                expected="an entry point of its own",
                next_step=f"traefik.tcp.routers.{name}.entrypoints=NAME   (one that Traefik's own settings define)",
                routes_only=True,
            )


def _entry_points(router: TraefikItem) -> frozenset[str]:
    return frozenset(router.get("entryPoints", ()))


def _takes_everything(router: TraefikItem) -> bool:
    try:
        rule = parse(str(router.get("rule", "")), "tcp")
    except RuleError:
        return False
    return isinstance(rule, Matcher) and rule.name == "HostSNI" and rule.arguments == ("*",)
