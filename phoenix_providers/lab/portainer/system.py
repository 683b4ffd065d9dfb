"""Status and version."""

from __future__ import annotations

from aiohttp import web

from phoenix_providers.lab.portainer.refusal import json_answer
from phoenix_providers.lab.portainer.store import Store
from phoenix_providers.lab.portainer.style import Style


class System:
    """What a client can learn about the server; `status` is public."""

    def __init__(self, store: Store, style: Style) -> None:
        self._store = store
        self._style = style

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/system/status", self._status, allow_head=False),
            web.get("/api/status", self._status, allow_head=False),
            web.get("/api/system/version", self._version, allow_head=False),
            web.get("/api/system/info", self._info, allow_head=False),
        ]

    async def _status(self, request: web.Request) -> web.Response:
        return json_answer({"Version": self._style.version, "InstanceID": self._store.instance_id})

    async def _version(self, request: web.Request) -> web.Response:
        version = self._style.version
        return json_answer(
            {
                "UpdateAvailable": False,
                "LatestVersion": version,
                "ServerVersion": version,
                "ServerEdition": "CE",
                "DatabaseVersion": version,
            }
        )

    async def _info(self, request: web.Request) -> web.Response:
        agents = sum(endpoint["Type"] == 2 for endpoint in self._store.endpoints.values())
        return json_answer({"platform": "", "edgeAgents": 0, "agents": agents})
