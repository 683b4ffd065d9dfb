"""Routes of one service of a compose file, completed as Traefik's docker provider completes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_providers.models.traefik_records import (
    ConfigurationSection,
    NewConfiguration,
    NewItem,
    NewSection,
    TraefikItem,
)
from phoenix_providers.planning.compose.compose_file import ComposeService
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.routes.backend_ports import BackendPorts
from phoenix_providers.planning.routes.guest_routes import url_host
from phoenix_providers.planning.routes.router_rule import check_rule
from phoenix_providers.planning.routes.service_labels import LabelPlaces
from phoenix_providers.planning.traefik.label_decoding import TraefikLabels
from phoenix_providers.planning.traefik.references import rewritten, without_docker


@dataclass(frozen=True)
class Backend:
    """Where a stack's containers answer; `address` None when the VM's is not known, which is set as advised."""

    vm_name: str
    address: str | None
    project: str
    advice: str = ""


@dataclass
class ServiceRoutes:
    """Routes of one service of the compose file."""

    service: ComposeService
    services: Mapping[str, ComposeService]
    backend: Backend
    places: LabelPlaces
    findings: Findings

    def build(self, read: TraefikLabels) -> NewConfiguration:
        """Return the routes of one service, references rewritten for the file provider."""
        structure = {name: dict(part) for name, part in read.structure.items()}
        elsewhere = bool(structure.keys() & {"tcp", "udp"})
        if read.enabled and "http" not in structure and not elsewhere and self._ports.any_published("tcp"):
            structure["http"] = {"services": {self._default_name: {}}}
        result = {}
        for protocol, part in structure.items():
            routed = part.keys() & {"routers", "services"}
            complete = self._complete(protocol, part) if routed else part
            result[protocol] = rewritten(complete, lambda _kind, reference: without_docker(reference))
        return result

    @property
    def _ports(self) -> BackendPorts:
        return BackendPorts(self.service, self.services, self.backend.address, self.places, self.findings)

    @property
    def _default_name(self) -> str:
        return re.sub(r"[^A-Za-z0-9]+", "-", f"{self.service.name}-{self.backend.project}").strip("-")

    def _complete(self, protocol: str, part: ConfigurationSection) -> NewSection:
        """Add what Traefik's docker provider adds by itself: service, router, rule, servers."""
        services = part.get("services") or {self._default_name: {}}
        routers = part.get("routers") or {}
        if not routers and protocol == "http" and len(services) == 1:
            routers = {next(iter(services)): {}}
        complete_routers = {name: self._router(protocol, name, router, services) for name, router in routers.items()}
        complete_services = {name: self._with_servers(protocol, name, service) for name, service in services.items()}
        result: NewSection = {"services": complete_services}
        if complete_routers:
            result["routers"] = complete_routers
        if "middlewares" in part:
            result["middlewares"] = dict(part["middlewares"])
        return result

    def _router(self, protocol: str, name: str, router: TraefikItem, services: ConfigurationSection) -> NewItem:
        result = dict(router)
        if not result.get("service"):
            if len(services) > 1:
                self.findings.error(
                    f"the router {name} does not say which of {', '.join(services)} it leads to",
                    self.places.of(protocol, "routers", name),
                    seen=f"no traefik.{protocol}.routers.{name}.service",
                    expected=f"traefik.{protocol}.routers.{name}.service=NAME",
                    routes_only=True,
                )
            result["service"] = next(iter(services))
        if protocol == "udp":
            return result
        if "rule" not in result:
            self._default_rule(protocol, name, result)
        check_rule("http" if protocol == "http" else "tcp", name, result, self.places, self.findings)
        return result

    def _default_rule(self, protocol: str, name: str, router: NewItem) -> None:
        if protocol == "tcp":
            self.findings.error(
                f"the router {name} has no rule",
                self.places.of(protocol, "routers", name),
                seen=f"no traefik.tcp.routers.{name}.rule",
                expected="for example HostSNI(`*`)",
                routes_only=True,
            )
            return
        router["rule"] = f"Host(`{self._default_name}`)"
        self.findings.warning(
            f"the router {name} has no rule, so it gets Traefik's default: {router['rule']}",
            self.places.of(protocol, "routers", name),
            expected=f"traefik.http.routers.{name}.rule=Host(`NAME`)",
        )

    def _with_servers(self, protocol: str, name: str, service: TraefikItem) -> NewItem:
        balancer = dict(service.get("loadBalancer", {}))
        server = dict(balancer.pop("server", {}))
        url = server.pop("url", None)
        if url is None:
            port = self._ports.published(protocol, name, server.pop("port", None))
            address = self.backend.address
            if address is None:
                self.findings.error(
                    f"{self.backend.vm_name} has no fixed address, so nothing on it can be routed",
                    self.places.of(protocol, "services", name),
                    seen="an address by DHCP, or none",
                    expected="a fixed address in the VM's file, or an override",
                    next_step=self.backend.advice,
                    routes_only=True,
                )
            target = f"{url_host(address or 'UNKNOWN')}:{port or 0}"
            key = "url" if protocol == "http" else "address"
            url = f"{server.pop('scheme', 'http')}://{target}" if protocol == "http" else target
        else:
            key = "url"
            server.pop("port", None)
            server.pop("scheme", None)
        return {**service, "loadBalancer": {**balancer, "servers": [{key: url, **server}]}}
