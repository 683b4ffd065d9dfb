"""Firewall parts of the configuration, as Proxmox names them."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field

from phoenix_providers.models.base import FileModel, NumberOrText

Policy = Literal["ACCEPT", "DROP", "REJECT"]


class FirewallRule(FileModel):
    """One rule, with Proxmox's own words."""

    type: Literal["in", "out", "forward"] = "in"
    """Direction, seen from the guest or the host; guests know no `forward`."""
    action: Policy = "ACCEPT"
    """What happens to what matches."""
    source: str | None = None
    """Addresses it comes from: IP, network, range, alias or +set; several with commas."""
    dest: str | None = None
    """Addresses it goes to, written like `source`."""
    proto: str | None = None
    """Protocol such as tcp, udp or icmp; a port needs one."""
    port: NumberOrText | None = None
    """Destination port: "22", "80,443" or "8000:8010"."""
    iface: str | None = None
    """Network interface; on a guest net0, net1 and so on."""
    macro: str | None = None
    """One of Proxmox's macros, such as SSH; brings its own protocol and ports."""
    log: str | None = None
    """Log level such as info; without it nothing is logged."""
    comment: str | None = None
    """What the rule is for; shown by Proxmox."""
    # `enable`, as Proxmox itself spells it, counts as well: a rule that was switched off must not come on.
    enabled: bool = Field(default=True, validation_alias=AliasChoices("enabled", "enable"))
    """Whether the rule counts."""


class GuestFirewall(FileModel):
    """A guest's firewall."""

    enabled: bool = False
    """Whether the guest's rules count; needs `firewall=1` on its network device in Proxmox."""
    input_policy: Policy | None = None
    """What happens to incoming traffic that no rule matches; without it the guest keeps what it has."""
    output_policy: Policy | None = None
    """The same for outgoing traffic."""
    rules: tuple[FirewallRule, ...] = ()
    """The guest's rules; the first that matches counts."""


class SiteFirewall(FileModel):
    """The firewall of the whole site (Proxmox: datacenter)."""

    enabled: bool = False
    """The main switch: while it is off, no rule counts anywhere."""
    default_input_policy: Policy = "DROP"
    """What happens to traffic to the Proxmox host that no rule matches."""
    default_output_policy: Policy = "ACCEPT"
    """What happens to traffic from the Proxmox host that no rule matches."""
    global_firewall_rules: tuple[FirewallRule, ...] = ()
    """The datacenter's rules; the first that matches counts."""
