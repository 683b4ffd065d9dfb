"""What answers on the published ports: a small HTTP server a port, that says who it is."""

from __future__ import annotations

import errno
import hashlib
import json

from aiohttp import web

from phoenix_providers.lab.docker.container import Container
from phoenix_providers.lab.docker.errors import DockerError
from phoenix_providers.lab.docker.ports import PublishedPort
from phoenix_providers.lab.firewall.doors import Listen, open_door
from phoenix_providers.lab.site import LabGuest


class Backends:
    """The open ports of one guest, by container."""

    def __init__(self, guest: LabGuest, listen: Listen = open_door) -> None:
        self._guest = guest
        self._listen = listen
        self._runners: dict[str, list[web.ServerRunner]] = {}

    async def open(self, container: Container) -> None:
        """Open every reachable port of a container; raises DockerError, with none left open, if one is taken."""
        for index, port in enumerate(container.ports):
            if port.protocol != "tcp" or port.host_ip not in ("", "0.0.0.0", "::", self._guest.address):
                continue
            try:
                number = await self._open_one(container, port)
            except OSError as error:
                await self.close(container)
                raise _refusal(container, port, error) from None
            container.ports[index] = PublishedPort(port.target, number, port.host_ip, port.protocol)

    async def close(self, container: Container) -> None:
        """Close all ports of a container."""
        for runner in self._runners.pop(container.id, []):
            await runner.cleanup()

    async def close_all(self) -> None:
        """Close everything."""
        for runners in self._runners.values():
            for runner in runners:
                await runner.cleanup()
        self._runners.clear()

    async def _open_one(self, container: Container, port: PublishedPort) -> int:
        async def answer(request: web.BaseRequest) -> web.Response:
            return self._answer(container, request)

        runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
        await runner.setup()
        self._runners.setdefault(container.id, []).append(runner)
        await web.SockSite(runner, self._listen(self._guest.address, port.published or 0)).start()
        return int(runner.addresses[0][1])

    def _answer(self, container: Container, request: web.BaseRequest) -> web.Response:
        body = {
            "stack": container.project,
            "service": container.service,
            "vm": self._guest.name,
            "vmid": self._guest.id,
            "host": request.headers.get("Host", ""),
            "path": request.path_qs,
            "files": {path: hashlib.sha256(text.encode()).hexdigest()[:12] for path, text in container.files.items()},
        }
        headers = {
            "X-Phoenix-Stack": container.project,
            "X-Phoenix-Service": container.service,
            "X-Phoenix-VM": self._guest.name,
        }
        return web.Response(text=json.dumps(body) + "\n", content_type="application/json", headers=headers)


def _refusal(container: Container, port: PublishedPort, error: OSError) -> DockerError:
    if error.errno == errno.EADDRINUSE:
        return port_taken(container, port)
    return DockerError(
        500, f"driver failed programming external connectivity on endpoint {container.name}: {error.strerror}"
    )


def port_taken(container: Container, port: PublishedPort) -> DockerError:
    """Return Docker's words for a host port that somebody else holds."""
    return DockerError(
        500,
        f"driver failed programming external connectivity on endpoint {container.name} ({container.id}): "
        f"Bind for {port.host_ip or '0.0.0.0'}:{port.published} failed: port is already allocated",
    )
