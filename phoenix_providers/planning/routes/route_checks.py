"""What `phoenix check` has to ask, from what has been published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from phoenix_providers.models.traefik_records import ConfigurationSection, DynamicConfiguration, TraefikItem
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.rule_grammar import (
    Combination,
    Expression,
    Matcher,
    RuleError,
    host_names,
    parse,
)

Protocol = Literal["http", "tcp", "udp"]
PROTOCOLS: tuple[Protocol, ...] = ("http", "tcp", "udp")
# Owner of the guests' routes, which are one whole.
WHOLE = "infrastructure"
_PATHS = {"Path", "PathPrefix"}


@dataclass(frozen=True)
class RouteCheck:
    """One routed name, and everything on the way to its back end.

    Attributes:
        protocol: `http`, `tcp` or `udp`.
        host: Empty where the router asks for none, as most TCP and all UDP routers do.
        owner: `infrastructure`, or the stack's resource name.
        router: Name of the router, with what it says in `configuration`.
        record: Address that the name is declared to have in DNS; empty if none is declared.
        mended_by: What lets the name lead to another `ADDRESS` (see `DnsRecord`).
        guest: Whose route it is, where it leads to a guest by its `traefik_service`.
        unpublished: Why the route is not published; empty if it is.
    """

    owner: str
    router: str
    configuration: DynamicConfiguration
    host: str
    path: str
    backends: tuple[str, ...]
    record: str = ""
    unpublished: str = ""
    protocol: Protocol = "http"
    mended_by: str = ""
    guest: str = ""

    @property
    def name(self) -> str:
        """What a user knows it by."""
        return self.host or f"{self.router} ({self.protocol.upper()})"

    @property
    def entry_points(self) -> tuple[str, ...]:
        """Names of the entry points; none means Traefik's default ones."""
        return tuple(self.configuration.get("entryPoints", ()))

    @property
    def tls(self) -> bool:
        """Whether the router asks for TLS."""
        return "tls" in self.configuration

    def is_about(self, name: str) -> bool:
        """Whether a user who says `name` means this route: a guest, a stack, a router, or a host name.

        As host names, all of these know no case.
        """
        return name.casefold() in {word.casefold() for word in self.words if word}

    @property
    def words(self) -> tuple[str, ...]:
        """What a user may call it."""
        stack, label = self.owner.partition("@")[0], self.host.partition(".")[0]
        return (self.owner, stack, self.router, self.host, label, self.guest)


def route_checks(
    parts: Mapping[str, DynamicConfiguration],
    records: Mapping[str, str],
    unpublished: Mapping[str, tuple[DynamicConfiguration, str]],
    mended_by: Mapping[str, str] | None = None,
    guests: Mapping[str, str] | None = None,
) -> tuple[RouteCheck, ...]:
    """Return one check for each host name of each router, and one for a router without any.

    Args:
        parts: Published dynamic configuration by owner.
        records: Declared address by host name.
        unpublished: Declared configuration, and the reason why it is not published, by owner.
        mended_by: What lets a name lead elsewhere, by host name.
        guests: Names of guests, by the router of their `traefik_service`.
    """
    found: list[RouteCheck] = []
    everything = merge_routes(parts.values())
    for owner, part in parts.items():
        found += _checks(owner, part, everything, records, "")
    for owner, (part, reason) in unpublished.items():
        found += _checks(owner, part, part, records, reason)
    mended, named = mended_by or {}, guests or {}
    return tuple(
        replace(
            check,
            mended_by=mended.get(check.host, ""),
            guest=named.get(check.router, "") if check.owner == WHOLE else "",
        )
        for check in found
    )


def _checks(
    owner: str, part: DynamicConfiguration, everything: DynamicConfiguration, records: Mapping[str, str], reason: str
) -> Iterator[RouteCheck]:
    for protocol in PROTOCOLS:
        services = everything.get(protocol, {}).get("services", {})
        for name, router in part.get(protocol, {}).get("routers", {}).items():
            backends = _backends(str(router.get("service", "")), services)
            for host, path in _asked(router, protocol):
                record = records.get(host, "")
                yield RouteCheck(owner, name, router, host, path, backends, record, reason, protocol)


def _backends(service: str, services: ConfigurationSection) -> tuple[str, ...]:
    balancer = services.get(service.removesuffix("@file"), {}).get("loadBalancer") or {}
    addresses = (str(server.get("url") or server.get("address") or "") for server in balancer.get("servers", ()))
    return tuple(addresses) or (service,)


def _asked(router: TraefikItem, protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Yield what to ask for: host names and a path; of other protocols a router without names counts as well."""
    names: list[str] = []
    path = "/"
    if protocol != "udp":
        try:
            rule = parse(str(router.get("rule", "")), protocol)
        except RuleError:
            return
        names, path = [host for host in host_names(rule) if "*" not in host], _path(rule) or "/"
    if protocol != "http" and not names:
        names = [""]
    yield from ((name, path) for name in names)


def _path(rule: Expression) -> str:
    """Return a path that the rule asks for; empty when any will do."""
    if isinstance(rule, Matcher):
        return rule.arguments[0] if rule.name in _PATHS else ""
    if isinstance(rule, Combination):
        return next((path for part in rule.parts if (path := _path(part))), "")
    return ""
