"""Uniting dynamic configurations of Traefik."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def merge_routes(routes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one document with everything, sorted by name; of two items with one name the first counts.

    Traefik refuses sections without content, so there are none.
    """
    merged: dict[str, dict[str, dict[str, Any]]] = {}
    for part in routes:
        for protocol, kinds in part.items():
            for kind, items in kinds.items():
                for name, item in items.items():
                    merged.setdefault(protocol, {}).setdefault(kind, {}).setdefault(name, item)
    return {
        protocol: {kind: dict(sorted(items.items())) for kind, items in sorted(kinds.items())}
        for protocol, kinds in sorted(merged.items())
    }
