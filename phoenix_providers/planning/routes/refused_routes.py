"""Why new routes of a stack are not published, in the state and for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_providers.errors import ConfigurationError, Explanation, RevertedError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.planning.traefik.file_refusal import ANOTHER_ENTRY_POINT
from phoenix_providers.planning.traefik.structure_check import Fault

_ENTRY_POINTS = ".entryPoints"


@dataclass(frozen=True)
class Refusal:
    """What keeps new routes of one stack from being published.

    Attributes:
        by_traefik: Whether only the running Traefik could tell.
    """

    faults: tuple[Fault, ...] = ()
    by_traefik: bool = False

    def as_output(self) -> Properties:
        """Return it as it stands in the state."""
        reasons = [
            {"path": fault.path, "reason": fault.reason, "expected": fault.expected, "in_force": fault.in_force}
            | ({"holder": fault.holder} if fault.holder else {})
            for fault in self.faults
        ]
        return {"by_traefik": self.by_traefik, "reasons": reasons}

    @classmethod
    def from_output(cls, value: StoredProperties) -> Refusal:
        """Read what `as_output` gave; states of earlier versions lack what is younger."""
        faults = tuple(
            Fault(
                str(reason["path"]),
                str(reason["reason"]),
                str(reason.get("expected") or ""),
                in_force=bool(reason.get("in_force")),
                holder=str(reason.get("holder") or ""),
            )
            for reason in value.get("reasons") or ()
        )
        return cls(faults, bool(value.get("by_traefik")))


def told_refusal(owner: str, refused: Refusal, places: Mapping[str, str]) -> str:
    """Return it as an error of one stack; empty if nothing is refused.

    Args:
        owner: The stack's resource name.
        refused: What is refused of its routes.
        places: Where labels stand (`file:line`), by their lower-case keys without `traefik.`.
    """
    if not refused.faults:
        return ""
    label = (RevertedError if refused.by_traefik else ConfigurationError).label
    told = [
        Explanation(
            f"{_what(fault, by_traefik=refused.by_traefik)}: {fault.reason}",
            f"{place_of(fault.path, owner, places)} {fault.path}".strip(),
            expected=fault.expected,
            next_step=_next_step(owner, fault, places),
        ).text()
        for fault in refused.faults
    ]
    return f"{label}: " + "\n".join([*told, "what was published before stays"])


def _what(fault: Fault, *, by_traefik: bool) -> str:
    if fault.in_force:
        return "its routes lead to what no stack declares any more"
    return "Traefik did not take its routes" if by_traefik else "Traefik would not take its routes"


def _next_step(owner: str, fault: Fault, places: Mapping[str, str]) -> str:
    name, _, vmid = owner.rpartition("@")
    run = "phoenix sync all" if fault.in_force else f"phoenix sync stack {name} to {vmid}"
    if fault.holder:
        return (
            f"phoenix sync all, if {fault.holder} leaves or changes by the files; else correct the label, then: {run}"
        )
    if fault.path.endswith(_ENTRY_POINTS) and not any(key.endswith(_ENTRY_POINTS.lower()) for key in places):
        # No label says it, so all that say nothing have it from the setting.
        return f"{ANOTHER_ENTRY_POINT}, then: {run}"
    return f"correct the label, then: {run}"


def place_of(path: str, owner: str, places: Mapping[str, str]) -> str:
    """Return where the label behind a path such as `http.routers.app.rule` stands, or the nearest one above it.

    A name that another stack has too may have got the suffix -VMID. Of several the first in the files counts: what
    comes back from the engine has no order.
    """
    renamed = re.sub(rf"(\w+\.\w+\.[^.]+?)-{re.escape(owner.rpartition('@')[2])}(-\d+)?(?=\.|$)", r"\1", path)
    for name in (path, renamed):
        steps = name.lower().split(".")
        for length in range(len(steps), 2, -1):
            key = ".".join(steps[:length])
            if found := [
                place for known, place in places.items() if known == key or known.startswith((f"{key}.", f"{key}["))
            ]:
                return min(found, key=_in_order)
    return min(places.values(), key=_in_order, default="")


def _in_order(place: str) -> tuple[str, int, str]:
    """Return what puts places, such as `phoenix.yaml:9 traefik_labels[0]`, in the order of the files."""
    line = re.search(r":(\d+)(?= |$)", place)
    return place[: line.start()] if line else place, int(line[1]) if line else 0, place
