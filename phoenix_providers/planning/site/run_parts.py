"""To which step of a run something belongs, or to which environment in it."""

from __future__ import annotations

from dataclasses import dataclass

READINESS, INFRASTRUCTURE, GUEST_ROUTES, PORTAINER, STACK_ROUTES, VERDICT = 3, 4, 5, 6, 7, 8
STEP_TITLES = {
    READINESS: "readiness",
    INFRASTRUCTURE: "DNS and firewall",
    GUEST_ROUTES: "routes of guests",
    PORTAINER: "Portainer",
    STACK_ROUTES: "routes of stacks",
    VERDICT: "verdict",
}
_STEPS = {
    "Inventory": READINESS,
    "ReadinessGate": READINESS,
    "ReadinessAgain": READINESS,
    "PortainerRegistry": PORTAINER,
    "PortainerEndpoint": PORTAINER,
    "PortainerStack": PORTAINER,
    "Verdict": VERDICT,
}


@dataclass(frozen=True, order=True)
class Part:
    """A step, or one environment in it.

    Attributes:
        step: Its number.
        vmid: The environment's VM; 0 for what is in none.
    """

    step: int
    vmid: int = 0


def part_of(name: str, kind: str) -> Part:
    """Return where a resource belongs, by its name and its own type, such as `grafana@113` and `PortainerStack`."""
    if kind == "TraefikConfig":
        return Part(STACK_ROUTES if name == "traefik-stacks" else GUEST_ROUTES)
    step = _STEPS.get(kind, INFRASTRUCTURE)
    where = name.rpartition("@")[2]
    return Part(step, int(where) if step == PORTAINER and where.isdecimal() else 0)
