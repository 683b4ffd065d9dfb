"""The lab's own switches on the Portainer stand-in, under `/lab`; no credentials, since it is loopback only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from phoenix_providers.lab.docker.behaviour import Behaviour
from phoenix_providers.lab.docker.errors import DockerError
from phoenix_providers.lab.portainer.faults import Fault, Faults
from phoenix_providers.lab.portainer.reach import Machine, Reach

PREFIX = "/lab/"


class Control:
    """Routes that break and mend things."""

    def __init__(self, faults: Faults, reach: Reach) -> None:
        self._faults = faults
        self._reach = reach

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/lab/faults", self._list_faults),
            web.post("/lab/faults", self._add_fault),
            web.delete("/lab/faults", self._clear_faults),
            web.post("/lab/hosts/{vmid}", self._change_host),
            web.post("/lab/hosts/{vmid}/agent", self._switch_agent),
            web.post("/lab/hosts/{vmid}/containers/{name}", self._change_container),
        ]

    async def _list_faults(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in self._faults.rules])

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            self._faults.rules.append(Fault.from_data(await request.json()))
        except (ValueError, TypeError, AttributeError) as error:
            return web.json_response({"message": str(error)}, status=400)
        return web.Response(status=204)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._faults.rules.clear()
        return web.Response(status=204)

    async def _change_host(self, request: web.Request) -> web.Response:
        """Take `deploy_seconds` and `health_seconds`."""
        machine, data = self._machine(request), await request.json()
        machine.host.deploy_seconds = float(data.get("deploy_seconds", machine.host.deploy_seconds))
        machine.host.health_seconds = float(data.get("health_seconds", machine.host.health_seconds))
        return web.Response(status=204)

    async def _switch_agent(self, request: web.Request) -> web.Response:
        """Take `up`, and `paired_elsewhere`; for the primary VM `up` is about the engine itself."""
        machine, data = self._machine(request), await request.json()
        if machine.agent is None:
            machine.host.up = bool(data.get("up", machine.host.up))
            return web.Response(status=204)
        machine.agent.paired_elsewhere = bool(data.get("paired_elsewhere", machine.agent.paired_elsewhere))
        if data.get("up", machine.agent.up):
            await machine.agent.start()
        else:
            await machine.agent.stop()
        return web.Response(status=204)

    async def _change_container(self, request: web.Request) -> web.Response:
        """Take `behaviour`: normal, unhealthy, exit, restart, crash-loop or one-shot."""
        machine, data = self._machine(request), await request.json()
        try:
            container = machine.host.find(request.match_info["name"])
            await machine.host.change_behaviour(container, Behaviour(str(data.get("behaviour"))))
        except (DockerError, ValueError) as error:
            return web.json_response({"message": str(error)}, status=getattr(error, "status", 400))
        return web.Response(status=204)

    def _machine(self, request: web.Request) -> Machine:
        machines: dict[str, Any] = {str(vmid): machine for vmid, machine in self._reach.machines.items()}
        if request.match_info["vmid"] not in machines:
            raise web.HTTPNotFound
        machine: Machine = machines[request.match_info["vmid"]]
        return machine
