"""Trying the needed connections out, side by side, each with a new connection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from phoenix_providers.clients.portainer.reachability import reaches
from phoenix_providers.clients.probes.connection_attempt import greets_as_ssh, takes_connections
from phoenix_providers.clients.probes.local_address import address_towards
from phoenix_providers.errors import PhoenixError, UnauthorizedError
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.proxmox.firewall_outlook import needed_from_here
from phoenix_providers.planning.firewall.connections.probe_kinds import ProbeKind, way_of
from phoenix_providers.planning.firewall.connections.product_connections import is_to_product
from phoenix_providers.planning.firewall.probing import Probing
from phoenix_providers.planning.site_plan import Connection

_AT_ONCE = 8
_TIMEOUT = 5.0
_TRIES = 3
_PAUSE_SECONDS = 1.0


def tried_from_here(needed: Iterable[Connection]) -> frozenset[str]:
    """Return the names of those that come about, of the sync's own; the others cannot be tried."""
    found = {one.name: one for one in needed if _is_own(one)}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        reasons = pool.map(_attempt, found.values())
        return frozenset(name for name, reason in zip(found, reasons, strict=True) if not reason)


class ConnectionProbes:
    """What can be tried from here.

    Args:
        connections: Clients of this process.
        proxmox: URL of the API.
        probing: What is tried, and who can try it.
    """

    def __init__(self, connections: ClientsOfRun, proxmox: str, probing: Probing) -> None:
        self._connections = connections
        self._proxmox = proxmox
        self._portainer, self._environments = probing.portainer, probing.environments
        here = probing.sync_address or address_towards(proxmox)
        needed = needed_from_here(proxmox, probing.connections, probing.sync_address, {})
        self._ways = {one.name: (one, way) for one in needed if (way := way_of(one, here)) is not None}

    def connection(self, name: str) -> Connection:
        """Return a connection by its name."""
        return self._ways[name][0]

    def working(self) -> frozenset[str]:
        """Return the names of those that come about, tried once."""
        return frozenset(self._ways) - self._tried(self._ways).keys()

    def failing(self, names: Collection[str]) -> Mapping[str, str]:
        """Return those of the names that do not come about, tried several times, each with its reason."""
        left = [name for name in names if name in self._ways]
        if any(self._ways[name][1] is ProbeKind.AGENT for name in left):
            # What kept it out before may let it in now.
            self._connections.portainer(self._portainer).session.set_aside(None)
        failures: Mapping[str, str] = {}
        for attempt in range(_TRIES):
            if attempt:
                self._connections.clock.sleep(_PAUSE_SECONDS)
            failures = self._tried(left)
            left = list(failures)
            if not left:
                break
        return failures

    def _tried(self, names: Collection[str]) -> dict[str, str]:
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            reasons = zip(names, pool.map(self._reason, names), strict=True)
            return {name: reason for name, reason in reasons if reason}

    def _reason(self, name: str) -> str:
        connection, way = self._ways[name]
        try:
            if way is ProbeKind.API:
                return self._api()
            if way is ProbeKind.AGENT:
                return self._agent(name)
        except PhoenixError as error:
            return error.explanation.seen or error.explanation.what
        return _attempt(connection)

    def _api(self) -> str:
        api = self._connections.open_proxmox(self._proxmox, self._connections.settings.request_timeout)
        try:
            api.version()
        except UnauthorizedError:
            # Who is refused has been let in to ask.
            return ""
        finally:
            api.close()
        return ""

    def _agent(self, name: str) -> str:
        portainer, wanted = self._connections.portainer(self._portainer), self._environments.get(name)
        found = next((one for one in portainer.environments.all() if one.name == wanted), None)
        if found is None:
            return "Portainer does not know it yet"
        return "" if reaches(portainer.session, found.id) else "Portainer does not reach it"


def _is_own(connection: Connection) -> bool:
    return is_to_product(connection) or connection.name.partition("@")[0] in ("api", "ssh")


def _attempt(connection: Connection) -> str:
    is_ssh = way_of(connection, connection.source) is ProbeKind.SSH
    attempt = greets_as_ssh if is_ssh else takes_connections
    return attempt(connection.dest, connection.port, timeout=_TIMEOUT)
