"""Compose stacks: list, read, create, update, delete."""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web

from phoenix_providers.lab.portainer.auth import USER
from phoenix_providers.lab.portainer.deploy import Deployer, DeployError
from phoenix_providers.lab.portainer.deployment import Deployments
from phoenix_providers.lab.portainer.endpoints import find_endpoint
from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.refusal import (
    Refusal,
    absent,
    invalid_payload,
    json_answer,
    query_number,
    route_number,
)
from phoenix_providers.lab.portainer.request_notes import NOTE, stack_note
from phoenix_providers.lab.portainer.stack_names import check_name, listed
from phoenix_providers.lab.portainer.stack_record import DEPLOYING, ProjectFolder, new_stack, normalised
from phoenix_providers.lab.portainer.store import Record, Store
from phoenix_providers.lab.portainer.style import Style

_NOT_A_SWARM = (
    'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to '
    "connect this node to swarm and try again.\n"
)


def find_stack(store: Store, request: web.Request) -> Record:
    """Return the stack that the path names, and note it for the log; raises Refusal 404."""
    number = route_number(request, "stack")
    if number not in store.stacks:
        raise absent("Unable to find a stack with the specified identifier inside the database", "stacks", number)
    stack = store.stacks[number]
    request[NOTE] = stack_note(store, stack["Name"], stack["EndpointId"])
    return stack


def refuse_while_deploying(stack: Record) -> None:
    """Raise Refusal 409 for a stack whose deployment goes on."""
    if stack["Status"] == DEPLOYING:
        raise Refusal(409, "Stack deployment is already in progress")


class Stacks:
    """Routes of stacks."""

    def __init__(self, store: Store, style: Style, deployer: Deployer, deployments: Deployments) -> None:
        self._store = store
        self._style = style
        self._deployer = deployer
        self._deployments = deployments

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        old = [web.post("/api/stacks", self._create_old)] if self._style.old_create_route else []
        return [
            *old,
            web.get("/api/stacks", self._list, allow_head=False),
            web.post("/api/stacks/create/{type}/{method}", self._create),
            web.get("/api/stacks/{id}", self._inspect, allow_head=False),
            web.get("/api/stacks/{id}/file", self._file, allow_head=False),
            web.put("/api/stacks/{id}", self._update),
            web.delete("/api/stacks/{id}", self._delete),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return json_answer(listed(self._store, request.query.get("filters", "")))

    async def _inspect(self, request: web.Request) -> web.Response:
        return json_answer(find_stack(self._store, request))

    async def _file(self, request: web.Request) -> web.Response:
        text = ProjectFolder(find_stack(self._store, request)).read()
        if text is None:
            details = "Could not get the contents of the file 'docker-compose.yml'"
            raise Refusal(500, "Unable to retrieve Compose file from disk", details)
        return json_answer({"StackFileContent": text})

    async def _create(self, request: web.Request) -> web.Response:
        return await self._create_as(request, request.match_info["type"], request.match_info["method"])

    async def _create_old(self, request: web.Request) -> web.Response:
        kinds = {"1": "swarm", "2": "standalone", "3": "kubernetes"}
        return await self._create_as(
            request, kinds.get(request.query.get("type", ""), ""), request.query.get("method", "")
        )

    async def _create_as(self, request: web.Request, kind: str, method: str) -> web.Response:
        _check_kind(kind, method)
        endpoint = find_endpoint(self._store, query_number(request, "endpointId"))
        payload = await Payload.of(request)
        if not payload.text("Name"):
            raise invalid_payload("Invalid stack name")
        if not payload.text("StackFileContent"):
            raise invalid_payload("Invalid stack file content")
        variables, name = payload.pairs("Env"), normalised(payload.text("Name"))
        request[NOTE] = stack_note(self._store, name, endpoint["Id"])
        await check_name(self._store, self._style, self._deployer, endpoint, name)
        stack = new_stack(
            self._store, name, endpoint["Id"], variables, self._user(request), asynchronous=self._style.asynchronous
        )
        ProjectFolder(stack).write(payload.text("StackFileContent"))
        return json_answer(await self._deployments.create(stack))

    async def _update(self, request: web.Request) -> web.Response:
        stack = find_stack(self._store, request)
        number = query_number(request, "endpointId")
        find_endpoint(self._store, number, "Unable to find the environment associated to the stack inside the database")
        refuse_while_deploying(stack)
        payload = await Payload.of(request)
        if not payload.text("StackFileContent"):
            raise invalid_payload("Invalid stack file content")
        changes: dict[str, Any] = {
            "Env": payload.pairs("Env"),
            "EndpointId": number,
            "UpdateDate": int(time.time()),
            "UpdatedBy": self._user(request),
            "AutoUpdate": None,
            "GitConfig": None,
        }
        prune, repull = payload.flag("Prune"), payload.flag("RepullImageAndRedeploy")
        if self._style.prune:
            changes["Option"] = {"Prune": prune}
        updated = await self._deployments.update(
            stack,
            payload.text("StackFileContent"),
            changes,
            prune=prune,
            pull=payload.flag("PullImage"),
            repull=repull,
        )
        return json_answer({**updated, "ResourceControl": None})

    async def _delete(self, request: web.Request) -> web.Response:
        if request.query.get("external") == "true":
            raise Refusal(500, "Unable to delete stack", _NOT_A_SWARM)
        stack = find_stack(self._store, request)
        message = "Unable to find the endpoint associated to the stack inside the database"
        # The environment of the query counts, not the stack's own: that is the danger of this call.
        endpoint = find_endpoint(self._store, query_number(request, "endpointId", required=False), message)
        try:
            await self._deployer.down(stack, endpoint)
        except DeployError as error:
            raise Refusal(500, str(error)) from None
        self._store.stacks.pop(stack["Id"], None)
        self._store.save()
        ProjectFolder(stack).remove()
        return web.Response(status=204)

    def _user(self, request: web.Request) -> str:
        return str(self._store.users[request[USER]]["Username"])


def _check_kind(kind: str, method: str) -> None:
    if kind not in ("swarm", "standalone", "kubernetes"):
        values = "1 (Swarm stack) or 2 (Compose stack)"
        message = f"Invalid value for query parameter: type. Value must be one of: {values}"
        raise Refusal(400, message, "Invalid query parameter")
    if method not in ("string", "repository", "file"):
        message = "Invalid value for query parameter: method. Value must be one of: string, repository or file"
        raise Refusal(400, message, "Invalid query parameter")
    if (kind, method) != ("standalone", "string"):
        raise Refusal(501, "The lab imitates compose stacks made from a string only")
