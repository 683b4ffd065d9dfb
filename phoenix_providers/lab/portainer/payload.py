"""Request bodies as Go reads them: keys in any case, types strictly."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from aiohttp import web

from phoenix_providers.lab.portainer.refusal import Refusal, invalid_payload

_T = TypeVar("_T")


class Payload:
    """A JSON object whose keys are looked up without regard to case; null counts as missing."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = {str(key).lower(): value for key, value in data.items()}

    @classmethod
    async def of(cls, request: web.Request) -> Payload:
        """Read the body; the content type is not looked at."""
        raw = await request.read()
        if not raw:
            raise invalid_payload("EOF")
        try:
            data = json.loads(raw)
        except ValueError:
            broken_off = raw.lstrip().startswith(b"{") and not raw.rstrip().endswith(b"}") and b":" in raw
            text = raw.decode(errors="replace").lstrip("{")
            expected = f"Json: expected '\"' at the beginning of a string value: {text}"
            raise invalid_payload("Unexpected EOF" if broken_off else expected) from None
        if not isinstance(data, dict):
            raise invalid_payload("Json: cannot unmarshal the body into a Go struct")
        return cls(data)

    def has(self, name: str) -> bool:
        """Whether a value is given."""
        return self._data.get(name.lower()) is not None

    def text(self, name: str) -> str:
        """Return a string; empty when missing."""
        return self._typed(name, str, "")

    def number(self, name: str) -> int:
        """Return an integer; 0 when missing."""
        return self._typed(name, int, 0)

    def flag(self, name: str) -> bool:
        """Return a boolean; false when missing."""
        return self._typed(name, bool, default=False)

    def numbers(self, name: str) -> list[int]:
        """Return a list of integers."""
        values: list[Any] = self._typed(name, list, [])
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            raise _mismatch(name, "int")
        return list(values)

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object; empty when missing."""
        return self._typed(name, dict, {})

    def pairs(self, name: str) -> list[dict[str, str]] | None:
        """Return a list of name and value; None when missing or null."""
        if not self.has(name):
            return None
        values: list[Any] = self._typed(name, list, [])
        pairs = []
        for value in values:
            if not isinstance(value, dict):
                raise _mismatch(name, "portainer.Pair")
            entry = Payload(value)
            pairs.append({"name": entry.text("name"), "value": entry.text("value")})
        return pairs

    def _typed(self, name: str, kind: type[_T], default: _T) -> _T:
        value = self._data.get(name.lower())
        if value is None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise _mismatch(name, kind.__name__)
        return value


def _mismatch(name: str, kind: str) -> Refusal:
    go = {"str": "string", "bool": "bool", "list": "[]portainer.Pair"}.get(kind, kind)
    return invalid_payload(f"Json: cannot unmarshal the value into Go struct field {name} of type {go}")
