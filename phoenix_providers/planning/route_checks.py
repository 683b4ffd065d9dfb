"""What `phoenix check` has to ask, from what has been published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.planning.rules import Combination, Expression, Matcher, RuleError, host_names, parse

_PATHS = {"Path", "PathPrefix"}


@dataclass(frozen=True)
class RouteCheck:
    """One routed name, and everything on the way to its back end.

    Attributes:
        owner: `infrastructure`, or the stack's resource name.
        router: Name of the router, with what it says in `configuration`.
        record: Address that the name is declared to have in DNS; empty if none is declared.
        unpublished: Why the route is not published; empty if it is.
    """

    owner: str
    router: str
    configuration: Mapping[str, Any]
    host: str
    path: str
    backends: tuple[str, ...]
    record: str = ""
    unpublished: str = ""

    @property
    def entry_points(self) -> tuple[str, ...]:
        """Names of the entry points; none means Traefik's default ones."""
        return tuple(self.configuration.get("entryPoints", ()))

    @property
    def tls(self) -> bool:
        """Whether the router asks for TLS."""
        return "tls" in self.configuration

    def is_about(self, name: str) -> bool:
        """Whether a user who says `name` means this route: a stack, a router, or a host name."""
        return name in {self.owner, self.owner.partition("@")[0], self.router, self.host, self.host.partition(".")[0]}


def route_checks(
    parts: Mapping[str, Mapping[str, Any]],
    records: Mapping[str, str],
    unpublished: Mapping[str, tuple[Mapping[str, Any], str]],
) -> tuple[RouteCheck, ...]:
    """Return one check for each host name of each HTTP router.

    Args:
        parts: Published dynamic configuration by owner.
        records: Declared address by host name.
        unpublished: Declared configuration, and the reason why it is not published, by owner.
    """
    found: list[RouteCheck] = []
    services: dict[str, Any] = {}
    for part in parts.values():
        services |= part.get("http", {}).get("services", {})
    for owner, part in parts.items():
        found += _checks(owner, part, services, records, "")
    for owner, (part, reason) in unpublished.items():
        found += _checks(owner, part, part.get("http", {}).get("services", {}), records, reason)
    return tuple(found)


def _checks(
    owner: str, part: Mapping[str, Any], services: Mapping[str, Any], records: Mapping[str, str], reason: str
) -> Iterator[RouteCheck]:
    for name, router in part.get("http", {}).get("routers", {}).items():
        try:
            rule = parse(str(router.get("rule", "")))
        except RuleError:
            continue
        service = services.get(str(router.get("service", "")).removesuffix("@file"), {})
        servers = (service.get("loadBalancer") or {}).get("servers", ())
        backends = tuple(str(server.get("url", "")) for server in servers) or (str(router.get("service", "")),)
        for host in host_names(rule):
            if "*" not in host:
                yield RouteCheck(owner, name, router, host, _path(rule) or "/", backends, records.get(host, ""), reason)


def _path(rule: Expression) -> str:
    """Return a path that the rule asks for; empty when any will do."""
    if isinstance(rule, Matcher):
        return rule.arguments[0] if rule.name in _PATHS else ""
    if isinstance(rule, Combination):
        return next((path for part in rule.parts if (path := _path(part))), "")
    return ""
