"""What a site's routes refer to in Traefik, and somebody else defines there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewSection, TraefikItem
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.traefik.merge import merge_routes
from phoenix_providers.planning.traefik.references import PROTOCOLS, references

_FILE = "@file"
# Something harmless to stand there, by protocol and kind.
_HARMLESS: Mapping[tuple[str, str], TraefikItem] = {
    ("http", "middlewares"): {"headers": {"customResponseHeaders": {"X-Lab-Stand-In": "true"}}},
    ("tcp", "middlewares"): {"ipAllowList": {"sourceRange": ["0.0.0.0/0"]}},
    ("http", "serversTransports"): {"insecureSkipVerify": True},
}


@dataclass(frozen=True)
class ForeignRouting:
    """Names by kind, and a dynamic configuration that stands for what defines them."""

    entry_points: tuple[str, ...]
    cert_resolvers: tuple[str, ...]
    routes: DynamicConfiguration

    @property
    def stand_ins(self) -> Iterator[str]:
        """What `routes` stands for, for people."""
        for kinds in self.routes.values():
            for kind, items in kinds.items():
                yield from (f"{kind.removesuffix('s')} {name}" for name in items)


def foreign_routing(plan: SitePlan, default_entry_points: Iterable[str]) -> ForeignRouting:
    """Return what the routes of a plan need and the site does not define itself."""
    merged = merge_routes([plan.infrastructure, *(stack.routes for stack in plan.stacks)])
    routers = [router for protocol in PROTOCOLS for router in (merged.get(protocol) or {}).get("routers", {}).values()]
    points = [*default_entry_points, *(name for router in routers for name in router.get("entryPoints", ()))]
    tls = (router["tls"] for router in routers if isinstance(router.get("tls"), Mapping))
    resolvers = [str(one["certResolver"]) for one in tls if one.get("certResolver")]
    routes: dict[str, dict[str, NewSection]] = {}
    for protocol, kind, name in _missing(merged):
        if (harmless := _HARMLESS.get((protocol, kind))) is not None:
            routes.setdefault(protocol, {}).setdefault(kind, {})[name] = dict(harmless)
    return ForeignRouting(tuple(dict.fromkeys(points)), tuple(dict.fromkeys(resolvers)), routes)


def _missing(merged: DynamicConfiguration) -> Iterator[tuple[str, str, str]]:
    for protocol in PROTOCOLS:
        part = merged.get(protocol) or {}
        wanted = [(kind, reference) for _, kind, reference in references(part)]
        services = part.get("services", {}).values()
        balancers = (service.get("loadBalancer") or {} for service in services)
        wanted += [
            ("serversTransports", str(one["serversTransport"])) for one in balancers if "serversTransport" in one
        ]
        for kind, reference in wanted:
            name, _, provider = reference.partition("@")
            if f"@{provider}" == _FILE and name not in part.get(kind, {}):
                yield protocol, kind, name
