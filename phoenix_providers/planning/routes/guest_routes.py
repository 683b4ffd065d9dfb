"""Routes of guests and of Traefik's dashboard."""

from __future__ import annotations

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Container, Guest
from phoenix_providers.models.traefik_records import NewConfiguration, NewItem, NewSection
from phoenix_providers.planning.addresses import address_of, override, override_advice
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.names import guest_host, is_host_name, qualified

DASHBOARD_ROUTER = "traefik-dashboard-router"
_DASHBOARD = "traefik"


def infrastructure_routes(configuration: Configuration, findings: Findings) -> NewConfiguration:
    """Return the dynamic configuration of Traefik for everything but stacks."""
    domain = configuration.site.domain_name
    transport = configuration.settings.servers_transport
    routers: NewSection = {
        DASHBOARD_ROUTER: _router(configuration, f"{_DASHBOARD}.{domain}", "api@internal"),
    }
    services: NewSection = {}
    owners: dict[str, Guest] = {}
    for guest in configuration.guests:
        declared = guest.traefik_service
        if declared is None or (address := _backend(configuration, guest, findings)) is None:
            continue
        router, service = router_of(declared.name), f"{declared.name}-service"
        place = configuration.locate(*guest.declared_at, "traefik_service", "name")
        # Host names know no case.
        owner = owners.setdefault(declared.name.lower(), guest)
        if router == DASHBOARD_ROUTER:
            findings.error(
                f"the traefik_service of {guest.name} would replace the dashboard's router",
                place,
                seen=declared.name,
                expected=f"another name: its router is called NAME-router, and {DASHBOARD_ROUTER} is always there",
            )
            continue
        if owner is not guest:
            findings.error(
                f"two guests call their traefik_service {declared.name}",
                place,
                seen=f"{guest.name}, and {owner.name}",
                expected="a name of its own for each",
            )
            continue
        if declared.name.lower() == _DASHBOARD:
            findings.warning(
                f"the traefik_service of {guest.name} has the dashboard's name, and Traefik takes one of the two",
                place,
                seen=declared.name,
                expected=f"another name, if more than the dashboard is meant; {DASHBOARD_ROUTER} is always there",
            )
        full = qualified(declared.name, domain) is not None and "." in declared.name
        host = declared.name if full else f"{declared.name}.{domain}"
        routers[router] = _router(configuration, host, service)
        services[service] = {"loadBalancer": _load_balancer(guest, address, declared.port, f"{transport.name}@file")}
    http: NewSection = {"routers": routers}
    if services:
        http["services"] = services
    if transport.root_ca is not None:
        http["serversTransports"] = {transport.name: {"rootCAs": [transport.root_ca]}}
    return {"http": http}


def router_of(service: str) -> str:
    """Return the router of a `traefik_service`, by its name."""
    return f"{service}-router"


def _router(configuration: Configuration, host: str, service: str) -> NewItem:
    return {"entryPoints": list(configuration.settings.entry_points), "rule": f"Host(`{host}`)", "service": service}


def _load_balancer(guest: Guest, address: str, port: int, transport: str) -> NewItem:
    if isinstance(guest, Container):
        return {"servers": [{"url": f"http://{url_host(address)}:{port}"}]}
    return {"servers": [{"url": f"https://{url_host(address)}:{port}"}], "serversTransport": transport}


def url_host(address: str) -> str:
    """Return an address as it stands in a URL."""
    return f"[{address}]" if ":" in address else address


def _backend(configuration: Configuration, guest: Guest, findings: Findings) -> str | None:
    name = guest.traefik_service.name if guest.traefik_service else ""
    place = configuration.locate(*guest.declared_at, "traefik_service", "name")
    if not is_host_name(name.lower()):
        findings.error(
            f"the traefik_service of {guest.name} is no host name",
            place,
            seen=name,
            expected="letters, digits and dashes, since it becomes NAME.DOMAIN",
        )
        return None
    address = address_of(configuration, guest) or override(configuration, name)
    if address is None:
        findings.warning(
            f"{guest.name} has no fixed address, so {guest_host(name, configuration.site.domain_name)} gets no route",
            configuration.locate(*guest.declared_at, "network_config", "ip"),
            seen=guest.network_config.ip or "nothing",
            next_step=override_advice(configuration, guest.name),
        )
    return address
