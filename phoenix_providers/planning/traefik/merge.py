"""Uniting dynamic configurations of Traefik."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration, NewSection


def merge_routes(routes: Iterable[DynamicConfiguration]) -> NewConfiguration:
    """Return one document with everything, sorted by name; of two items with one name the first counts.

    Traefik refuses sections without content, so there are none.
    """
    merged: dict[str, dict[str, NewSection]] = {}
    for part in routes:
        for protocol, kinds in part.items():
            for kind, items in kinds.items():
                for name, item in items.items():
                    merged.setdefault(protocol, {}).setdefault(kind, {}).setdefault(name, item)
    return {
        protocol: {kind: dict(sorted(items.items())) for kind, items in sorted(kinds.items())}
        for protocol, kinds in sorted(merged.items())
    }
