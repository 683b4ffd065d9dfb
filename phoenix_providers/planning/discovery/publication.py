"""Routes of stacks that an earlier site has published: they go on, as routes of this one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.discovery.not_carried import NotCarried
from phoenix_providers.planning.discovery.stacks import DiscoveredStack
from phoenix_providers.planning.routes.standing_routes import standing_routes
from phoenix_providers.planning.site_plan import StackPlan
from phoenix_providers.planning.traefik.file_names import STACKS_FILE


def is_routed(stack: DiscoveredStack) -> bool:
    """Whether its labels make routes, unless the site says that they make none here."""
    return "traefik." in stack.compose and stack.manifest.get("x-phoenix", {}).get("routes", True)


def without_routes(stack: DiscoveredStack) -> DiscoveredStack:
    """Return it with labels that somebody else reads."""
    ours = {**stack.manifest.get("x-phoenix", {}), "routes": False}
    return replace(stack, manifest={**stack.manifest, "x-phoenix": ours})


def read_by_others(stack: DiscoveredStack) -> NotCarried:
    """Say that its labels make no routes here."""
    return NotCarried(
        f"routes in the labels of {stack.project}",
        "whoever reads them now goes on reading them",
        f"when this site shall publish them: take `routes: false` out of stacks/{stack.folder}/phoenix.yaml",
    )


@dataclass(frozen=True)
class Published:
    """What of a file is explained by labels.

    Attributes:
        stacks: NAME@VMID of the stacks whose routes it has.
        undeclared: Routers that no label makes, each with its rule.
    """

    stacks: frozenset[str]
    undeclared: tuple[str, ...]


def published_by(document: DynamicConfiguration, planned: tuple[StackPlan, ...]) -> Published:
    """Compare what an earlier site has published with what labels say."""
    found = standing_routes(document, {plan.resource_name: plan.labelled for plan in planned})
    return Published(frozenset(found.parts), found.undeclared)


def not_explained(routers: tuple[str, ...]) -> Iterator[NotCarried]:
    """Name what the first run would refuse to drop."""
    for router in routers:
        yield NotCarried(
            f"route {router} in {STACKS_FILE}",
            "an earlier site has published it, and no label of a stack here makes it; the first run refuses to drop it",
            f"declare it, or move it from {STACKS_FILE} into a file of your own beside it",
        )
