"""The request log: who was asked about what, never with a credential."""

from __future__ import annotations

from aiohttp import web
from yarl import URL

from phoenix_providers.lab.portainer.store import Store
from phoenix_providers.lab.request_log import RequestLog

# What a request is about: an environment's name, or STACK@ENVIRONMENT.
NOTE = web.RequestKey("note", str)
_SECRET_PARAMETERS = ("x-api-key", "token")


def log_request(log: RequestLog, request: web.Request, status: int) -> None:
    """Write one line."""
    log.write("portainer", request.method, _path(request.rel_url), status, request.get(NOTE, ""))


def _path(url: URL) -> str:
    secret = [name for name in url.query if name.lower() in _SECRET_PARAMETERS]
    return str(url.without_query_params(*secret)) if secret else str(url)


def stack_note(store: Store, name: str, endpoint: int) -> str:
    """Return STACK@ENVIRONMENT; the number where the environment is gone."""
    record = store.endpoints.get(endpoint)
    return f"{name}@{record['Name'] if record else endpoint}"
