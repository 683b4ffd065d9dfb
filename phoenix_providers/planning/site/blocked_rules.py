"""Firewall rules of blocked stacks: what is open stays open, and nothing is opened for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.firewall.rules.declared_rules import DeclaredRule
from phoenix_providers.planning.proxmox.api_words import rule_signature, rule_words
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.stacks.derived_stack import DerivedStack

Signature = tuple[str, ...]


def rules_by_vm(
    configuration: Configuration,
    derived: Sequence[DerivedStack],
    recorded: Mapping[str, Collection[Signature]] | None,
) -> dict[int, list[DeclaredRule]]:
    """Return the rules of stacks by VM; those of blocked ones only as far as they are in force.

    Args:
        configuration: What the files say.
        derived: All stacks.
        recorded: What the state has of each list of rules, by the name of its resource; None where nobody has looked,
            and all are taken.
    """
    found: dict[int, list[DeclaredRule]] = {}
    for stack in derived:
        rules = list(stack.rules)
        if recorded is not None and stack.findings.blocking:
            rules = _in_force(configuration, stack, recorded)
        found.setdefault(stack.vm.vmid, []).extend(rules)
    return found


def has_blocked_rules(derived: Iterable[DerivedStack]) -> bool:
    """Whether only the state can tell which rules of stacks are in force."""
    return any(stack.rules and stack.findings.blocking for stack in derived)


def _in_force(
    configuration: Configuration, stack: DerivedStack, recorded: Mapping[str, Collection[Signature]]
) -> list[DeclaredRule]:
    node = stack.vm.node or configuration.settings.node
    lists = (ProxmoxScope("cluster"), ProxmoxScope("vm", node, stack.vm.vmid))
    there = {signature for scope in lists for signature in recorded.get(f"rules@{scope.suffix}", ())}
    kept = [one for one in stack.rules if rule_signature(rule_words(one.rule)) in there]
    if waiting := [one for one in stack.rules if one not in kept]:
        stack.findings.warning(
            f"{len(waiting)} firewall rules of {stack.reference.name} wait: nothing is opened for a blocked stack",
            configuration.locate(*waiting[0].at),
        )
    return kept
