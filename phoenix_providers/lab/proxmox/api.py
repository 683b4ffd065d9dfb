"""`fakepve` as the lab needs it: state for the node's files, guests of the site, a log, and a memory."""

from __future__ import annotations

import asyncio
import json
import os
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web
from fakepve import FakePve
from fakepve.routing import check_digest, sha1

from phoenix_providers.lab.firewall.doors import Doorkeeper
from phoenix_providers.lab.firewall.evaluation import Map
from phoenix_providers.lab.firewall.in_force import RulesInForce
from phoenix_providers.lab.proxmox.node_files import NodeFiles, fresh_node_files
from phoenix_providers.lab.proxmox.rereading import read_again
from phoenix_providers.lab.request_log import RequestLog
from phoenix_providers.lab.site import LabGuest, LabSite

TOKEN_ID = "phoenix@pve!lab"

_GUEST_IN_PATH = re.compile(r"/nodes/[^/]+/(?:qemu|lxc)/(\d+)")
_READING = ("GET", "HEAD", "OPTIONS")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LabProxmox(FakePve):  # type: ignore[misc]
    """The API of a cluster with the guests of a site.

    What `fakepve` 0.5.0 answers differently from Proxmox is put right here: it takes writes of `nodes/{n}/dns` and
    `nodes/{n}/hosts` and forgets them, and it shows the position of a single rule as a number, where Proxmox repeats
    the text of the path. What it is told of sets and groups it keeps letter by letter, where Proxmox reads a file.

    Attributes:
        doorkeeper: Lets in whom the firewall lets in.
    """

    def __init__(self, site: LabSite, state_file: Path, log: RequestLog) -> None:
        super().__init__(host=site.node_address, port=site.proxmox_port)
        addresses = {site.node: site.node_address, **site.more_nodes}
        self.nodes = {node: {"online": True} for node in addresses}
        self.node_files = {node: fresh_node_files(node, address, site.domain) for node, address in addresses.items()}
        self._state_file = state_file
        self._log = log
        self._guest_names = {guest.id: guest.name for guest in site.guests}
        for guest in site.guests:
            self._add_guest(guest.node or site.node, guest)
        self._load()
        self._in_force = RulesInForce(self._fw(), site.firewall_delay, time.monotonic)
        guests = {guest.address: guest.id for guest in site.guests}
        known = Map(site.node, site.node_address, site.network, guests)
        self.doorkeeper = Doorkeeper(known, self._in_force, site.traefik_address, site.sync_address)

    async def start(self, certfile: Path, keyfile: Path) -> None:
        """Listen behind the firewall that the API itself sets."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certfile, keyfile)
        self.runner = web.AppRunner(self._build_app())
        await self.runner.setup()
        door = self.doorkeeper.open(self.host, self.port)
        await web.SockSite(self.runner, door, ssl_context=context).start()

    def _add_guest(self, node: str, guest: LabGuest) -> None:
        mac = f"BC:24:11:{guest.id >> 16 & 255:02X}:{guest.id >> 8 & 255:02X}:{guest.id & 255:02X}"
        if guest.kind == "vm":
            network = {"net0": f"virtio={mac},bridge=vmbr0,firewall=1", "ipconfig0": f"ip={guest.address}/8"}
            self.add_vm(guest.id, guest.name, node=node, status="running", config=network)
        else:
            network = {"net0": f"name=eth0,bridge=vmbr0,firewall=1,hwaddr={mac},ip={guest.address}/8,type=veth"}
            self.add_ct(guest.id, guest.name, node=node, status="running", config=network)

    def _build_app(self) -> web.Application:
        app: web.Application = super()._build_app()
        app.middlewares.insert(0, self._observe)
        return app

    async def stop(self) -> None:
        """Stop listening and hang up on clients that stay connected."""
        if self.runner is None or self.runner.server is None:
            return
        transports = [connection.transport for connection in self.runner.server.connections]
        await super().stop()
        for transport in transports:
            if transport is not None:
                transport.abort()
        # The sockets are closed in the next turns of the loop.
        for _ in range(3):
            await asyncio.sleep(0)

    @web.middleware
    async def _observe(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        status = 0  # the connection was cut before there was an answer
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            agent = request.headers.get("User-Agent", "")
            self._log.write("proxmox", request.method, request.path_qs, status, self._guest_in(request.path), agent)
            if request.method not in _READING:
                read_again(self._fw())
                self._save()
                self._in_force.set(self._fw())
        return response

    def _guest_in(self, path: str) -> str:
        found = _GUEST_IN_PATH.search(path)
        return self._guest_names.get(int(found[1]), found[1]) if found else ""

    def _routes_node_files(self) -> list[tuple[str, str, Any]]:
        return [
            ("GET", "/nodes/{node}/dns", self._dns_get),
            ("PUT", "/nodes/{node}/dns", self._dns_put),
            ("GET", "/nodes/{node}/hosts", self._hosts_get),
            ("POST", "/nodes/{node}/hosts", self._hosts_post),
        ]

    async def _dns_get(self, values: dict[str, str], _user: str) -> dict[str, str]:
        return self.node_files[values["node"]].resolver()

    async def _dns_put(self, values: dict[str, str], _user: str) -> None:
        self.node_files[values["node"]].set_resolver(values)

    async def _hosts_get(self, values: dict[str, str], _user: str) -> dict[str, str]:
        hosts = self.node_files[values["node"]].hosts
        return {"data": hosts, "digest": sha1(hosts)}

    async def _hosts_post(self, values: dict[str, str], _user: str) -> None:
        files = self.node_files[values["node"]]
        check_digest(sha1(files.hosts), values.get("digest"))
        files.hosts = values["data"]

    async def _fw_rule_get(self, scope: str, values: dict[str, Any], user: str) -> dict[str, Any]:
        rule: dict[str, Any] = await super()._fw_rule_get(scope, values, user)
        return rule | {"pos": str(rule["pos"])}

    def _save(self) -> None:
        state = {
            "nodes": {name: asdict(files) for name, files in self.node_files.items()},
            "firewall": self._fw(),
        }
        unfinished = self._state_file.with_suffix(".new")
        unfinished.write_text(json.dumps(state))
        os.replace(unfinished, self._state_file)

    def _load(self) -> None:
        if not self._state_file.exists():
            return
        state = json.loads(self._state_file.read_text())
        self.node_files |= {name: NodeFiles(**files) for name, files in state["nodes"].items()}
        firewall = self._fw()
        firewall.update(state["firewall"])
        # JSON has no integer keys; guests are kept by their number.
        firewall["guests"] = {int(guest): conf for guest, conf in firewall["guests"].items()}
