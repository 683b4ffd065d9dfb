"""Start, stop, migrate and associate a stack; these make the client wait on every line."""

from __future__ import annotations

import time

from aiohttp import web

from phoenix_providers.lab.portainer.auth import USER
from phoenix_providers.lab.portainer.deploy import Deployer, DeployError
from phoenix_providers.lab.portainer.endpoints import find_endpoint
from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.refusal import Refusal, invalid_payload, json_answer, query_number
from phoenix_providers.lab.portainer.stack_names import check_name
from phoenix_providers.lab.portainer.stack_record import ACTIVE, FAILED, INACTIVE, end_deployment, give_control
from phoenix_providers.lab.portainer.stacks import find_stack, refuse_while_deploying
from phoenix_providers.lab.portainer.store import Record, Store
from phoenix_providers.lab.portainer.style import Style


class StackActions:
    """Routes that act on a stack; the environment of the query is the one they act on."""

    def __init__(self, store: Store, style: Style, deployer: Deployer) -> None:
        self._store = store
        self._style = style
        self._deployer = deployer

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/api/stacks/{id}/start", self._start),
            web.post("/api/stacks/{id}/stop", self._stop),
            web.post("/api/stacks/{id}/migrate", self._migrate),
            web.put("/api/stacks/{id}/associate", self._associate),
        ]

    async def _start(self, request: web.Request) -> web.Response:
        stack, endpoint = self._asked(request)
        refuse_while_deploying(stack)
        if stack["Status"] in (ACTIVE, FAILED):
            if self._style.asynchronous:
                reason = "Stack is already active" if stack["Status"] == ACTIVE else "Stack is in error state"
                raise Refusal(409, "Unable to start stack", reason)
            raise Refusal(409, f"A stack with the name '{stack['Name']}' is already running")
        await check_name(self._store, self._style, self._deployer, endpoint, stack["Name"], own=stack["Id"])
        try:
            await self._deployer.up_at_once({**stack, "EndpointId": endpoint["Id"]})
        except DeployError as error:
            self._mark_failed(stack, error)
            raise Refusal(500, "Unable to start stack", str(error)) from None
        return self._marked(stack, ACTIVE)

    async def _stop(self, request: web.Request) -> web.Response:
        stack, endpoint = self._asked(request)
        refuse_while_deploying(stack)
        if stack["Status"] == INACTIVE:
            raise Refusal(400, "Stack is already inactive")
        try:
            await self._deployer.down(stack, endpoint)
        except DeployError as error:
            self._mark_failed(stack, error)
            raise Refusal(500, "Unable to stop stack", str(error)) from None
        return self._marked(stack, INACTIVE)

    async def _migrate(self, request: web.Request) -> web.Response:
        stack = find_stack(self._store, request)
        payload = await Payload.of(request)
        if not payload.number("EndpointID"):
            raise invalid_payload("Invalid environment identifier. Must be a positive number")
        refuse_while_deploying(stack)
        old, new = (
            self._store.endpoints.get(stack["EndpointId"]),
            find_endpoint(self._store, payload.number("EndpointID")),
        )
        await check_name(self._store, self._style, self._deployer, new, stack["Name"], own=stack["Id"])
        try:
            await self._deployer.up({**stack, "EndpointId": new["Id"]})
            if old is not None:
                await self._deployer.down(stack, old)
        except DeployError as error:
            raise Refusal(500, str(error)) from None
        stack["EndpointId"] = new["Id"]
        return self._marked(stack, ACTIVE)

    async def _associate(self, request: web.Request) -> web.Response:
        stack, endpoint = self._asked(request)
        stack |= {"EndpointId": endpoint["Id"], "CreationDate": int(time.time()), "UpdateDate": 0, "UpdatedBy": ""}
        stack["CreatedBy"] = self._store.users[request[USER]]["Username"]
        stack["Status"] = ACTIVE if request.query.get("orphanedRunning") == "true" else INACTIVE
        give_control(self._store, stack)
        self._store.save()
        return json_answer(stack)

    def _asked(self, request: web.Request) -> tuple[Record, Record]:
        stack = find_stack(self._store, request)
        return stack, find_endpoint(self._store, query_number(request, "endpointId"))

    def _mark_failed(self, stack: Record, error: DeployError) -> None:
        if self._style.asynchronous:
            end_deployment(stack, str(error))
            self._store.save()

    def _marked(self, stack: Record, status: int) -> web.Response:
        stack["Status"] = status
        self._store.save()
        return json_answer({**stack, "ResourceControl": None})
