"""Who has to answer which routed name, from the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.lab.probe import Reply
from phoenix_providers.planning.routes.declared_hosts import routed_hosts
from phoenix_providers.planning.site_plan import SitePlan


@dataclass(frozen=True)
class ExpectedRoute:
    """One name, and what its back end says of itself; `identity` is empty where Traefik itself answers."""

    host: str
    identity: Mapping[str, Any]
    path: str = "/"

    def matches(self, reply: Reply) -> bool:
        """Whether the right back end answered."""
        if not self.identity:
            return reply.status in {200, 301, 302, 307, 308} and not reply.identity
        return reply.status == 200 and {key: reply.identity.get(key) for key in self.identity} == dict(self.identity)

    def told(self, reply: Reply) -> str:
        """Say in a few words who answered."""
        found = reply.identity
        if "stack" in found:
            return f"stack {found['stack']}, service {found['service']}, on {found['vm']}"
        if "guest" in found:
            return f"guest {found['guest']}"
        if "Portainer" in found:
            return "Portainer (the lab's stand-in)"
        return f"Traefik itself ({reply.status})" if reply.status else "nobody"


def expected_routes(plan: SitePlan) -> tuple[ExpectedRoute, ...]:
    """Return every routed name of the site, guests first."""
    return tuple([*_guests(plan), *_stacks(plan)])


def _guests(plan: SitePlan) -> Iterator[ExpectedRoute]:
    primary = next((item.vm_name for item in plan.environments if item.role == "primary"), "")
    for name, router in plan.infrastructure["http"]["routers"].items():
        guest = name.removesuffix("-router")
        for host in routed_hosts({"http": {"routers": {name: router}}}):
            if str(router["service"]).endswith("@internal"):
                yield ExpectedRoute(host, {})
            elif guest == primary:
                yield ExpectedRoute(host, {"Portainer": True}, "/api/system/status")
            else:
                yield ExpectedRoute(host, {"service": guest})


def _stacks(plan: SitePlan) -> Iterator[ExpectedRoute]:
    for stack in plan.stacks:
        for host in routed_hosts(stack.routes):
            yield ExpectedRoute(host, {"stack": stack.project, "vm": stack.vm_name})
