"""What a back end of DNS declares, as the step of names calls it."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from phoenix_providers.planning.site_plan import NodePlan
from phoenix_providers.program.proxmox_place import Place
from phoenix_providers.program.site import Site


class Declaring:
    """Declares nothing; a back end does what it needs of both."""

    def elsewhere(self, _site: Site, _before: Iterable[pulumi.Resource]) -> list[pulumi.Resource]:
        """Declare what is delivered to the back end's target, behind all guards and the firewall."""
        return []

    def on_node(self, _site: Site, _node: NodePlan, _place: Place) -> None:
        """Declare what a Proxmox node has of it, among the place's own resources."""
