"""Addresses of a real site as addresses on loopback, so that a copy of its files can be rehearsed on one machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS = re.compile(rf"(?<![\w.])((?:{_OCTET}\.){{3}}{_OCTET})(/(?:3[0-2]|[12]?\d))?(?![\w]|\.\w)")
# Of one second octet: what has no address of its own in the files gets one here.
_SPARE = 254
_WHOLE, _PIECE, _WIDEST = "/16", 24, 8


class Loopback:
    """Maps every address of the site's own networks to one on loopback; others stay what they are.

    Args:
        beginning: Beginning of the addresses that are to be had, such as "127.50.".
        interfaces: The site's own addresses with their prefix lengths, the Proxmox host's first.
    """

    def __init__(self, beginning: str, interfaces: Iterable[str]) -> None:
        self._beginning = beginning
        self._own = tuple(dict.fromkeys(IPv4Interface(interface).network for interface in interfaces))
        self._pieces: dict[str, int] = {}
        self._spare = 0
        for network in self._own:
            self._piece(network.network_address)

    def text(self, text: str) -> str:
        """Return a text with the site's addresses on loopback."""
        return _ADDRESS.sub(lambda found: self._mapped(found[1], found[2] or ""), text)

    def spare(self) -> str:
        """Return an address for something that the files give none."""
        self._spare += 1
        return f"{self._beginning}{_SPARE}.{self._spare}"

    def _mapped(self, address: str, prefix: str) -> str:
        network = IPv4Network(address + prefix, strict=False)
        if network.prefixlen < _WIDEST or not any(network.overlaps(own) for own in self._own):
            return address + prefix
        if network.prefixlen < _PIECE:
            # Pieces lie on loopback in the order in which they are met: a network of several is all of it.
            if str(network.network_address) == address:
                return f"{self._beginning}0.0{_WHOLE}"
            prefix = _WHOLE
        return f"{self._beginning}{self._piece(IPv4Address(address))}.{address.rpartition('.')[2]}{prefix}"

    def _piece(self, address: IPv4Address) -> int:
        return self._pieces.setdefault(str(address).rpartition(".")[0], len(self._pieces))
