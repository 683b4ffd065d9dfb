"""The sync's own connections to the products: what it asks, and where it puts files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from phoenix_providers.planning.site_plan import Connection

if TYPE_CHECKING:
    from phoenix_providers.models.configuration import Configuration

# Of products that every site has, by the gate's own name for the check that needs it.
OF_PRODUCTS = {
    "portainer": "portainer-api",
    "traefik_api": "traefik-api",
    "traefik_target": "traefik-target",
}
SSH_PORT = 22
_PORTS = {"http": 80, "https": 443, "ssh": SSH_PORT, "pct": SSH_PORT}


@dataclass(frozen=True)
class Product:
    """Whom the sync asks, or where it puts files.

    Attributes:
        connection: Name of the connection: with the end `-target` files are delivered over SSH. Connections to
            products, and only these, have no `@` in their names.
        what: What it is, in the words of messages.
        url: Where, or a directory of this machine.
    """

    connection: str
    what: str
    url: str


def product_connections(configuration: Configuration, others: Iterable[Product] = ()) -> Iterator[Connection]:
    """Return them, without the sync's own address; `dest` stays a name where settings or site file name none else.

    What is delivered into a directory of this machine needs no connection.

    Args:
        configuration: What the files say.
        others: Products that not every site has.
    """
    settings, network = configuration.settings, configuration.site.network
    portainer = settings.portainer_url
    if portainer is None and network.portainer_server_ip:
        portainer = _url("https", network.portainer_server_ip, network.portainer_server_port)
    for one in (
        Product("portainer-api", "Portainer's API", portainer or ""),
        Product("traefik-api", "Traefik's API", settings.traefik_api_url or ""),
        Product("traefik-target", "SSH for Traefik's files", settings.traefik_target or ""),
        *others,
    ):
        host, port = _end(one.url)
        if host and port:
            yield Connection(one.connection, f"{one.what}, from where the sync runs", "", host, "tcp", port)


def _url(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _end(url: str) -> tuple[str, int]:
    """Return host and port; a directory has neither."""
    if "://" not in url:
        return "", 0
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        # Whoever uses it says what is wrong with it.
        return "", 0


def is_over_ssh(connection: Connection) -> bool:
    """Whether files are delivered over it."""
    return is_to_product(connection) and connection.name.endswith("-target")


def is_to_product(connection: Connection) -> bool:
    """Whether it leads to a product, and not to a node, a guest or a back end."""
    return "@" not in connection.name
