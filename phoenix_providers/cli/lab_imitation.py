"""What the lab has to imitate, taken from a configuration."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface

from phoenix_providers.errors import UsageError
from phoenix_providers.lab.site import LabGuest, LabSite
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Guest, VirtualMachine


def imitate(configuration: Configuration, *, style: str = "async") -> LabSite:
    """Describe a lab for this configuration; `style` is how Portainer deploys ("async" or "blocking").

    Raises:
        UsageError: An address is not on loopback, or a part that the lab needs is missing.
    """
    site = configuration.site
    environments = {vm.vmid: vm for vm in configuration.vms if vm.portainer_role != "none"}
    traefik = _address(next((g for g in configuration.guests if g.name == configuration.settings.traefik_guest), None))
    guests = tuple(_guest(guest, environments.get(guest.id)) for guest in configuration.guests)
    host = site.network.interfaces.address
    if host is None or site.network.portainer_server_ip is None:
        raise UsageError("The lab needs network.interfaces.address and network.portainer_server_ip in the site file")
    nodes = {
        name: str(ip_interface(node.address).ip)
        for name, node in site.network.nodes.items()
        if node.address and name != configuration.settings.node
    }
    addresses = (str(ip_interface(host).ip), site.network.portainer_server_ip, *nodes.values())
    for address in (*addresses, *(guest.address for guest in guests)):
        if not ip_address(address).is_loopback:
            raise UsageError(
                "The lab lives on loopback only",
                seen=address,
                expected="addresses in 127.0.0.0/8, as in the example site",
                next_step="copy the example site's `config` folder and try your stacks there",
            )
    return LabSite(
        domain=site.domain_name,
        node=configuration.settings.node,
        node_address=str(ip_interface(host).ip),
        portainer_address=site.network.portainer_server_ip,
        portainer_port=site.network.portainer_server_port,
        agent_port=site.network.portainer_agent_port,
        traefik_address=traefik,
        guests=guests,
        network=str(ip_interface(host).network),
        portainer_style=style,
        more_nodes=nodes,
    )


def _guest(guest: Guest, vm: VirtualMachine | None) -> LabGuest:
    service = guest.traefik_service
    is_vm = isinstance(guest, VirtualMachine)
    return LabGuest(
        id=guest.id,
        name=guest.name,
        kind="vm" if is_vm else "lxc",
        address=_address(guest),
        role=vm.portainer_role if vm else "none",
        environment=(vm.portainer_environment_name or "") if vm else "",
        service_name=service.name if service else "",
        service_port=service.port if service else None,
        service_scheme="https" if is_vm else "http",
        node=guest.node or "",
    )


def _address(guest: Guest | None) -> str:
    if guest is None or guest.address is None:
        raise UsageError(
            "The lab needs a fixed address for every guest, and a guest that runs Traefik",
            seen=guest.name if guest else "no guest named as phoenix:traefikGuest says",
        )
    return guest.address
