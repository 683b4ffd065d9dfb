"""Ports of a compose service in the form of which compose takes its configuration hash."""

from __future__ import annotations

import re
from typing import Any

from phoenix_providers.models.compose_records import ComposeShape
from phoenix_providers.planning.compose.config_hash.unknown import UnknownShapeError
from phoenix_providers.planning.compose.config_hash.values import number, text

_NUMBERS = r"[1-9]\d{0,4}(?:-[1-9]\d{0,4})?"
_SHORT = re.compile(
    rf"(?:(?:(?P<address>\d+\.\d+\.\d+\.\d+):)?(?P<host>{_NUMBERS}):)?(?P<inside>{_NUMBERS})(?:/(?P<protocol>tcp|udp))?"
)
_LONG = frozenset({"mode", "host_ip", "target", "published", "protocol"})


def port_shapes(value: Any) -> list[ComposeShape]:
    """Return all ports, ranges as single ones.

    Raises:
        UnknownShapeError: One is written in a way whose form is not known, or is there twice.
    """
    if not isinstance(value, list) or not value:
        raise UnknownShapeError
    shapes = [shape for entry in value for shape in (_long(entry) if isinstance(entry, dict) else _short(entry))]
    if any(shape in shapes[:index] for index, shape in enumerate(shapes)):
        raise UnknownShapeError
    return shapes


def _short(entry: Any) -> list[ComposeShape]:
    written = str(number(entry)) if isinstance(entry, int) else text(entry)
    found = _SHORT.fullmatch(written)
    if found is None:
        raise UnknownShapeError
    inside = _range(found["inside"])
    outside: list[int | None] = list(_range(found["host"])) if found["host"] else [None]
    if len(inside) != len(outside):
        raise UnknownShapeError
    return [
        _shape("ingress", found["address"] or "", port, str(host or ""), found["protocol"] or "tcp")
        for port, host in zip(inside, outside, strict=True)
    ]


def _long(entry: ComposeShape) -> list[ComposeShape]:
    """Take the long form only with mode and protocol: not all releases fill them in."""
    if set(entry) - _LONG or not {"mode", "protocol", "target", "published"} <= set(entry):
        raise UnknownShapeError
    published = entry["published"]
    outside = str(number(published)) if isinstance(published, int) else text(published)
    if not re.fullmatch(r"[1-9]\d{0,4}", outside):
        raise UnknownShapeError
    address = text(entry.get("host_ip", ""), empty=True)
    return [_shape(text(entry["mode"]), address, number(entry["target"]), outside, text(entry["protocol"]))]


def _shape(mode: str, address: str, inside: int, outside: str, protocol: str) -> ComposeShape:
    host_ip = {"host_ip": address} if address else {}
    published = {"published": outside} if outside else {}
    return {"mode": mode, **host_ip, "target": inside, **published, "protocol": protocol}


def _range(written: str) -> list[int]:
    first, _, last = written.partition("-")
    return list(range(int(first), int(last or first) + 1))
