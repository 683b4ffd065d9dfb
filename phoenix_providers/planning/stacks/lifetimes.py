"""What a compose file says of how long its services live, and in how many containers."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.label_prefix import is_traefik_label
from phoenix_providers.planning.stacks.health import Lifetime

_COMPLETED = "service_completed_successfully"


def lifetimes(compose: Compose) -> Mapping[str, Lifetime]:
    """Return, by service, whether it serves somebody, whether another one waits for its end, and how many it is."""
    awaited = {
        str(name)
        for service in compose.services
        for name, how in _dependencies(compose.model["services"][service]).items()
        if isinstance(how, dict) and how.get("condition") == _COMPLETED
    }
    return {
        name: Lifetime(
            serves=bool(service.ports) or _has_check(compose.model["services"][name]) or _is_routed(service.labels),
            ends=name in awaited,
            copies=_copies(compose.model["services"][name]),
        )
        for name, service in compose.services.items()
    }


def _dependencies(service: ComposeNode) -> ComposeNode:
    value = service.get("depends_on")
    return value if isinstance(value, dict) else {}


def _has_check(service: ComposeNode) -> bool:
    check = service.get("healthcheck")
    if not isinstance(check, dict) or str(check.get("disable", "")).lower() == "true":
        return False
    test = check.get("test")
    return bool(test) and test != "NONE" and test != ["NONE"]


def _is_routed(labels: Mapping[str, str]) -> bool:
    off = labels.get("traefik.enable", "").lower() == "false"
    return not off and any(is_traefik_label(key) and ".routers." in key for key in labels)


def _copies(service: ComposeNode) -> int:
    """Return what compose takes: `scale`, else `deploy.replicas`; the mode is for swarms only."""
    deploy = service.get("deploy")
    wanted = service.get("scale", deploy.get("replicas") if isinstance(deploy, dict) else None)
    text = str(1 if wanted is None else wanted)
    return int(text) if text.isascii() and text.isdigit() else 1
