"""A stack's routes: what its labels say, with back ends on the VM's address and published ports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose import ComposeService
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.infrastructure import url_host
from phoenix_providers.planning.labels import TraefikLabels, is_traefik_label, read_labels
from phoenix_providers.planning.names import is_host_name, is_port_number
from phoenix_providers.planning.published_ports import PublishedPort
from phoenix_providers.planning.references import rewritten, without_docker
from phoenix_providers.planning.rules import Kind, RuleError, host_names, needs_tls, parse
from phoenix_providers.planning.service_labels import Label, LabelPlaces

_TEMPLATE = "{{"


@dataclass(frozen=True)
class Backend:
    """Where a stack's containers answer; `address` None when the VM's is not known."""

    vm_name: str
    address: str | None
    project: str


def stack_routes(
    services: Mapping[str, ComposeService],
    labels: Mapping[str, Mapping[str, Label]],
    backend: Backend,
    findings: Findings,
) -> dict[str, Any]:
    """Return the stack's share of Traefik's dynamic configuration; empty when nothing is routed."""
    merged: dict[str, Any] = {}
    for name, service in services.items():
        own = {key: label for key, label in labels.get(name, {}).items() if is_traefik_label(key)}
        if not own:
            continue
        read = read_labels({key: label.value for key, label in own.items()})
        if read.enabled is False:
            continue
        places = LabelPlaces(own)
        _report(read, own, findings)
        if not service.active:
            findings.warning(f"{name} is not routed: none of its profiles is chosen", places.first)
            continue
        _refuse_templates(own, findings)
        part = _ServiceRoutes(service, services, backend, places, findings).build(read)
        _merge(merged, part, places, findings)
    return merged


def _report(read: TraefikLabels, labels: Mapping[str, Label], findings: Findings) -> None:
    for problem in read.problems:
        report = findings.warning if problem.harmless else findings.error
        label = labels[problem.label]
        report(
            f"the label {problem.label} cannot be used: {problem.message}"
            if not problem.harmless
            else f"the label {problem.label} is ignored: {problem.message}",
            label.place,
            seen=f"{problem.label}={label.value}",
            expected=problem.expected,
        )


@dataclass
class _ServiceRoutes:
    """Routes of one service of the compose file."""

    service: ComposeService
    services: Mapping[str, ComposeService]
    backend: Backend
    places: LabelPlaces
    findings: Findings

    def build(self, read: TraefikLabels) -> dict[str, Any]:
        structure = {name: dict(part) for name, part in read.structure.items()}
        elsewhere = bool(structure.keys() & {"tcp", "udp"})
        if read.enabled and "http" not in structure and not elsewhere and self._published("tcp"):
            structure["http"] = {"services": {self._default_name: {}}}
        result = {}
        for protocol, part in structure.items():
            routed = part.keys() & {"routers", "services"}
            complete = self._complete(protocol, part) if routed else part
            result[protocol] = rewritten(complete, lambda _kind, reference: without_docker(reference))
        return result

    @property
    def _default_name(self) -> str:
        return re.sub(r"[^A-Za-z0-9]+", "-", f"{self.service.name}-{self.backend.project}").strip("-")

    def _complete(self, protocol: str, part: Mapping[str, Any]) -> dict[str, Any]:
        """Add what Traefik's docker provider adds by itself: service, router, rule, servers."""
        services = part.get("services") or {self._default_name: {}}
        routers = part.get("routers") or {}
        if not routers and protocol == "http" and len(services) == 1:
            routers = {next(iter(services)): {}}
        complete_routers = {name: self._router(protocol, name, router, services) for name, router in routers.items()}
        complete_services = {name: self._with_servers(protocol, name, service) for name, service in services.items()}
        result: dict[str, Any] = {"services": complete_services}
        if complete_routers:
            result["routers"] = complete_routers
        if "middlewares" in part:
            result["middlewares"] = dict(part["middlewares"])
        return result

    def _router(
        self, protocol: str, name: str, router: Mapping[str, Any], services: Mapping[str, Any]
    ) -> dict[str, Any]:
        result = dict(router)
        if not result.get("service"):
            if len(services) > 1:
                self.findings.error(
                    f"the router {name} does not say which of {', '.join(services)} it leads to",
                    self.places.of(protocol, "routers", name),
                    seen=f"no traefik.{protocol}.routers.{name}.service",
                    expected=f"traefik.{protocol}.routers.{name}.service=NAME",
                )
            result["service"] = next(iter(services))
        if protocol == "udp":
            return result
        if "rule" not in result:
            self._default_rule(protocol, name, result)
        self._check_rule("http" if protocol == "http" else "tcp", name, result)
        return result

    def _default_rule(self, protocol: str, name: str, router: dict[str, Any]) -> None:
        if protocol == "tcp":
            self.findings.error(
                f"the router {name} has no rule",
                self.places.of(protocol, "routers", name),
                seen=f"no traefik.tcp.routers.{name}.rule",
                expected="for example HostSNI(`*`)",
            )
            return
        router["rule"] = f"Host(`{self._default_name}`)"
        self.findings.warning(
            f"the router {name} has no rule, so it gets Traefik's default: {router['rule']}",
            self.places.of(protocol, "routers", name),
            expected=f"traefik.http.routers.{name}.rule=Host(`NAME`)",
        )

    def _check_rule(self, kind: Kind, name: str, router: Mapping[str, Any]) -> None:
        if "rule" not in router:
            return
        place = self.places.of(kind, "routers", name, "rule")
        if router.get("ruleSyntax") == "v2":
            self.findings.warning(f"the router {name} uses the rules of Traefik v2, which are not checked", place)
            return
        try:
            rule = parse(router["rule"], kind)
        except RuleError as error:
            self.findings.error(
                f"the rule of the router {name} is not valid: {error}",
                place,
                seen=router["rule"],
                expected="a rule such as "
                + ("Host(`NAME`) && PathPrefix(`/PATH`)" if kind == "http" else "HostSNI(`NAME`)"),
            )
            return
        if kind == "tcp" and needs_tls(rule) and "tls" not in router:
            self.findings.error(
                f"the router {name} asks for a host name, which only TLS connections tell",
                place,
                seen=router["rule"],
                expected=f"traefik.tcp.routers.{name}.tls=true, or HostSNI(`*`)",
            )
        self._check_hosts(name, router, host_names(rule), place)

    def _check_hosts(self, name: str, router: Mapping[str, Any], hosts: tuple[str, ...], place: Location) -> None:
        for host in hosts:
            if host.startswith(("*.", "**.")):
                self.findings.warning(
                    f"the router {name} asks for {host}, which Traefik knows from 3.8 on; no DNS record can hold it",
                    place,
                    expected="HostRegexp(`...`) for older ones",
                )
            elif not is_host_name(host):
                self.findings.error(
                    f"the router {name} asks for something that is no host name",
                    place,
                    seen=router["rule"],
                    expected="letters, digits, dashes and dots between backticks",
                )

    def _with_servers(self, protocol: str, name: str, service: Mapping[str, Any]) -> dict[str, Any]:
        balancer = dict(service.get("loadBalancer", {}))
        server = dict(balancer.pop("server", {}))
        url = server.pop("url", None)
        if url is None:
            port = self._published_port(protocol, name, server.pop("port", None))
            address = self.backend.address
            if address is None:
                self.findings.error(
                    f"{self.backend.vm_name} has no fixed address, so nothing on it can be routed",
                    self.places.of(protocol, "services", name),
                    seen="an address by DHCP, or none",
                    expected="a fixed address in the VM's file, or an override",
                    next_step=f"pulumi config set --path 'phoenix:addressOverrides.{self.backend.vm_name.lower()}' IP",
                )
            target = f"{url_host(address or 'UNKNOWN')}:{port or 0}"
            key = "url" if protocol == "http" else "address"
            url = f"{server.pop('scheme', 'http')}://{target}" if protocol == "http" else target
        else:
            key = "url"
            server.pop("port", None)
            server.pop("scheme", None)
        return {**service, "loadBalancer": {**balancer, "servers": [{key: url, **server}]}}

    def _published(self, transport: str) -> list[PublishedPort]:
        return [port for port in self._owner().ports if port.protocol == transport]

    def _owner(self) -> ComposeService:
        """Return the service that publishes the ports: with `network_mode: service:X` it is X."""
        mode = self.service.network_mode
        if mode.startswith("service:"):
            return self.services.get(mode.removeprefix("service:"), self.service)
        return self.service

    def _published_port(self, protocol: str, name: str, label: str | None) -> int | None:
        """Return the port on the VM behind which the labelled container port answers."""
        transport = "udp" if protocol == "udp" else "tcp"
        place = self.places.of(protocol, "services", name, "loadbalancer", "server", "port")
        wanted = self._container_port(label, transport, place)
        if wanted is None:
            if label is None:
                self._unpublished(name, "it publishes no port", "a port below `ports:`", place)
            return None
        if self._owner().network_mode == "host":
            return wanted
        candidates = [port for port in self._published(transport) if port.container == wanted]
        usable = [port for port in candidates if port.host is not None and self._reachable(port)]
        if usable:
            return usable[0].host
        published = ", ".join(str(port.container) for port in self._published(transport))
        other = f"one of the published container ports ({published}), or " if published and not candidates else ""
        self._unpublished(name, _why_unusable(candidates, wanted), f'{other}"8080:{wanted}" below `ports:`', place)
        return None

    def _reachable(self, port: PublishedPort) -> bool:
        return not port.loopback_only and (self.backend.address is None or port.answers_at(self.backend.address))

    def _container_port(self, label: str | None, transport: str, place: Location) -> int | None:
        if label is not None:
            if is_port_number(label):
                return int(label)
            self.findings.error(
                f"the label's port is no number on {self.service.name}",
                place,
                seen=label,
                expected="the number of a container port, or a variable that has one",
            )
            return None
        known = [port.container for port in self._published(transport)] + list(self._owner().exposed)
        return min(known, default=None)

    def _unpublished(self, name: str, seen: str, expected: str, place: Location) -> None:
        self.findings.error(
            f"Traefik cannot reach {self.service.name}: the service {name} needs a port published on the VM",
            place,
            seen=seen,
            expected=expected,
            next_step=f"correct the label at {place}, or the compose file's `ports`",
        )


def _why_unusable(candidates: list[PublishedPort], wanted: int) -> str:
    if not candidates:
        return f"the container port {wanted} is not published"
    port = candidates[0]
    if port.loopback_only:
        return f"the container port {wanted} is published on loopback only ({port.address})"
    if port.host is None:
        return f"the container port {wanted} is published on a port that Docker chooses"
    return f"the container port {wanted} is published on {port.address} only, which is not the VM's known address"


def _merge(merged: dict[str, Any], part: Mapping[str, Any], places: LabelPlaces, findings: Findings) -> None:
    """Unite the labels of several containers as Traefik does: equal items are one, different ones are an error."""
    for protocol, kinds in part.items():
        for kind, items in kinds.items():
            known = merged.setdefault(protocol, {}).setdefault(kind, {})
            for name, item in items.items():
                if name not in known or known[name] == item:
                    known[name] = item
                elif not _united(known, name, item):
                    findings.error(
                        f"two services of the stack define the {kind.removesuffix('s')} {name} differently",
                        places.of(protocol, kind, name),
                        seen=f"traefik.{protocol}.{kind}.{name} on both, with other options",
                        expected="the same options, or a name of its own for each",
                    )


def _united(known: dict[str, Any], name: str, item: Mapping[str, Any]) -> bool:
    """Unite two load balancers that differ in their servers only."""
    old, new = known[name].get("loadBalancer"), item.get("loadBalancer")
    if not old or not new or {**old, "servers": ()} != {**new, "servers": ()}:
        return False
    servers = [*old["servers"], *(server for server in new["servers"] if server not in old["servers"])]
    known[name] = {**known[name], "loadBalancer": {**old, "servers": servers}}
    return True


def _refuse_templates(labels: Mapping[str, Label], findings: Findings) -> None:
    """Traefik would execute what looks like a Go template."""
    for key, label in labels.items():
        if _TEMPLATE in key or _TEMPLATE in label.value:
            findings.error(
                "a label contains {{, which Traefik would execute as a template",
                label.place,
                seen=f"{key}={label.value}",
                expected="a text without {{",
                next_step="write the route into a file of your own in Traefik's directory",
            )
