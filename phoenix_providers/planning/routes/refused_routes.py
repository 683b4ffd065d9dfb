"""Why new routes of a stack are not published, in the state and for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from phoenix_providers.errors import ConfigurationError, Explanation, RevertedError
from phoenix_providers.models.engine_properties import Properties, StoredProperties
from phoenix_providers.planning.traefik.file_refusal import ANOTHER_ENTRY_POINT
from phoenix_providers.planning.traefik.structure_check import Fault

_ENTRY_POINTS = ".entryPoints"


def refusal(faults: Iterable[Fault], by_traefik: bool) -> Properties:
    """Return it as it stands in the state; `by_traefik` where only the running Traefik could tell."""
    reasons = [
        {"path": fault.path, "reason": fault.reason, "expected": fault.expected, "in_force": fault.in_force}
        | ({"holder": fault.holder} if fault.holder else {})
        for fault in faults
    ]
    return {"by_traefik": by_traefik, "reasons": reasons}


def told_refusal(owner: str, refused: StoredProperties, places: Mapping[str, str]) -> str:
    """Return it as an error of one stack; empty if nothing is refused.

    Args:
        owner: The stack's resource name.
        refused: As `refusal` makes it.
        places: Where labels stand (`file:line`), by their lower-case keys without `traefik.`.
    """
    reasons = refused.get("reasons") or ()
    if not reasons:
        return ""
    label = (RevertedError if refused.get("by_traefik") else ConfigurationError).label
    told = [
        Explanation(
            f"{_what(reason, by_traefik=bool(refused.get('by_traefik')))}: {reason['reason']}",
            f"{place_of(reason['path'], owner, places)} {reason['path']}".strip(),
            expected=reason["expected"],
            next_step=_next_step(owner, reason, places),
        ).text()
        for reason in reasons
    ]
    return f"{label}: " + "\n".join([*told, "what was published before stays"])


def _what(reason: StoredProperties, *, by_traefik: bool) -> str:
    if reason.get("in_force"):
        return "its routes lead to what no stack declares any more"
    return "Traefik did not take its routes" if by_traefik else "Traefik would not take its routes"


def _next_step(owner: str, reason: StoredProperties, places: Mapping[str, str]) -> str:
    name, _, vmid = owner.rpartition("@")
    run = "phoenix sync all" if reason.get("in_force") else f"phoenix sync stack {name} to {vmid}"
    if holder := reason.get("holder"):
        return f"phoenix sync all, if {holder} leaves or changes by the files; else correct the label, then: {run}"
    path = str(reason["path"])
    if path.endswith(_ENTRY_POINTS) and not any(key.endswith(_ENTRY_POINTS.lower()) for key in places):
        # No label says it, so all that say nothing have it from the setting.
        return f"{ANOTHER_ENTRY_POINT}, then: {run}"
    return f"correct the label, then: {run}"


def place_of(path: str, owner: str, places: Mapping[str, str]) -> str:
    """Return where the label behind a path such as `http.routers.app.rule` stands, or the nearest one above it.

    A name that another stack has too may have got the suffix -VMID.
    """
    renamed = re.sub(rf"(\w+\.\w+\.[^.]+?)-{re.escape(owner.rpartition('@')[2])}(-\d+)?(?=\.|$)", r"\1", path)
    for name in (path, renamed):
        steps = name.lower().split(".")
        for length in range(len(steps), 2, -1):
            key = ".".join(steps[:length])
            for known, place in places.items():
                if known == key or known.startswith((f"{key}.", f"{key}[")):
                    return place
    return next(iter(places.values()), "")
