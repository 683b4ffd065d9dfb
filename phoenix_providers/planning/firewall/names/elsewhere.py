"""Names in rules that the files leave to Proxmox: another Proxmox, such as a lab's, does not have them."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.errors import Explanation
from phoenix_providers.planning.firewall.names.unknown_names import KnownNames, unknown_names
from phoenix_providers.planning.firewall.names.while_changing import become, groups_become
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.site_plan import FirewallPlan


def names_elsewhere(plan: FirewallPlan) -> Iterator[Explanation]:
    """Yield each rule that a Proxmox would refuse which has nothing but what the files declare."""
    known = KnownNames(become(NamedNetworks(), plan.names), groups_become({}, plan.names).keys())
    yield from unknown_names(plan.uses, known)
