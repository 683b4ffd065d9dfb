"""Firewall parts of the configuration, as Proxmox names them."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field

from phoenix_providers.models.base import FileModel

Policy = Literal["ACCEPT", "DROP", "REJECT"]


class FirewallRule(FileModel):
    """One rule; `port` is Proxmox's destination port and may be "80,443" or "8000:8010".

    `enable`, as Proxmox itself spells it, is taken for `enabled`: a rule that was switched off must not come on.
    """

    type: Literal["in", "out", "forward"] = "in"
    action: Policy = "ACCEPT"
    source: str | None = None
    dest: str | None = None
    proto: str | None = None
    port: str | None = None
    iface: str | None = None
    macro: str | None = None
    log: str | None = None
    comment: str | None = None
    enabled: bool = Field(default=True, validation_alias=AliasChoices("enabled", "enable"))


class GuestFirewall(FileModel):
    """A guest's firewall; a policy of None keeps what the guest has now."""

    enabled: bool = False
    input_policy: Policy | None = None
    output_policy: Policy | None = None
    rules: tuple[FirewallRule, ...] = ()


class SiteFirewall(FileModel):
    """The firewall of the whole site (Proxmox: datacenter)."""

    enabled: bool = False
    default_input_policy: Policy = "DROP"
    default_output_policy: Policy = "ACCEPT"
    global_firewall_rules: tuple[FirewallRule, ...] = ()
