"""What a first write would overwrite on Proxmox, and what an interrupted first write of ours has left behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import Properties
from phoenix_providers.models.proxmox_records import OptionsRecord, RuleRecord
from phoenix_providers.planning.proxmox.api_words import rule_identity, rule_text
from phoenix_providers.planning.proxmox.firewall_options import lost_options
from phoenix_providers.planning.proxmox.hosts_file import lost_entries, read_hosts
from phoenix_providers.planning.proxmox.wanted_place import WantedFiles, WantedPlace
from phoenix_providers.planning.proxmox_scope import ProxmoxScope


@dataclass(frozen=True)
class FoundOnProxmox:
    """What one place has now, in Proxmox's words; empty where it does not apply.

    Attributes:
        options: Only those that are set.
        hosts: The file, verbatim.
        in_force: Whether the rules of this place count now.
    """

    rules: Sequence[RuleRecord] = ()
    options: OptionsRecord = field(default_factory=dict)
    hosts: str = ""
    resolver: Mapping[str, str] = field(default_factory=dict)
    in_force: bool = False

    def as_output(self) -> Properties:
        """Return it as a property of a resource."""
        return {
            "rules": [{key: value for key, value in rule.items() if key != "digest"} for rule in self.rules],
            "options": {key: str(value) for key, value in self.options.items() if key != "digest"},
            "hosts": self.hosts,
            "resolver": dict(self.resolver),
            "in_force": self.in_force,
        }


@dataclass(frozen=True)
class FirstWrite:
    """What creating would mean here.

    Attributes:
        losses: What would be overwritten or is in the way, one line each; empty when creating is harmless.
        leftovers: Positions of rules that an interrupted first run of ours has left, and that count for nothing yet.
    """

    losses: tuple[str, ...] = ()
    leftovers: tuple[int, ...] = ()


def examine(scope: ProxmoxScope, missing: Collection[str], found: FoundOnProxmox, wanted: WantedPlace) -> FirstWrite:
    """Compare what is there with what would be written.

    Args:
        scope: The place.
        missing: Names of its resources that are not in the state, so that they would be created.
        found: What it has now.
        wanted: What is declared for it.
    """
    losses: list[str] = []
    leftovers: tuple[int, ...] = ()
    if isinstance(wanted, WantedFiles):
        if f"hosts@{scope.suffix}" in missing:
            entries = lost_entries(read_hosts(found.hosts), wanted.hosts, scope.node, wanted.domain)
            losses += [f"hosts entry: {entry.address} {' '.join(entry.names)}" for entry in entries]
        return FirstWrite(tuple(losses))
    if f"rules@{scope.suffix}" in missing and found.rules:
        leftovers = _leftovers(found, wanted.rules)
        if not leftovers:
            losses += [f"rule {place}: {rule_text(rule)}" for place, rule in enumerate(found.rules)]
    if f"firewall@{scope.suffix}" in missing:
        losses += [
            f"option {key}: {now} (would become {then})"
            for key, now, then in lost_options(scope, found.options, wanted.options)
        ]
    return FirstWrite(tuple(losses), leftovers)


def _leftovers(found: FoundOnProxmox, wanted: Sequence[RuleRecord]) -> tuple[int, ...]:
    """Return all positions if every rule is one that we declare and none of them counts now.

    Where they count, somebody relies on them: they are taken over, never deleted. A run that was cut short between the
    plugin's request and ours leaves rules of ICMP without their kind of message.
    """
    declared = {rule_identity(one) for rule in wanted for one in (rule, {**rule, "icmp-type": ""})}
    if found.in_force or any(rule_identity(rule) not in declared for rule in found.rules):
        return ()
    return tuple(range(len(found.rules)))
