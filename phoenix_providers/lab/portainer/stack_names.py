"""Which stack names are free, and which stacks a list shows."""

from __future__ import annotations

import json
from typing import Any

from phoenix_providers.lab.portainer.deploy import Deployer
from phoenix_providers.lab.portainer.payload import Payload
from phoenix_providers.lab.portainer.reach import UnreachableError
from phoenix_providers.lab.portainer.refusal import Refusal
from phoenix_providers.lab.portainer.store import Record, Store
from phoenix_providers.lab.portainer.style import Style

_COMPOSE_TYPE = 2


async def check_name(store: Store, style: Style, deployer: Deployer, endpoint: Record, name: str, own: int = 0) -> None:
    """Refuse a name that is taken; needs the engine, so a dead one is refused first.

    The older line also refuses a name that a record of another environment has while containers of that project
    are on this engine.
    """
    try:
        running = await deployer.holds_project(endpoint, name)
    except UnreachableError as error:
        raise Refusal(500, "Unable to check for name collision", str(error)) from None
    for stack in store.stacks.values():
        if stack["Id"] == own or stack["Name"].lower() != name:
            continue
        elsewhere = running and not style.names_per_environment
        if stack["EndpointId"] == endpoint["Id"] or elsewhere:
            raise Refusal(409, f"A stack with the normalized name '{name}' already exists")


def listed(store: Store, filters: str) -> list[Record]:
    """Return the stacks that a filter (JSON text) asks for; unknown keys count for nothing."""
    wanted = _filters(filters)
    endpoint, swarm = wanted.number("EndpointID"), wanted.text("SwarmID")
    if not endpoint and not swarm:
        return list(store.stacks.values())
    orphans = wanted.flag("IncludeOrphanedStacks")
    return [
        stack
        for stack in store.stacks.values()
        if (stack["Type"] == _COMPOSE_TYPE and stack["EndpointId"] == endpoint)
        or (orphans and stack["EndpointId"] not in store.endpoints)
    ]


def _filters(text: str) -> Payload:
    try:
        data: Any = json.loads(text) if text else {}
    except ValueError:
        details = f"Json: expected '\"' at the beginning of a string value: {text.lstrip('{')}"
        raise Refusal(400, "Invalid query parameter: filters", details) from None
    wanted = Payload(data if isinstance(data, dict) else {})
    try:
        wanted.number("EndpointID"), wanted.text("SwarmID"), wanted.flag("IncludeOrphanedStacks")
    except Refusal as refusal:
        raise Refusal(400, "Invalid query parameter: filters", refusal.details) from None
    return wanted
