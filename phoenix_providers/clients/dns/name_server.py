"""Asking one DNS server, as the guests of the site do."""

from __future__ import annotations

from dataclasses import dataclass

from phoenix_providers.errors import ProductError, UnreachableError
from phoenix_providers.models.addresses import address_and_port

_PORT = 53


@dataclass(frozen=True)
class NameServer:
    """A DNS server; `timeout` in seconds is for one question."""

    address: str
    port: int = _PORT
    timeout: float = 3

    def addresses(self, name: str, version: int = 4) -> tuple[str, ...]:
        """Return the IPv4 (or, with `version` 6, IPv6) addresses of a name; none when it has none there.

        Raises:
            UnreachableError: No answer.
            ProductError: An answer that is none.
        """
        # Most runs ask no name server, and the library is large.
        import dns.exception
        import dns.message
        import dns.query
        import dns.rdatatype

        kind = dns.rdatatype.AAAA if version == 6 else dns.rdatatype.A
        question = dns.message.make_query(name, kind)
        try:
            answer, _ = dns.query.udp_with_fallback(question, self.address, self.timeout, self.port)
        except (dns.exception.Timeout, OSError) as error:
            reason = f"no answer within {self.timeout:g} s" if isinstance(error, dns.exception.Timeout) else str(error)
            raise self._unreachable(reason) from None
        except dns.exception.DNSException as error:
            raise ProductError(
                "The DNS server answers with something else",
                where=str(self),
                seen=str(error),
                next_step=f"dig @{self.address} -p {self.port} {name}",
            ) from None
        found = (item for entry in answer.answer if entry.rdtype == kind for item in entry)
        return tuple(sorted(str(item.address) for item in found))

    def __str__(self) -> str:
        """Return it as it stands in the settings."""
        if self.port == _PORT:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def _unreachable(self, reason: str) -> UnreachableError:
        return UnreachableError(
            "The DNS server does not answer",
            where=str(self),
            seen=reason,
            next_step=f"dig @{self.address} -p {self.port} example.org",
        )


def open_name_server(text: str, timeout: float = NameServer.timeout) -> NameServer:
    """Return the server of the setting `dnsServer`: `IP` or `IP:PORT`, of IPv6 `[IP]:PORT`."""
    address, port = address_and_port(text, _PORT)
    return NameServer(address, port, timeout)
