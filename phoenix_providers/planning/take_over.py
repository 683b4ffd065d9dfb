"""What a first write would overwrite on Proxmox, and what an interrupted first write of ours has left behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.planning.hosts_file import lost_entries, read_hosts
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.proxmox_words import option_defaults, rule_identity, rule_text

Rule = Mapping[str, Any]
# With Proxmox's own defaults.
_POLICIES = {"policy_in": "DROP", "policy_out": "ACCEPT"}


@dataclass(frozen=True)
class FoundOnProxmox:
    """What one place has now, in Proxmox's words; empty where it does not apply.

    Attributes:
        options: Only those that are set.
        hosts: The file, verbatim.
        in_force: Whether the rules of this place count now.
    """

    rules: Sequence[Rule] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    hosts: str = ""
    resolver: Mapping[str, str] = field(default_factory=dict)
    in_force: bool = False

    def as_output(self) -> dict[str, Any]:
        """Return it as a property of a resource."""
        return {
            "rules": [{key: value for key, value in rule.items() if key != "digest"} for rule in self.rules],
            "options": {key: str(value) for key, value in self.options.items() if key != "digest"},
            "hosts": self.hosts,
            "resolver": dict(self.resolver),
            "in_force": self.in_force,
        }


@dataclass(frozen=True)
class TakeOver:
    """What creating would mean here.

    Attributes:
        losses: What would be overwritten or is in the way, one line each; empty when creating is harmless.
        leftovers: Positions of rules that an interrupted first run of ours has left, and that count for nothing yet.
    """

    losses: tuple[str, ...] = ()
    leftovers: tuple[int, ...] = ()


def examine(
    scope: ProxmoxScope, missing: Collection[str], found: FoundOnProxmox, wanted: Mapping[str, Any]
) -> TakeOver:
    """Compare what is there with what would be written.

    Args:
        scope: The place.
        missing: Names of its resources that are not in the state, so that they would be created.
        found: What it has now.
        wanted: What is declared for it, as `wanted_by_scope` gives it.
    """
    losses: list[str] = []
    leftovers: tuple[int, ...] = ()
    if f"hosts@{scope.suffix}" in missing:
        entries = lost_entries(read_hosts(found.hosts), wanted["hosts"], scope.node, str(wanted["domain"]))
        losses += [f"hosts entry: {entry.address} {' '.join(entry.names)}" for entry in entries]
    if f"rules@{scope.suffix}" in missing and found.rules:
        leftovers = _leftovers(found, wanted["rules"])
        if not leftovers:
            losses += [f"rule {place}: {rule_text(rule)}" for place, rule in enumerate(found.rules)]
    if f"firewall@{scope.suffix}" in missing:
        losses += _lost_options(scope, found.options, wanted["options"])
    return TakeOver(tuple(losses), leftovers)


def _leftovers(found: FoundOnProxmox, wanted: Sequence[Rule]) -> tuple[int, ...]:
    """Return all positions if every rule is one that we declare and none of them counts now.

    Where they count, somebody relies on them: they are taken over, never deleted. A run that was cut short between the
    plugin's request and ours leaves rules of ICMP without their kind of message.
    """
    declared = {rule_identity(one) for rule in wanted for one in (rule, {**rule, "icmp-type": ""})}
    if found.in_force or any(rule_identity(rule) not in declared for rule in found.rules):
        return ()
    return tuple(range(len(found.rules)))


def _lost_options(scope: ProxmoxScope, options: Mapping[str, Any], wanted: Mapping[str, str]) -> list[str]:
    """Name options that somebody has chosen and that would change; of a level that is on, its policies in any case."""
    lost = []
    for key, default in option_defaults(scope).items():
        is_policy = key in _POLICIES
        value = policy_now(key, options) if is_policy else _as_text(options.get(key))
        if value and (is_policy or not _same(value, default)) and not _same(value, wanted[key]):
            lost.append(f"option {key}: {value} (would become {wanted[key]})")
    return lost


def policy_now(key: str, options: Mapping[str, Any]) -> str:
    """Return a policy that is set or in force; empty where neither."""
    is_on = _as_text(options.get("enable")) not in ("", "0")
    return _as_text(options.get(key)) or (_POLICIES[key] if is_on else "")


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


def _same(one: str, other: str) -> bool:
    """Compare two values; the parts of a property string may stand in any order, and "1" may be a time stamp."""
    if "=" in one or "=" in other:
        return set(one.split(",")) == set(other.split(","))
    if one.isdecimal() and other.isdecimal():
        return bool(int(one)) == bool(int(other))
    return one == other


def log_limit_problem(options: Mapping[str, Any]) -> str:
    """Say how to repair a `log_ratelimit` on whose short form the Proxmox plugin dies; empty when all is well."""
    value = str(options.get("log_ratelimit") or "")
    if not value or ("burst=" in value and "rate=" in value):
        return ""
    switch = "0" if value in ("0", "enable=0") or value.startswith(("0,", "enable=0,")) else "1"
    return f"pvesh set /cluster/firewall/options --log_ratelimit enable={switch},burst=5,rate=1/second"
