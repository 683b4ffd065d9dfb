"""Which routes of a configuration are new or other ones than before."""

from __future__ import annotations

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration


def changed_routes(now: DynamicConfiguration, before: DynamicConfiguration) -> NewConfiguration:
    """Return the configuration with those routers alone that changed, or whose service did; services stay complete."""
    return {protocol: _changed(part, before.get(protocol) or {}) for protocol, part in now.items()}


def _changed(now: DynamicConfiguration, before: DynamicConfiguration) -> NewConfiguration:
    def differ(kind: str, name: str) -> bool:
        return bool((now.get(kind) or {}).get(name) != (before.get(kind) or {}).get(name))

    routers = {
        name: router
        for name, router in (now.get("routers") or {}).items()
        if differ("routers", name) or differ("services", str(router.get("service", "")))
    }
    return {**now, "routers": routers}
