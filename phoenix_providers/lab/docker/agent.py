"""The Portainer agent in front of a Docker engine, as far as anybody but its server can see it."""

from __future__ import annotations

from aiohttp import web

from phoenix_providers.lab.docker.self_signed import self_signed_context
from phoenix_providers.lab.firewall.doors import Listen, open_door


class Agent:
    """HTTPS on the guest's address: `GET /ping` answers 204, everything unsigned 403.

    Attributes:
        paired_elsewhere: Whether it already obeys another Portainer server.
    """

    def __init__(self, address: str, port: int, version: str, listen: Listen = open_door) -> None:
        self.address = address
        self.port = port
        self.paired_elsewhere = False
        self._version = version
        self._listen = listen
        self._runner: web.ServerRunner | None = None

    @property
    def up(self) -> bool:
        """Whether it listens."""
        return self._runner is not None

    async def start(self) -> None:
        """Listen; with a new certificate, as after each start of a real one."""
        if self._runner is not None:
            return
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await runner.setup()
        try:
            door = self._listen(self.address, self.port)
            await web.SockSite(runner, door, ssl_context=self_signed_context()).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner

    async def stop(self) -> None:
        """Stop listening; the engine and its containers go on."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        headers = {
            "Portainer-Agent": self._version,
            "Portainer-Agent-Api-Version": "2",
            "Portainer-Agent-Platform": "1",
        }
        if request.path == "/ping" and request.method == "GET":
            return web.Response(status=204, headers=headers)
        body = '{"message":"Invalid request signature","details":"Unauthorized"}\n'
        return web.Response(status=403, text=body, content_type="application/json", headers=headers)
