"""All routes together, and what is done to every request."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from phoenix_providers.lab.portainer.auth import Authentication
from phoenix_providers.lab.portainer.control import PREFIX
from phoenix_providers.lab.portainer.csrf import CrossSiteCheck
from phoenix_providers.lab.portainer.faults import Faults
from phoenix_providers.lab.portainer.refusal import Refusal
from phoenix_providers.lab.portainer.request_notes import log_request
from phoenix_providers.lab.portainer.users import FirstAdministrator
from phoenix_providers.lab.request_log import RequestLog

_PUBLIC = ("/api/auth", "/api/system/status", "/api/status", "/api/users/admin/check", "/api/users/admin/init")
_LARGEST_BODY = 64 * 1024**2


@dataclass(frozen=True)
class Gatekeepers:
    """What stands between a request and its handler."""

    administrator: FirstAdministrator
    authentication: Authentication
    cross_site: CrossSiteCheck
    faults: Faults
    log: RequestLog


def build_application(routes: list[web.RouteDef], gate: Gatekeepers) -> web.Application:
    """Return the application."""

    @web.middleware
    async def shape(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(PREFIX):
            return await handler(request)
        try:
            response = await gate.faults.apply(request, handler)
        except Refusal as refusal:
            response = refusal.answer()
        except web.HTTPNotFound:
            response = web.Response(status=404, text="404 page not found\n")
        except web.HTTPMethodNotAllowed:
            response = web.Response(status=405)
        log_request(gate.log, request, response.status)
        return response

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(PREFIX) or request.match_info.http_exception is not None:
            return await handler(request)
        refusal = gate.administrator.check_window() or gate.cross_site.check(request)
        if refusal is not None:
            return refusal
        if request.path not in _PUBLIC:
            gate.authentication.identify(request)
        response = await handler(request)
        gate.cross_site.decorate(request, response)
        return response

    application = web.Application(middlewares=[shape, guard], client_max_size=_LARGEST_BODY)
    application.add_routes(routes)
    return application
