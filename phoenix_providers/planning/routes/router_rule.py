"""A router's rule, as a label says it: grammar, host names, and what only TLS connections tell."""

from __future__ import annotations

from phoenix_providers.models.location import Location
from phoenix_providers.models.traefik_records import TraefikItem
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.names import is_host_name
from phoenix_providers.planning.routes.service_labels import LabelPlaces
from phoenix_providers.planning.traefik.rule_grammar import Kind, RuleError, host_names, needs_tls, parse


def check_rule(kind: Kind, name: str, router: TraefikItem, places: LabelPlaces, findings: Findings) -> None:
    """Report what is wrong with the rule of a router, where it has one."""
    if "rule" not in router:
        return
    place = places.of(kind, "routers", name, "rule")
    if router.get("ruleSyntax") == "v2":
        findings.warning(f"the router {name} uses the rules of Traefik v2, which are not checked", place)
        return
    try:
        rule = parse(router["rule"], kind)
    except RuleError as error:
        findings.error(
            f"the rule of the router {name} is not valid: {error}",
            place,
            seen=router["rule"],
            expected="a rule such as "
            + ("Host(`NAME`) && PathPrefix(`/PATH`)" if kind == "http" else "HostSNI(`NAME`)"),
            routes_only=True,
        )
        return
    if kind == "tcp" and needs_tls(rule) and "tls" not in router:
        findings.error(
            f"the router {name} asks for a host name, which only TLS connections tell",
            place,
            seen=router["rule"],
            expected=f"traefik.tcp.routers.{name}.tls=true, or HostSNI(`*`)",
            routes_only=True,
        )
    _check_hosts(name, router, host_names(rule), place, findings)


def _check_hosts(name: str, router: TraefikItem, hosts: tuple[str, ...], place: Location, findings: Findings) -> None:
    for host in hosts:
        if host.startswith(("*.", "**.")):
            findings.warning(
                f"the router {name} asks for {host}, which Traefik knows from 3.8 on; no DNS record can hold it",
                place,
                expected="HostRegexp(`...`) for older ones",
            )
        elif not is_host_name(host):
            findings.error(
                f"the router {name} asks for something that is no host name",
                place,
                seen=router["rule"],
                expected="letters, digits, dashes and dots between backticks",
                routes_only=True,
            )
