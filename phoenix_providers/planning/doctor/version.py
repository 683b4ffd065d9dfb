"""Whether a version is one that this was tried with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from phoenix_providers.errors import Explanation
from phoenix_providers.planning.doctor.finding import Finding, ok, warning

# The oldest releases that this was tried with, or that have what it needs.
OLDEST: Mapping[str, tuple[int, ...]] = {
    "Proxmox": (8, 0),
    "Portainer": (2, 23),
    "Traefik": (3, 0),
    "Docker": (20, 10),
    "Pulumi": (3, 220),
}
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def judge_version(product: str, version: str, where: str = "") -> Finding:
    """Judge a version; one that says nothing is taken as it is."""
    said = f"{product} {version.removeprefix('v')}"
    seen = f"{said} at {where}" if where else said
    found = _NUMBERS.search(version)
    if found is None or tuple(int(part) for part in found[0].split(".")) >= OLDEST[product]:
        return ok(seen)
    oldest = ".".join(map(str, OLDEST[product]))
    reason = Explanation(
        f"{product} is older than any that Phoenix Sync was tried with",
        where,
        said,
        f"{product} {oldest} or newer",
        f"update {product}",
    )
    return warning(seen, reason)
