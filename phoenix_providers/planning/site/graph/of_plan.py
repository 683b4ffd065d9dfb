"""From the plan to the picture: the one way in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.site.graph.guests import environments, guests, proxmox
from phoenix_providers.planning.site.graph.openings import openings
from phoenix_providers.planning.site.graph.picture import Detail, Picture, Thing
from phoenix_providers.planning.site.graph.records import records
from phoenix_providers.planning.site.graph.registries import registries
from phoenix_providers.planning.site.graph.routes import routes
from phoenix_providers.planning.site.graph.stacks import stacks
from phoenix_providers.planning.site_plan import SitePlan


def picture_of(configuration: Configuration, plan: SitePlan) -> Picture:
    """Return the picture of what the files declare."""
    routed, leading = routes(configuration, plan)
    opened, asked = openings(configuration, plan)
    images, pulled = registries(configuration, plan)
    things = (
        proxmox(configuration, plan),
        *guests(configuration, plan),
        *environments(configuration, plan),
        *stacks(configuration, plan),
        *routed,
        *opened,
        *records(plan, {thing.name for thing in routed}),
        *images,
    )
    shown = (_from(configuration.folder.parent, thing) for thing in things)
    return Picture(plan.domain, tuple(shown), (*leading, *asked, *pulled))


def _from(base: Path, thing: Thing) -> Thing:
    """Tell places as seen from the site's own folder: where that is on a computer is no matter of the picture."""
    if not base.is_absolute():
        return thing
    above = f"{base}/"
    return replace(
        thing,
        where=tuple(place.removeprefix(above) for place in thing.where),
        details=tuple(Detail(one.word, one.text.replace(above, "")) for one in thing.details),
    )
