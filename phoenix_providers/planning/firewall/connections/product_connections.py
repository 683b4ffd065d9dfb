"""The sync's own connections to the products: what it asks, and where it puts files."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.site_plan import Connection

# By the gate's own name for the check that needs it.
OF_PRODUCTS = {
    "portainer": "portainer-api",
    "traefik_api": "traefik-api",
    "traefik_target": "traefik-target",
    "dnsmasq_target": "dnsmasq-target",
}
SSH_PORT = 22
_PORTS = {"http": 80, "https": 443, "ssh": SSH_PORT, "pct": SSH_PORT}


def product_connections(configuration: Configuration) -> Iterator[Connection]:
    """Return them, without the sync's own address; `dest` stays a name where settings or site file name none else.

    What is delivered into a directory of this machine needs no connection.
    """
    settings, network, dns = configuration.settings, configuration.site.network, configuration.site.dns_server
    portainer = settings.portainer_url
    if portainer is None and network.portainer_server_ip:
        portainer = _url("https", network.portainer_server_ip, network.portainer_server_port)
    dnsmasq = dns.target if dns.backend == "dnsmasq" else None
    for name, what, url in (
        ("portainer-api", "Portainer's API", portainer),
        ("traefik-api", "Traefik's API", settings.traefik_api_url),
        ("traefik-target", "SSH for Traefik's files", settings.traefik_target),
        ("dnsmasq-target", "SSH for dnsmasq's file", dnsmasq),
    ):
        host, port = _end(url or "")
        if host and port:
            yield Connection(name, f"{what}, from where the sync runs", "", host, "tcp", port)


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
    return connection.name in (OF_PRODUCTS["traefik_target"], OF_PRODUCTS["dnsmasq_target"])
