"""Rules of existing files with an empty text where a condition might be; in new files that is an error already."""

from __future__ import annotations

from phoenix_providers.models.firewall import FirewallRule
from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings

_CONDITIONS = {
    "source": "source",
    "dest": "dest",
    "proto": "proto",
    "port": "port",
    "sport": "sport",
    "icmp_type": "icmp-type",
    "iface": "iface",
    "macro": "macro",
}


def mention_empty(rule: FirewallRule, place: Location, findings: Findings) -> None:
    """Warn of a rule that is wider than it looks."""
    said = {name: getattr(rule, key) for key, name in _CONDITIONS.items()}
    empty = [name for name, value in said.items() if value is not None and not value.strip()]
    if empty:
        findings.warning(
            f"`{'`, `'.join(empty)}` of a firewall rule is empty, so the rule is for every {' and every '.join(empty)}",
            place,
            seen="an empty text",
            expected="a value, or no such key",
            next_step="write what is meant, or take the key out",
        )
