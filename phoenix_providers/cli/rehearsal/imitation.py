"""What the lab has to imitate, taken from a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network, ip_address, ip_interface, ip_network

from phoenix_providers.cli.rehearsal.foreign_routing import foreign_routing
from phoenix_providers.errors import UsageError
from phoenix_providers.lab.site import LabGuest, LabSite
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Guest, VirtualMachine
from phoenix_providers.planning.addresses import traefik_guest
from phoenix_providers.planning.site_plan import SitePlan

_FIRST_ENTRY_POINT = 8090
_TRAEFIK_PORTS = {"web": 8080, "traefik": 8081}


def imitate(configuration: Configuration, *, style: str = "async", spare: Callable[[], str] | None = None) -> LabSite:
    """Describe a lab for this configuration; `style` is how Portainer deploys ("async" or "blocking").

    Args:
        configuration: All of its addresses are on loopback.
        style: How Portainer deploys.
        spare: Gives an address to whatever has none in the files; None refuses such files.

    Raises:
        UsageError: An address is not on loopback, or a part that the lab needs is missing.
    """
    site = configuration.site
    environments = {vm.vmid: vm for vm in configuration.vms if vm.portainer_role != "none"}
    traefik = _address(traefik_guest(configuration), spare)
    guests = tuple(_guest(guest, environments.get(guest.id), spare) for guest in configuration.guests)
    host, portainer = site.network.interfaces.address, site.network.portainer_server_ip
    if spare is not None:
        host = host or f"{spare()}/16"
        primary = next((guest.address for guest in guests if guest.role == "primary"), None)
        portainer = portainer or primary or spare()
    if host is None or portainer is None:
        raise UsageError(
            "The lab needs network.interfaces.address and network.portainer_server_ip in the site file",
            next_step="write both into the site file",
        )
    nodes = {
        name: str(ip_interface(node.address).ip)
        for name, node in site.network.nodes.items()
        if node.address and name != configuration.settings.node
    }
    addresses = (str(ip_interface(host).ip), portainer, *nodes.values())
    for address in (*addresses, *(guest.address for guest in guests)):
        if not ip_address(address).is_loopback:
            raise UsageError(
                "The lab lives on loopback only",
                seen=address,
                expected="addresses in 127.0.0.0/8, as in the example site",
                next_step="phoenix lab up --site FOLDER   (it rehearses a copy on loopback)",
            )
    return LabSite(
        domain=site.domain_name,
        node=configuration.settings.node,
        node_address=str(ip_interface(host).ip),
        portainer_address=portainer,
        portainer_port=site.network.portainer_server_port,
        agent_port=site.network.portainer_agent_port,
        traefik_address=traefik,
        guests=guests,
        network=str(ip_interface(host).network),
        portainer_style=style,
        more_nodes=nodes,
    )


def with_neighbours(site: LabSite, configuration: Configuration, plan: SitePlan) -> LabSite:
    """Add stand-ins for what the site's files refer to and others define: in Traefik, and in DNS."""
    foreign = foreign_routing(plan, configuration.settings.entry_points)
    points = [name for name in foreign.entry_points if name not in _TRAEFIK_PORTS]
    addresses = {guest.id: guest.address for guest in site.guests}
    names = {
        name.lower(): addresses[vm.vmid]
        for vm in configuration.vms
        if vm.address is None
        for name in _names_of(vm, site.domain)
    }
    return replace(
        site,
        more_entry_points={name: _FIRST_ENTRY_POINT + number for number, name in enumerate(points)},
        cert_resolvers=foreign.cert_resolvers,
        foreign_routes=foreign.routes,
        foreign_names=names,
    )


def free_in(network: str, taken: set[str]) -> str:
    """Return an address of the home network that nobody has, for the computer that runs the sync."""
    whole = ip_network(network)
    piece = whole if whole.prefixlen >= 24 else IPv4Network(f"{whole.network_address}/24")
    return next(str(address) for address in reversed(list(piece.hosts())) if str(address) not in taken)


def _names_of(vm: VirtualMachine, domain: str) -> Iterator[str]:
    yield f"{vm.name}.{domain}"
    if vm.portainer_agent_hostname:
        yield vm.portainer_agent_hostname


def _guest(guest: Guest, vm: VirtualMachine | None, spare: Callable[[], str] | None) -> LabGuest:
    service = guest.traefik_service
    is_vm = isinstance(guest, VirtualMachine)
    return LabGuest(
        id=guest.id,
        name=guest.name,
        kind="vm" if is_vm else "lxc",
        address=_address(guest, spare),
        role=vm.portainer_role if vm else "none",
        environment=(vm.portainer_environment_name or "") if vm else "",
        service_name=service.name if service else "",
        service_port=service.port if service else None,
        service_scheme="https" if is_vm else "http",
        node=guest.node or "",
    )


def _address(guest: Guest | None, spare: Callable[[], str] | None) -> str:
    if guest is not None and guest.address is not None:
        return guest.address
    if spare is not None:
        return spare()
    raise UsageError(
        "The lab needs a fixed address for every guest, and a guest that runs Traefik",
        seen=guest.name if guest else "no guest named as phoenix:traefikGuest says",
        next_step="write network_config.ip of that guest, or pulumi config set phoenix:traefikGuest GUEST",
    )
