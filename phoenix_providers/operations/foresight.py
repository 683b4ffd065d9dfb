"""What a preview sees of products before anything is made: what the run would refuse, and what nobody could verify.

A short look. Silence is no fault, and no preview fails for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

from phoenix_providers.clients.probes.connection_attempt import takes_connections
from phoenix_providers.clock import Deadline
from phoenix_providers.errors import (
    Explanation,
    NoUsersYetError,
    PhoenixError,
    ProductError,
    UnreachableError,
)
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.readiness import LASTING, checks_of, not_ready
from phoenix_providers.operations.side_by_side import side_by_side
from phoenix_providers.planning.dns.backends.dns_backend import SETTING
from phoenix_providers.planning.dns.backends.table import targets
from phoenix_providers.planning.routes.entry_points import unknown_entry_points

_CONNECT_SECONDS = 2.0
_LOOK_SECONDS = 5.0
_DEFAULT_PORTS = {"https": 443, "http": 80, "ssh": 22, "pct": 22}
_PRODUCTS = {
    "proxmox": "Proxmox",
    "portainer": "Portainer",
    "traefik_api": "Traefik's API",
    "traefik_target": "Traefik's directory",
    **{one.check: one.folder for one in targets()},
}
_SETTINGS = {
    "proxmox": "proxmoxve:endpoint",
    "portainer": "phoenix:portainerUrl",
    "traefik_api": "phoenix:traefikApiUrl",
    "traefik_target": "phoenix:traefikTarget",
    **{one.check: SETTING for one in targets()},
}


def foresee(
    connections: ClientsOfRun, addresses: ProductAddresses, entry_points: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return what to say, each once.

    Args:
        connections: Clients; what a refresh of this process has found is not asked again.
        addresses: The products, as the gate has them.
        entry_points: Who asks for each of Traefik's entry points.
    """
    known, elsewhere = _known(connections, addresses)
    found = {**known, **_look(connections, elsewhere)}
    connections.notes.looked_at, connections.notes.not_ready = addresses, found
    refusing = {name: error for name, error in found.items() if _is_refusal(error)}
    said = []
    if refusing:
        said.append(f"pulumi up would not begin: {not_ready(tuple(refusing.values()))}")
    silent = [name for name in found if name not in refusing and not isinstance(found[name], NoUsersYetError)]
    if silent:
        told = "; ".join(_silence(name, addresses, found[name]) for name in silent)
        settings = ", ".join(_SETTINGS[name] for name in silent)
        said.append(
            f"not verified, since there is no answer now ({told}): `pulumi up` waits for it, and asks;"
            f" if it runs already, correct {settings}"
        )
    if entry_points and addresses.traefik_api and "traefik_api" not in found:
        said += [one.text() for one in _entry_points(connections, addresses.traefik_api, entry_points)]
    return said


def _known(connections: ClientsOfRun, addresses: ProductAddresses) -> tuple[dict[str, PhoenixError], ProductAddresses]:
    """Return what a refresh has found out, and what it has not asked: the state may have other addresses."""
    elsewhere = [name for name in addresses.names if not connections.notes.has_looked_at(name, addresses)]
    known = {
        name: error
        for name, error in connections.notes.not_ready.items()
        if name in addresses.names and name not in elsewhere
    }
    return known, addresses.only(elsewhere)


def _is_refusal(error: PhoenixError) -> bool:
    if isinstance(error, NoUsersYetError):
        return False
    return isinstance(error, LASTING) or not isinstance(error, UnreachableError)


def _silence(name: str, addresses: ProductAddresses, error: PhoenixError) -> str:
    return f"{_PRODUCTS[name]} at {addresses.url(name)}: {error.explanation.seen or error.explanation.what}"


def _look(connections: ClientsOfRun, addresses: ProductAddresses) -> dict[str, PhoenixError]:
    """Ask all side by side; who does not answer in time is silent, however long a run would wait."""
    checks = {name: partial(_short, addresses.url(name), check) for name, check in _checks(connections, addresses)}
    found = side_by_side(checks, Deadline.after(connections.clock, _LOOK_SECONDS))
    late = UnreachableError(
        "No answer in time", seen=f"no answer within {_LOOK_SECONDS:g} s", next_step="pulumi up waits longer"
    )
    errors = {name: found.get(name, late) for name in checks}
    return {name: error for name, error in errors.items() if isinstance(error, PhoenixError)}


def _checks(connections: ClientsOfRun, addresses: ProductAddresses) -> Iterable[tuple[str, Callable[[], object]]]:
    """Proxmox is left out where it answers: what it refuses has been told."""
    checks = checks_of(connections, addresses)
    if addresses.proxmox:
        proxmox = connections.proxmox(addresses.proxmox)
        checks["proxmox"] = proxmox.version
        with suppress(ProductError):
            if proxmox.answers():
                del checks["proxmox"]
    return checks.items()


def _short(url: str, check: Callable[[], object]) -> None:
    """Try the connection first: who is away is not asked three times."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    if parts.hostname and port and parts.scheme in ("http", "https"):
        reason = takes_connections(parts.hostname, port, timeout=_CONNECT_SECONDS)
        if reason:
            raise UnreachableError(
                "Nobody answers there", where=url, seen=reason.lower(), next_step="pulumi up waits longer"
            )
    check()


def _entry_points(connections: ClientsOfRun, api: str, asked: Mapping[str, Sequence[str]]) -> tuple[Explanation, ...]:
    try:
        return unknown_entry_points(asked, connections.traefik(api).entry_points())
    except ProductError:
        return ()
