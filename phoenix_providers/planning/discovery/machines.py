"""Which guest is behind an address or a name, as far as Proxmox tells."""

from __future__ import annotations

from phoenix_providers.models.running_site import RunningGuest, RunningProxmox
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.proxmox.hosts_file import read_hosts


class Machines:
    """The guests of a cluster by address and by name."""

    def __init__(self, proxmox: RunningProxmox, domain: str) -> None:
        self._domain = domain.lower()
        guests = [guest for guest in proxmox.guests if not guest.template]
        self.guests = tuple(guests)
        self._by_address = {address: guest for guest in reversed(guests) for address in guest.addresses}
        self._by_name = {guest.name.lower(): guest for guest in reversed(guests)}
        self._hosts = {name.lower(): entry.address for entry in read_hosts(proxmox.hosts) for name in entry.names}

    def at(self, host: str) -> RunningGuest | None:
        """Return the guest with this address or name; None where it is not known, or none of them."""
        host = host.lower()
        if is_address(host):
            return self._by_address.get(host)
        if (address := self._hosts.get(host)) is not None and address in self._by_address:
            return self._by_address[address]
        return self._by_name.get(host.removesuffix(f".{self._domain}"))

    def address_of(self, host: str) -> str:
        """Return the address of a host; empty where it is not known."""
        if is_address(host):
            return host
        if host.lower() in self._hosts:
            return self._hosts[host.lower()]
        guest = self.at(host)
        return guest.addresses[0] if guest and guest.addresses else ""
