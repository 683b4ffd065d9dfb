"""Tags and groups of environments."""

from __future__ import annotations

from aiohttp import web

from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.refusal import Refusal, absent, invalid_payload, json_answer, route_number
from phoenix_providers.lab.portainer.store import Store, new_group

_UNASSIGNED = 1


class Tags:
    """Tags; a name is taken once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/tags", self._list, allow_head=False),
            web.post("/api/tags", self._create),
            web.delete("/api/tags/{id}", self._delete),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return json_answer([self._shown(number) for number in self._store.tags])

    async def _create(self, request: web.Request) -> web.Response:
        name = (await Payload.of(request)).text("Name")
        if not name:
            raise invalid_payload("Invalid tag name")
        if any(tag["Name"] == name for tag in self._store.tags.values()):
            raise Refusal(409, "This name is already associated to a tag", "A tag already exists with this name")
        number = self._store.next_id("tags")
        self._store.tags[number] = {"ID": number, "Name": name}
        self._store.save()
        return json_answer(self._shown(number))

    async def _delete(self, request: web.Request) -> web.Response:
        number = route_number(request, "tag")
        if number not in self._store.tags:
            raise absent("Unable to find a tag with the specified identifier inside the database", "tags", number)
        del self._store.tags[number]
        for endpoint in self._store.endpoints.values():
            endpoint["TagIds"] = [tag for tag in endpoint["TagIds"] if tag != number]
        self._store.save()
        return web.Response(status=204)

    def _shown(self, number: int) -> dict[str, object]:
        members = {str(key): True for key, value in self._store.endpoints.items() if number in value["TagIds"]}
        return {**self._store.tags[number], "Endpoints": members, "EndpointGroups": {}}


class Groups:
    """Environment groups; a name may be taken twice."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/endpoint_groups", self._list, allow_head=False),
            web.post("/api/endpoint_groups", self._create),
            web.get("/api/endpoint_groups/{id}", self._inspect, allow_head=False),
            web.put("/api/endpoint_groups/{id}", self._update),
            web.delete("/api/endpoint_groups/{id}", self._delete),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return json_answer(list(self._store.groups.values()))

    async def _create(self, request: web.Request) -> web.Response:
        payload = await Payload.of(request)
        if not payload.text("Name"):
            raise invalid_payload("Invalid environment group name")
        number = self._store.next_id("groups")
        self._store.groups[number] = new_group(number, payload.text("Name"), payload.text("Description"))
        self._store.save()
        return json_answer(self._store.groups[number])

    async def _inspect(self, request: web.Request) -> web.Response:
        return json_answer(self._store.groups[self._known(request)])

    async def _update(self, request: web.Request) -> web.Response:
        payload, group = await Payload.of(request), self._store.groups[self._known(request)]
        for key in ("Name", "Description"):
            if payload.has(key):
                group[key] = payload.text(key)
        self._store.save()
        return json_answer(group)

    async def _delete(self, request: web.Request) -> web.Response:
        if route_number(request, "environment group") == _UNASSIGNED:
            raise Refusal(
                403,
                "Unable to remove the default 'Unassigned' group",
                "Cannot remove the default environment group",
            )
        number = self._known(request)
        del self._store.groups[number]
        for endpoint in self._store.endpoints.values():
            if endpoint["GroupId"] == number:
                endpoint["GroupId"] = _UNASSIGNED
        self._store.save()
        return web.Response(status=204)

    def _known(self, request: web.Request) -> int:
        number = route_number(request, "environment group")
        if number not in self._store.groups:
            message = "Unable to find an environment group with the specified identifier inside the database"
            raise absent(message, "endpoint_groups", number)
        return number
