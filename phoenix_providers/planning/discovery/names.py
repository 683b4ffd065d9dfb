"""Lines of a hosts file as the files of a new site say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from phoenix_providers.models.file_content import NewContent
from phoenix_providers.models.running_site import RunningGuest, RunningProxmox
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.discovery.machines import Machines
from phoenix_providers.planning.proxmox.hosts_file import lost_entries, read_hosts


def own_names(proxmox: RunningProxmox, machines: Machines, domain: str) -> Mapping[int, tuple[Mapping[str, str], ...]]:
    """Return names of the domain that lead to a guest, beside its own one, by its number."""
    found: dict[int, list[Mapping[str, str]]] = {}
    for address, name in _lines(proxmox, domain):
        guest = machines.at(address)
        if not _is_own(guest, address, name, domain) or guest is None:
            continue
        if name != f"{guest.name.lower()}.{domain}":
            found.setdefault(guest.number, []).append({"hostname": name})
    return {number: tuple(names) for number, names in found.items()}


def static_hosts(proxmox: RunningProxmox, machines: Machines, domain: str) -> list[NewContent]:
    """Return every other line, as it is."""
    found: dict[str, list[str]] = {}
    for address, name in _lines(proxmox, domain):
        if not _is_own(machines.at(address), address, name, domain):
            found.setdefault(address, []).append(name)
    return [{"address": address, "hostnames": names} for address, names in found.items()]


def _is_own(guest: RunningGuest | None, address: str, name: str, domain: str) -> bool:
    return guest is not None and guest.addresses[0] == address and name.endswith(f".{domain}")


def _lines(proxmox: RunningProxmox, domain: str) -> Iterator[tuple[str, str]]:
    """Yield what is neither the system's nor the node's own line."""
    for entry in lost_entries(read_hosts(proxmox.hosts), (), proxmox.node, domain):
        if is_address(entry.address):
            yield from ((entry.address, name.lower()) for name in entry.names)
