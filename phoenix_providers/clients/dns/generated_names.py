"""Names that the old scripts' file for dnsmasq goes on answering: `address=/NAME/IP` answers what is below NAME too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from phoenix_providers.clients.dns.name_server import NameServer
from phoenix_providers.errors import ProductError

_AT_ONCE = 8
# No hosts file has it, and nobody else answers for it.
_BELOW = "phoenix-sync-asks"
# They published these in every installation.
_ALWAYS = ("portainer", "traefik")


def generated_names(server: NameServer, names: Iterable[str]) -> Mapping[str, str]:
    """Return the address that is given below each of the names; empty if nothing is, or nobody answers.

    Who answers for the whole domain has a rule of his own.
    """
    names = sorted(names)
    first = [name for name in names if name.partition(".")[0] in _ALWAYS]
    with suppress(ProductError):
        domains = {name.partition(".")[2] for name in first}
        if any(server.addresses(f"{_BELOW}.{domain}") for domain in domains):
            return {}
        if not any(_below(server, name) for name in first):
            return {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = dict(zip(names, pool.map(lambda name: _below(server, name), names), strict=True))
        return {name: address for name, address in answers.items() if address}
    return {}


def _below(server: NameServer, name: str) -> str:
    return ", ".join(server.addresses(f"{_BELOW}.{name}"))
