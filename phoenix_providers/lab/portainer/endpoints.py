"""Environments ("endpoints")."""

from __future__ import annotations

import copy
from typing import Any

from aiohttp import web

from phoenix_providers.lab.portainer import endpoint_list
from phoenix_providers.lab.portainer.endpoint_form import EndpointForm
from phoenix_providers.lab.portainer.endpoint_record import new_endpoint, take_snapshot
from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.reach import AGENT_TYPE, LOCAL_SOCKET, Reach, UnreachableError
from phoenix_providers.lab.portainer.refusal import DATABASE_MISS, Refusal, absent, json_answer, route_number
from phoenix_providers.lab.portainer.request_notes import NOTE
from phoenix_providers.lab.portainer.store import Record, Store
from phoenix_providers.lab.portainer.style import Style


def find_endpoint(store: Store, number: int, message: str = "") -> Record:
    """Return an environment's record; raises Refusal 404."""
    if number not in store.endpoints:
        usual = "Unable to find an environment with the specified identifier inside the database"
        raise absent(message or usual, "endpoints", number)
    return store.endpoints[number]


class Endpoints:
    """Routes of environments."""

    def __init__(self, store: Store, style: Style, reach: Reach) -> None:
        self._store = store
        self._style = style
        self._reach = reach

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/endpoints", self._list, allow_head=False),
            web.post("/api/endpoints", self._create),
            web.get("/api/endpoints/{id}", self._inspect, allow_head=False),
            web.put("/api/endpoints/{id}", self._update),
            web.delete("/api/endpoints/{id}", self._delete),
            web.post("/api/endpoints/{id}/snapshot", self._snapshot),
            web.post("/api/endpoints/snapshot", self._snapshot_all),
        ]

    async def snapshot_all(self) -> None:
        """Look at every environment, as the server does every five minutes."""
        for endpoint in list(self._store.endpoints.values()):
            await take_snapshot(self._reach, endpoint)
        self._store.save()

    async def _list(self, request: web.Request) -> web.Response:
        query = request.query
        found = endpoint_list.filtered(self._store.endpoints.values(), query)
        shown = endpoint_list.page(endpoint_list.ordered(found, query), query)
        if query.get("name"):
            request[NOTE] = query["name"]
        bare = query.get("excludeSnapshots") == "true"
        answer = json_answer([_shown(endpoint, bare=bare) for endpoint in shown])
        answer.headers["X-Total-Count"] = str(len(found))
        answer.headers["X-Total-Available"] = str(len(self._store.endpoints))
        return answer

    async def _inspect(self, request: web.Request) -> web.Response:
        return json_answer(_shown(self._asked(request), bare=request.query.get("excludeSnapshot") == "true"))

    async def _create(self, request: web.Request) -> web.Response:
        form = await EndpointForm.of(request, strict_type=self._style.strict_creation_type)
        request[NOTE] = form.name
        self._check_name(form.name, None)
        kind = AGENT_TYPE if form.creation_type == AGENT_TYPE else 1
        endpoint = new_endpoint(0, form.name, kind, form.url, self._style.version)
        await self._contact(form, endpoint)
        # Whoever creates the same name side by side gets through here as well, as with the real one.
        number = self._store.next_id("endpoints")
        endpoint |= {"Id": number, "PublicURL": form.public_url, "GroupId": form.group, "TagIds": list(form.tags)}
        self._store.endpoints[number] = endpoint
        self._store.save()
        self._check_references(form)
        return json_answer(_shown(endpoint))

    async def _contact(self, form: EndpointForm, endpoint: Record) -> None:
        if endpoint["Type"] == AGENT_TYPE:
            try:
                await self._reach.ping(form.url)
            except UnreachableError as error:
                raise Refusal(500, "Unable to get environment type", str(error)) from None
            if not form.tls:
                text = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
                raise Refusal(500, "Unable to get environment type", text)
        try:
            await self._reach.host_of(endpoint)
        except UnreachableError as error:
            raise Refusal(500, "Unable to initiate communications with environment", str(error)) from None
        await take_snapshot(self._reach, endpoint)

    def _check_references(self, form: EndpointForm) -> None:
        """Raise Refusal 500 for a tag or group that does not exist; the environment is saved by then."""
        if form.group not in self._store.groups:
            raise Refusal(
                500,
                "Unable to find an environment group inside the database",
                f"{DATABASE_MISS} (bucket=endpoint_groups, key={form.group})",
            )
        for tag in form.tags:
            if tag not in self._store.tags:
                details = f"{DATABASE_MISS} (bucket=tags, key={tag})"
                raise Refusal(500, "An error occurred while trying to create the environment", details)

    async def _update(self, request: web.Request) -> web.Response:
        endpoint, payload = self._asked(request), await Payload.of(request)
        if payload.has("Name"):
            self._check_name(payload.text("Name"), endpoint["Id"])
        tags = payload.numbers("TagIDs") or payload.numbers("TagIds")
        for tag in tags:
            if tag not in self._store.tags:
                miss = f"object not found inside the database (bucket=tags, key={tag})"
                details = f"Unable to find a tag inside the database: {miss}"
                raise Refusal(500, "Unable to update environment tags", details)
        if payload.has("TagIDs") or payload.has("TagIds"):
            endpoint["TagIds"] = tags
        for key in ("Name", "URL", "PublicURL"):
            if payload.has(key):
                endpoint[key] = payload.text(key)
        for key, stored in (("GroupID", "GroupId"), ("Status", "Status")):
            if payload.has(key):
                endpoint[stored] = payload.number(key)
        if payload.has("TLS"):
            tls = payload.flag("TLS")
            endpoint["TLSConfig"] = {"TLS": tls, "TLSSkipVerify": tls and payload.flag("TLSSkipVerify")}
        self._store.save()
        return json_answer(_shown(endpoint))

    async def _delete(self, request: web.Request) -> web.Response:
        endpoint = self._asked(request)
        del self._store.endpoints[endpoint["Id"]]
        self._store.save()
        return web.Response(status=204)

    async def _snapshot(self, request: web.Request) -> web.Response:
        await take_snapshot(self._reach, self._asked(request))
        self._store.save()
        return web.Response(status=204)

    async def _snapshot_all(self, request: web.Request) -> web.Response:
        await self.snapshot_all()
        return web.Response(status=204)

    def _asked(self, request: web.Request) -> Record:
        endpoint = find_endpoint(self._store, route_number(request, "environment"))
        request[NOTE] = endpoint["Name"]
        return endpoint

    def _check_name(self, name: str, own: int | None) -> None:
        if any(other["Name"] == name and number != own for number, other in self._store.endpoints.items()):
            raise Refusal(409, "Name is not unique")


def add_local_endpoint(store: Store, name: str) -> None:
    """Add the environment that a server started with `--host` makes for itself, if there is none at all."""
    if not store.endpoints:
        number = store.next_id("endpoints")
        store.endpoints[number] = new_endpoint(number, name, 1, LOCAL_SOCKET, "")
        store.save()


def _shown(endpoint: Record, *, bare: bool = False) -> dict[str, Any]:
    shown = copy.deepcopy(endpoint)
    if bare:
        shown["Snapshots"] = []
    return shown
