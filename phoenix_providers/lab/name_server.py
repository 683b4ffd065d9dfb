"""A DNS server of the lab: it answers from the node's hosts file, as dnsmasq on a Proxmox host does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from phoenix_providers.lab.site import LabSite

_SECONDS_TO_LIVE = 0
Resolve = Callable[[str], str | None]


class NameServer(asyncio.DatagramProtocol):
    """Answers questions for IPv4 addresses; it knows no other kind and asks nobody else."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str | int, ...]) -> None:
        """Answer one question; what is no question gets no answer."""
        try:
            question = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return
        if self._transport is not None and question.question:
            self._transport.sendto(self._answer(question).to_wire(), address)

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.AA
        asked = question.question[0]
        address = self._resolve(str(asked.name))
        if address is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif asked.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(asked.name, _SECONDS_TO_LIVE, "IN", "A", address))
        return answer


class RunningNameServer:
    """A server that listens."""

    def __init__(self, transport: asyncio.DatagramTransport, address: str) -> None:
        self._transport = transport
        self.address = address

    def stop(self) -> None:
        """Stop listening."""
        self._transport.close()


async def start(site: LabSite, resolve: Resolve) -> RunningNameServer:
    """Listen on the Proxmox host's address; `resolve` gives the address of a name, or None."""
    local = (site.node_address, site.dns_port)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: NameServer(resolve), local_addr=local)
    return RunningNameServer(transport, f"{site.node_address}:{site.dns_port}")
