"""Breaking requests on purpose."""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

_ACTIONS = ("delay", "status", "status_after", "cut_before", "cut_after")


@dataclass
class Fault:
    """One rule.

    Attributes:
        method: HTTP method; empty for any.
        path: Regular expression, searched in path and query.
        action: `delay` (seconds, then go on), `status` (answer that, do nothing), `status_after` (do it, then answer
            that), `cut_before` (drop the connection, do nothing), `cut_after` (do it, then drop the connection).
        value: Seconds or status.
        times: How often; 0 means until cleared.
        message: What an answer with that status says.
    """

    method: str
    path: str
    action: str
    value: float
    times: int
    message: str = "Fault asked for"

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Fault:
        """Read what a client posts; raises ValueError."""
        match = data.get("match") or {}
        fault = cls(
            str(match.get("method") or "").upper(),
            str(match.get("path") or ""),
            str(data.get("action")),
            float(data.get("value") or 0),
            int(data.get("times", 1)),
            str(data.get("message") or cls.message),
        )
        if fault.action not in _ACTIONS:
            raise ValueError(f"action must be one of {', '.join(_ACTIONS)}, not {fault.action!r}")
        if fault.action.startswith("status") and not 200 <= fault.value <= 599:
            raise ValueError(f"{fault.action} needs a value from 200 to 599, not {fault.value:g}")
        try:
            re.compile(fault.path)
        except re.error as error:
            raise ValueError(f"path is not a regular expression: {error}") from None
        return fault

    def fits(self, request: web.Request) -> bool:
        """Whether it is about this request."""
        return self.method in ("", request.method) and re.search(self.path, request.path_qs) is not None


class Faults:
    """The rules in force; the first that fits counts."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, well or badly."""
        fault = self._take(request)
        if fault is None:
            return await handler(request)
        if fault.action == "delay":
            await asyncio.sleep(fault.value)
            return await handler(request)
        if fault.action == "status":
            return _answer(int(fault.value), fault.message)
        if fault.action == "status_after":
            await handler(request)
            return _answer(int(fault.value), fault.message)
        # Read to the end, or the server would wait for the rest of a body on a dead connection.
        await (request.post() if request.content_type.startswith("multipart/") else request.read())
        response = await handler(request) if fault.action == "cut_after" else web.Response(status=499)
        cut(request)
        return response

    def _take(self, request: web.Request) -> Fault | None:
        for fault in self.rules:
            if fault.fits(request):
                if fault.times == 1:
                    self.rules.remove(fault)
                fault.times = max(0, fault.times - 1)
                return fault
        return None


def cut(request: web.Request) -> None:
    """Drop the connection below TLS, so that the client sees what it sees when a machine dies."""
    if request.transport is not None:
        request.transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def _answer(status: int, message: str) -> web.Response:
    if status in (502, 504):
        return web.Response(status=status)
    body = {"message": message, "details": message}
    return web.json_response(body, status=status)
