"""VMs of which the state has stacks, or an environment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from phoenix_providers.models.engine_properties import EngineRecord

_STACK, _ENVIRONMENT = ":PortainerStack", ":PortainerEndpoint"


@dataclass(frozen=True)
class VmInState:
    """What the state has of one VM at Portainer.

    Attributes:
        vmid: Its number.
        names: Names of its resources, what depends on others first.
        environment: Name of its environment at Portainer; empty if the state has none.
    """

    vmid: int
    names: tuple[str, ...]
    environment: str = ""


def vms_in_state(resources: Iterable[EngineRecord]) -> tuple[VmInState, ...]:
    """Return them by number; `resources` are those of a state, as the engine exports it."""
    stacks: dict[int, list[str]] = {}
    environments: dict[int, tuple[str, str]] = {}
    for item in resources:
        name = str(item["urn"]).rpartition("::")[2]
        number, kind = name.rpartition("@")[2], str(item.get("type"))
        if "@" not in name or not number.isdecimal():
            continue
        if kind.endswith(_STACK):
            stacks.setdefault(int(number), []).append(name)
        elif kind.endswith(_ENVIRONMENT):
            environments[int(number)] = (name, str((item.get("outputs") or {}).get("environment") or ""))
    return tuple(
        VmInState(
            vmid,
            (*sorted(stacks.get(vmid, ())), *([environments[vmid][0]] if vmid in environments else [])),
            environments.get(vmid, ("", ""))[1],
        )
        for vmid in sorted({*stacks, *environments})
    )
