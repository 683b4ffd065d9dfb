"""The firewall in both placements: all rules in the datacenter's list, or each guest's rules on the guest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.firewall import FirewallRule, SiteFirewall
from phoenix_providers.models.guest import Guest, VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall.rules.canonical_rule import RuleRefusedError, canonical_rule
from phoenix_providers.planning.firewall.rules.declared_rules import DeclaredRule, Path, copies
from phoenix_providers.planning.firewall.rules.empty_conditions import mention_empty
from phoenix_providers.planning.firewall.rules.icmp_types import ICMP_TYPES
from phoenix_providers.planning.proxmox.firewall_options import GUEST_WORDS, SITE_WORDS, said_options
from phoenix_providers.planning.site_plan import FirewallPlan, GuestFirewallPlan, OptionsPlan

SITE_RULES: Path = ("site", "firewall", "global_firewall_rules")
_GUEST_INTERFACE = re.compile(r"net\d+")
_OPEN = "ACCEPT"


def firewall(
    configuration: Configuration,
    stack_rules: Mapping[int, Sequence[DeclaredRule]],
    findings: Findings,
    kept_guests: Collection[int] = (),
) -> FirewallPlan:
    """Return the plan.

    Args:
        configuration: What the files say.
        stack_rules: Rules of the stacks that run on each VM, by VMID.
        findings: Takes refused rules (errors) and collapsed duplicates (warnings).
        kept_guests: Guests that stay in the plan although no rule of theirs is known.
    """
    declared = configuration.site.firewall
    options = _site_options(declared)
    site_rules = readable_rules(configuration, declared.global_firewall_rules, SITE_RULES, findings, of_guest=False)
    on_guests = _placement(configuration, findings) == "guest"
    guest_rules = {
        guest.id: [*_own_rules(configuration, guest, findings), *stack_rules.get(guest.id, ())]
        for guest in configuration.guests
    }
    if not on_guests:
        listed = [rule for guest in configuration.guests if _switched_on(guest) for rule in guest_rules[guest.id]]
        _mention_switched_off(configuration, guest_rules, findings)
        _mention_options_of_guests(configuration, findings)
        rules = _collapsed(configuration, [*site_rules, *listed], "the datacenter", findings)
        return FirewallPlan(options, rules_of(rules), {}, "cluster", places_of(rules))
    guests = {
        guest.id: _guest_plan(configuration, guest, guest_rules[guest.id], findings)
        for guest in configuration.guests
        if guest_rules[guest.id] or guest.firewall.enabled or _own_options(guest) or guest.id in kept_guests
    }
    rules = _collapsed(configuration, site_rules, "the datacenter", findings)
    return FirewallPlan(options, rules_of(rules), guests, places=places_of(rules))


def readable_rules(
    configuration: Configuration, rules: Iterable[FirewallRule], path: Path, findings: Findings, *, of_guest: bool
) -> list[DeclaredRule]:
    """Return the rules of the list at `path` that Proxmox would take; the others are errors.

    Rules `of_guest`, its own or those of its stacks, stand on the guest or with all others, as the placement says.
    """
    on_guest = of_guest and _place(configuration) == "guest"
    accepted = []
    for index, rule in enumerate(rules):
        try:
            kept = canonical_rule(rule)
            mention_empty(rule, configuration.locate(*path, index), findings)
            if on_guest:
                _check_on_guest(kept)
            if kept.proto in ICMP_TYPES and kept.port:
                _mention_icmp_port(configuration.locate(*path, index), kept, findings)
            accepted.append(DeclaredRule(kept, (*path, index)))
        except RuleRefusedError as error:
            findings.error(
                f"{error.title}: {error}",
                configuration.locate(*path, index),
                seen=error.seen,
                expected=error.expected,
            )
    return accepted


def _mention_icmp_port(place: Location, rule: FirewallRule, findings: Findings) -> None:
    findings.warning(
        "Proxmox's firewall for nftables does not look at the port of a rule for ICMP, so there it is for all of ICMP",
        place,
        seen=f"proto: {rule.proto}, port: {rule.port}",
        expected="icmp-type with the name of the kind of message, and no port",
        next_step="write icmp-type instead of port, for example icmp-type: echo-request",
    )


def _check_on_guest(rule: FirewallRule) -> None:
    if rule.type == "forward":
        raise RuleRefusedError("guests know no forward rules", "type: forward", "in or out")
    if rule.iface and not _GUEST_INTERFACE.fullmatch(rule.iface):
        raise RuleRefusedError("a guest's rule names an interface of the guest", rule.iface, "net0")


def guest_rules_path(guest: Guest) -> Path:
    """Return where a guest's own rules stand."""
    return (*guest.declared_at, "firewall", "rules")


def _placement(configuration: Configuration, findings: Findings) -> str:
    chosen = configuration.settings.firewall_placement
    if chosen not in {"guest", "cluster", None}:
        findings.error(
            "the setting phoenix:firewallPlacement is unknown",
            seen=chosen,
            expected="guest or cluster",
            next_step="pulumi config set phoenix:firewallPlacement guest",
        )
    return _place(configuration)


def _place(configuration: Configuration) -> str:
    chosen = configuration.settings.firewall_placement
    return chosen if chosen in {"guest", "cluster"} else "cluster" if configuration.old_spelling else "guest"


def _switched_on(guest: Guest) -> bool:
    """Whether a guest's rules count: rules alone are enough, unless the file says `enabled: false`."""
    return guest.firewall.enabled or "enabled" not in guest.firewall.model_fields_set


def _own_rules(configuration: Configuration, guest: Guest, findings: Findings) -> list[DeclaredRule]:
    path = guest_rules_path(guest)
    return readable_rules(configuration, guest.firewall.rules, path, findings, of_guest=True)


def _mention_switched_off(
    configuration: Configuration, rules: Mapping[int, Sequence[DeclaredRule]], findings: Findings
) -> None:
    for guest in configuration.guests:
        if rules[guest.id] and not _switched_on(guest):
            findings.warning(
                f"the firewall of {guest.name} is switched off, so its rules are left out",
                configuration.locate(*guest.declared_at, "firewall", "enabled"),
            )


def _guest_plan(
    configuration: Configuration, guest: Guest, declared: Sequence[DeclaredRule], findings: Findings
) -> GuestFirewallPlan:
    rules = _collapsed(configuration, declared, guest.name, findings)
    return GuestFirewallPlan(
        guest_id=guest.id,
        name=guest.name,
        node=guest.node or configuration.settings.node,
        kind="vm" if isinstance(guest, VirtualMachine) else "lxc",
        options=_guest_options(guest, has_rules=bool(rules)),
        rules=rules_of(rules),
        places=places_of(rules),
    )


def _site_options(declared: SiteFirewall) -> OptionsPlan:
    """While nobody says that it is on, its policies are nobody's business either."""
    said = said_options(declared, SITE_WORDS)
    policies = {"policy_in": declared.default_input_policy, "policy_out": declared.default_output_policy}
    return _plan(said, policies)


def _guest_options(guest: Guest, *, has_rules: bool) -> OptionsPlan:
    """Proxmox's own policy would drop what no rule accepts; and who gets an address by DHCP needs its answers."""
    said = said_options(guest.firewall, GUEST_WORDS)
    if has_rules:
        said = {"enable": str(int(_switched_on(guest))), **said}
    otherwise = {"policy_in": _OPEN, "policy_out": _OPEN, **({"dhcp": "1"} if guest.address is None else {})}
    return _plan(said, otherwise)


def _plan(said: Mapping[str, str], otherwise: Mapping[str, str]) -> OptionsPlan:
    is_on = said.get("enable") == "1"
    return OptionsPlan(said, {key: value for key, value in otherwise.items() if is_on and key not in said})


def _own_options(guest: Guest) -> dict[str, str]:
    """Return what a guest's file says of options, its switch aside."""
    said = said_options(guest.firewall, GUEST_WORDS)
    return {key: value for key, value in said.items() if key != "enable"}


def _mention_options_of_guests(configuration: Configuration, findings: Findings) -> None:
    for guest in configuration.guests:
        if words := [GUEST_WORDS[key] for key in _own_options(guest)]:
            findings.warning(
                f"the firewall's options of {guest.name} are left out: all rules are in the datacenter's list",
                configuration.locate(*guest.declared_at, "firewall", words[0]),
                seen=f"`{'`, `'.join(words)}`, and the placement `cluster`",
                expected="options of guests with the placement `guest` only",
                next_step="remove them, or: pulumi config set phoenix:firewallPlacement guest",
            )


def _collapsed(
    configuration: Configuration, rules: Iterable[DeclaredRule], where: str, findings: Findings
) -> list[DeclaredRule]:
    """Leave copies out: Proxmox decides as without them, and the Proxmox plugin cannot hold them apart."""
    kept = []
    for one in copies(rules):
        kept.append(one.counts)
        if not one.idle:
            continue
        count, others = len(one.idle) + 1, ", ".join(str(configuration.locate(*copy.at)) for copy in one.idle)
        findings.warning(
            f"{count} equal firewall rules on {where} are one"
            if one.equal
            else f"{count} firewall rules on {where} differ in comment, log level or switch alone, and are one",
            configuration.locate(*one.counts.at),
            seen=" ".join(f"{key}={value}" for key, value in rule_fields(one.counts.rule).items()),
            expected=f"one of them; left out: {others}",
        )
    return kept


def rules_of(declared: Iterable[DeclaredRule]) -> tuple[FirewallRule, ...]:
    """Return the rules alone."""
    return tuple(one.rule for one in declared)


def places_of(declared: Iterable[DeclaredRule]) -> tuple[Path, ...]:
    """Return their places alone."""
    return tuple(one.at for one in declared)


def rule_fields(rule: FirewallRule) -> dict[str, object]:
    """Return the fields that are set; `enabled` only when the rule is switched off."""
    fields: dict[str, object] = {"type": rule.type, "action": rule.action}
    for name in ("source", "dest", "proto", "port", "sport", "icmp_type", "iface", "macro", "log", "comment"):
        if (value := getattr(rule, name)) is not None:
            fields[name] = value
    if not rule.enabled:
        fields["enabled"] = False
    return fields
