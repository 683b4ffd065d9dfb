"""The Docker Engine API of an environment, behind Portainer's own address."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from phoenix_providers.lab.docker import api
from phoenix_providers.lab.docker.api import DockerAnswer
from phoenix_providers.lab.docker.host import DockerHost
from phoenix_providers.lab.portainer.endpoints import find_endpoint
from phoenix_providers.lab.portainer.reach import AGENT_TYPE, PairedElsewhereError, Reach, UnreachableError
from phoenix_providers.lab.portainer.refusal import Refusal, route_number
from phoenix_providers.lab.portainer.registries import sign_in_of, sign_in_sent
from phoenix_providers.lab.portainer.request_notes import NOTE, stack_note
from phoenix_providers.lab.portainer.store import Record, Store

# The only one of the paths here where the proxy puts a registry's own sign-in in.
_PULL = "images/create"
_PROJECT = "com.docker.compose.project"


class DockerProxy:
    """The route of the proxy; errors are Docker's, unless Portainer does not get that far."""

    def __init__(self, store: Store, reach: Reach) -> None:
        self._store = store
        self._reach = reach

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.route("*", "/api/endpoints/{id}/docker/{path:.*}", self._forward)]

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        endpoint = find_endpoint(self._store, route_number(request, "environment"))
        request[NOTE] = endpoint["Name"]
        if endpoint["Type"] == AGENT_TYPE and not endpoint["TLSConfig"]["TLS"]:
            return await _broken_body(request)
        host = await self._host(endpoint)
        if host is None:
            return web.Response(status=502)
        path = request.match_info["path"]
        project = api.project_of(host, path, request.query)
        if project:
            request[NOTE] = stack_note(self._store, project, endpoint["Id"])
        header = request.headers.get("X-Registry-Auth", "")
        sign_ins = sign_in_of(self._store, header) if path.endswith(_PULL) else sign_in_sent(header)
        answer = await api.answer(host, request.method, path, request.query, sign_ins)
        return _response(answer, self._with_control(answer.body, endpoint))

    async def _host(self, endpoint: Record) -> DockerHost | None:
        """Return the engine; None for a remote one that is down."""
        try:
            return await self._reach.host_of(endpoint)
        except PairedElsewhereError:
            raise Refusal(403, "Invalid request signature", "Unauthorized") from None
        except UnreachableError:
            if endpoint["Type"] == AGENT_TYPE:
                return None
            path = str(endpoint["URL"]).removeprefix("unix://")
            details = f"Dial unix {path}: connect: no such file or directory"
            raise Refusal(500, "Unable to proxy the request via the Docker socket", details) from None

    def _with_control(self, body: Any, endpoint: Record) -> Any:
        """Add who may have an object, for stacks of this very environment only."""
        if isinstance(body, list):
            return [self._with_control(entry, endpoint) for entry in body]
        if not isinstance(body, dict):
            return body
        labels = body.get("Labels") or (body.get("Config") or {}).get("Labels") or {}
        for stack in self._store.stacks.values():
            if stack["EndpointId"] == endpoint["Id"] and stack["Name"] and stack["Name"] == labels.get(_PROJECT):
                return {**body, "Portainer": {"ResourceControl": stack["ResourceControl"]}}
        return body


def _response(answer: DockerAnswer, body: Any) -> web.Response:
    if body is None:
        return web.Response(status=answer.status)
    if isinstance(body, bytes):
        return web.Response(status=answer.status, body=body, content_type=answer.content_type)
    text = body if isinstance(body, str) else json.dumps(body) + "\n"
    return web.Response(status=answer.status, text=text, content_type=answer.content_type)


async def _broken_body(request: web.Request) -> web.StreamResponse:
    """Promise more than is sent, which is what comes of talking plain HTTP to an agent."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"Client sent an HTTP request to an HTTPS server.\n")
    if request.transport is not None:
        request.transport.close()
    return response
