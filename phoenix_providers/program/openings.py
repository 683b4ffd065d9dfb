"""What a first run opens for stacks in the datacenter's list, where the old scripts had nothing of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.firewall.stack_openings import stack_openings
from phoenix_providers.planning.proxmox.api_words import rule_signature, rule_words
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import SitePlan

# Every run declares it, and taking over does not.
_AFTER_FIRST_RUN = "firewall-check"
_LIST = "rules@cluster"


def openings(configuration: Configuration, plan: SitePlan, known: Recorded) -> Iterator[str]:
    """Yield a line for each rule of a stack that the list has not got yet; none once a run was there."""
    if _AFTER_FIRST_RUN in known.names or plan.firewall.placement != "cluster":
        return
    there = known.rules.get(_LIST, frozenset())
    for opening in stack_openings(configuration, plan.firewall):
        if rule_signature(rule_words(opening.rule)) not in there:
            yield f"new opening on Proxmox: {opening.text}"
