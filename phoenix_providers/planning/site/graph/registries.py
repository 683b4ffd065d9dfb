"""Private registries, and which stacks have images of theirs."""

from __future__ import annotations

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.site.graph.picture import Detail, Edge, Thing
from phoenix_providers.planning.site.graph.stacks import stack_id
from phoenix_providers.planning.site_plan import SitePlan

IMAGES = "images"


def registries(configuration: Configuration, plan: SitePlan) -> tuple[tuple[Thing, ...], tuple[Edge, ...]]:
    """Return the registries, and who fetches from them."""
    places = {one.name: ("site", "registries", index) for index, one in enumerate(configuration.site.registries)}
    things = tuple(
        Thing(
            f"registry:{one.name}",
            "registry",
            one.name,
            one.name,
            f"registry of images at {one.url}",
            (str(configuration.locate(*places[one.name])),) if one.name in places else (),
            details=(Detail("address", one.url), Detail("user", one.user)),
            also=(one.resource_name,),
        )
        for one in plan.registries
    )
    edges = (Edge(f"registry:{one.name}", stack_id(name), IMAGES) for one in plan.registries for name in one.stacks)
    return things, tuple(edges)
