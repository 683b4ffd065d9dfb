"""From an environment's URL to the Docker engine behind it, over the agent's real socket."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from phoenix_providers.lab.docker.agent import Agent
from phoenix_providers.lab.docker.host import DockerHost
from phoenix_providers.lab.portainer.store import Record

LOCAL_SOCKET = "unix:///var/run/docker.sock"
AGENT_TYPE = 2
_PING_SECONDS = 3.0


class UnreachableError(Exception):
    """Nothing answers there; the text is the one that Go's client gives."""


class PairedElsewhereError(UnreachableError):
    """The agent obeys another server."""


@dataclass(frozen=True)
class Machine:
    """A Docker engine and, unless it is Portainer's own, the agent in front of it."""

    host: DockerHost
    agent: Agent | None


class Reach:
    """The way to every engine of the lab."""

    def __init__(self, machines: Mapping[int, Machine], resolve: Callable[[str], str | None], address: str) -> None:
        self.machines = machines
        self._own_address = address
        self._resolve = resolve
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to the agents."""
        if self._session is not None:
            await self._session.close()

    async def host_of(self, endpoint: Record) -> DockerHost:
        """Return the engine of an environment; raises UnreachableError."""
        url = str(endpoint["URL"])
        down = UnreachableError(f"Cannot connect to the Docker daemon at {url}. Is the docker daemon running?")
        if endpoint["Type"] != AGENT_TYPE:
            machine = self._local()
            if url != LOCAL_SOCKET or machine is None or not machine.host.up:
                raise down
            return machine.host
        if "://" not in url:
            raise UnreachableError(f"Unable to parse docker host `{url}`")
        try:
            await self.ping(url)
        except UnreachableError:
            raise down from None
        machine = self._behind(url)
        if machine is None or not machine.host.up:
            raise down
        if machine.agent is not None and machine.agent.paired_elsewhere:
            raise PairedElsewhereError("Agent already paired with another Portainer instance")
        return machine.host

    async def ping(self, url: str) -> None:
        """Ask an agent whether it is one; raises UnreachableError with the reason."""
        name, port = _address(url)
        shown = f'Get "https://{name}:{port}/ping"'
        address = self._literal(name) or self._resolve(name)
        if address is None:
            raise UnreachableError(f"{shown}: dial tcp: lookup {name}: no such host")
        if self._session is None:
            # A new connection each time, from Portainer's own address: so the firewall is asked each time.
            connector = aiohttp.TCPConnector(local_addr=(self._own_address, 0), force_close=True)
            timeout = aiohttp.ClientTimeout(total=_PING_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        try:
            async with self._session.get(f"https://{address}:{port}/ping", ssl=False) as answer:
                status, known = answer.status, "Portainer-Agent" in answer.headers
        except TimeoutError:
            late = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            raise UnreachableError(f"{shown}: {late}") from None
        except aiohttp.ClientConnectorError:
            raise UnreachableError(f"{shown}: dial tcp {address}:{port}: connect: connection refused") from None
        except aiohttp.ClientError:
            raise UnreachableError(f"{shown}: EOF") from None
        if status != 204 or not known:
            raise UnreachableError(f"failed request with status {status}")

    def _local(self) -> Machine | None:
        return next((machine for machine in self.machines.values() if machine.agent is None), None)

    def _behind(self, url: str) -> Machine | None:
        name, port = _address(url)
        address = self._literal(name) or self._resolve(name)
        for machine in self.machines.values():
            if machine.agent is not None and (machine.agent.address, machine.agent.port) == (address, port):
                return machine
        return None

    @staticmethod
    def _literal(name: str) -> str | None:
        try:
            return str(ipaddress.ip_address(name))
        except ValueError:
            return None


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url if "://" in url else f"tcp://{url}")
    try:
        return parts.hostname or "", parts.port or 9001
    except ValueError:
        raise UnreachableError(f"Unable to parse docker host `{url}`") from None
