"""Portainer's one shape of errors, and the refusals that several handlers share."""

from __future__ import annotations

from typing import Any

from aiohttp import web

DATABASE_MISS = "Object not found inside the database"


class Refusal(Exception):
    """An error answer: `{"message": ..., "details": ...}`."""

    def __init__(self, status: int, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        # The server writes the underlying error there, with its first letter made big.
        text = message if details is None else details
        self.details = text[:1].upper() + text[1:]

    def answer(self) -> web.Response:
        """Return it as the client sees it."""
        return web.json_response({"message": self.message, "details": self.details}, status=self.status)


def absent(message: str, bucket: str, key: int) -> Refusal:
    """Refuse because the database has no such object."""
    return Refusal(404, message, f"{DATABASE_MISS} (bucket={bucket}, key={key})")


def invalid_payload(details: str) -> Refusal:
    """Refuse a body."""
    return Refusal(400, "Invalid request payload", details)


def route_number(request: web.Request, what: str, name: str = "id") -> int:
    """Return a numeric part of the path; refuses anything else as Go does."""
    text = request.match_info[name]
    try:
        return int(text)
    except ValueError:
        details = f'Strconv.Atoi: parsing "{text}": invalid syntax'
        raise Refusal(400, f"Invalid {what} identifier route variable", details) from None


def query_number(request: web.Request, name: str, *, required: bool = True) -> int:
    """Return a number of the query; 0 for one that is missing and may be."""
    text = request.query.get(name, "")
    if not text and not required:
        return 0
    try:
        return int(text)
    except ValueError:
        details = f'Strconv.Atoi: parsing "{text}": invalid syntax' if text else "Missing query parameter"
        raise Refusal(400, f"Invalid query parameter: {name}", details) from None


def json_answer(data: Any, status: int = 200) -> web.Response:
    """Return data as JSON."""
    return web.json_response(data, status=status)
