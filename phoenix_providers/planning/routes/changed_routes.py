"""Which routes of a configuration are new or other ones than before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def changed_routes(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration with those routers alone that changed, or whose service did; services stay complete."""
    return {protocol: _changed(part, before.get(protocol) or {}) for protocol, part in now.items()}


def _changed(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    def differ(kind: str, name: str) -> bool:
        return bool((now.get(kind) or {}).get(name) != (before.get(kind) or {}).get(name))

    routers = {
        name: router
        for name, router in (now.get("routers") or {}).items()
        if differ("routers", name) or differ("services", str(router.get("service", "")))
    }
    return {**now, "routers": routers}
