"""Entry points that routes ask for, and that a running Traefik has not got."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from phoenix_providers.errors import Explanation
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.traefik.file_refusal import ANOTHER_ENTRY_POINT

_OF_GUESTS = "routes of guests, and all that name none (phoenix:entryPoints)"
_LABEL = ".entrypoints"


def asked_entry_points(plan: SitePlan) -> dict[str, list[str]]:
    """Return who asks for each entry point: the setting, or a stack with the place of its label."""
    found: dict[str, dict[str, None]] = {}
    for name in _names(plan.infrastructure):
        found.setdefault(name, {})[_OF_GUESTS] = None
    for stack in plan.stacks:
        places = {key.lower(): place for key, place in stack.label_places.items() if key.lower().endswith(_LABEL)}
        for name in _names(stack.routes):
            place = next(iter(places.values()), "")
            if place or name not in found:
                who = f"{stack.resource_name} ({place})" if place else stack.resource_name
                found.setdefault(name, {})[who] = None
    return {name: list(who) for name, who in found.items()}


def unknown_entry_points(asked: Mapping[str, Collection[str]], known: Collection[str]) -> tuple[Explanation, ...]:
    """Return what is to be said of each that Traefik has not got, once for all who ask for it."""
    return tuple(
        Explanation(
            f"Traefik has no entry point {name}",
            where=", ".join(who),
            seen=f"it has {', '.join(sorted(known)) or 'none'}",
            expected=nearest(name, known) or "one of these, or one more in Traefik's static configuration",
            next_step=f"{ANOTHER_ENTRY_POINT}   (or correct the label)",
        )
        for name, who in asked.items()
        if name not in known
    )


def _names(routes: DynamicConfiguration) -> Iterator[str]:
    for section in routes.values():
        for router in section.get("routers", {}).values() if isinstance(section, Mapping) else ():
            yield from router.get("entryPoints", ())
