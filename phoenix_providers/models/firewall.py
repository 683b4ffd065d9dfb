"""Firewall parts of the configuration, as Proxmox names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import (
    AliasChoices,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict

from phoenix_providers.models.base import Name, NumberOrText, StrictModel
from phoenix_providers.models.firewall_names import Aliases, IpSet
from phoenix_providers.models.log_limit import full_log_limit

Policy = Literal["ACCEPT", "DROP", "REJECT"]
ForwardPolicy = Literal["ACCEPT", "DROP"]
LogLevel = Literal["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog"]


def _log_limit(value: object) -> object:
    return None if value is None else full_log_limit(value)


LogLimit = Annotated[str | None, BeforeValidator(_log_limit), WithJsonSchema({"type": ["string", "integer", "null"]})]
_POLICIES = get_args(Policy)
_GROUP_NAME: JsonDict = {"pattern": "^[a-z][a-z0-9_-]+$", "maxLength": 18}
_ACTION_BY_TYPE: JsonDict = {
    "if": {"properties": {"type": {"const": "group"}}, "required": ["type"]},
    "then": {"properties": {"action": _GROUP_NAME}, "required": ["action"]},
    "else": {"properties": {"action": {"enum": [*_POLICIES]}}},
}


# What a condition of a rule chooses from.
_EVERY: Mapping[str, str] = {
    "source": "source",
    "dest": "destination",
    "proto": "protocol",
    "port": "port",
    "dport": "port",
    "sport": "source port",
    "icmp-type": "kind of message",
    "icmp_type": "kind of message",
    "iface": "interface",
    "macro": "macro",
}


class FirewallRule(StrictModel):
    """One rule, with Proxmox's own words. What is left out makes it match more, so every key counts."""

    model_config = ConfigDict(json_schema_extra=_ACTION_BY_TYPE)

    other_words: ClassVar[Mapping[str, str]] = {
        "src": "source",
        "from": "source",
        "source_ip": "source",
        "dst": "dest",
        "to": "dest",
        "destination": "dest",
        "dest_ip": "dest",
        "protocol": "proto",
        "ports": "port",
        "source_port": "sport",
        "src_port": "sport",
        "dest_port": "port",
        "destination_port": "port",
        "dpt": "port",
        "direction": "type",
        "target": "action",
        "policy": "action",
        "interface": "iface",
        "device": "iface",
        "log_level": "log",
        "description": "comment",
        "icmp": "icmp-type",
        "icmpv6_type": "icmp-type",
        "disabled": "enabled: false",
        "disable": "enabled: false",
    }

    idle: ClassVar[frozenset[str]] = frozenset({"pos", "digest", "ipversion"})
    may_be_blank: ClassVar[frozenset[str]] = frozenset({"comment", "log"})
    conditions: ClassVar[frozenset[str]] = frozenset(_EVERY)
    without: ClassVar[Mapping[str, str]] = {
        "type": "the rule is for what comes in",
        "action": "the rule accepts",
        "macro": "the rule is for all that its other keys leave",
        "enabled": "the rule counts",
        "enable": "the rule counts",
        **{key: f"the rule is for every {what}" for key, what in _EVERY.items() if key != "macro"},
    }
    beside: ClassVar[frozenset[str]] = frozenset({"type", "comment", "log", "enabled", "enable"})
    entry: ClassVar[str] = "a rule"

    type: Literal["in", "out", "forward", "group"] = "in"
    """Direction, seen from the guest or the host (guests know no `forward`); `group` brings in a security group."""
    action: str = Field(default="ACCEPT", validate_default=True)
    """What happens to what matches: ACCEPT, DROP or REJECT; with `type: group` the name of the security group."""
    source: str | None = None
    """Addresses it comes from: IP, network, range, alias or +set; several with commas."""
    dest: str | None = None
    """Addresses it goes to, written like `source`."""
    proto: str | None = None
    """Protocol such as tcp, udp or icmp; a port needs one."""
    port: NumberOrText | None = Field(default=None, validation_alias=AliasChoices("port", "dport"))
    """Destination port: "22", "80,443" or "8000:8010"."""
    sport: NumberOrText | None = None
    """Source port, written like `port`; clients choose theirs freely, so it is rarely what is meant."""
    icmp_type: str | None = Field(default=None, validation_alias=AliasChoices("icmp-type", "icmp_type"))
    """Kind of message, such as echo-request; needs proto icmp or icmpv6, and no port."""
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

    @field_validator("action")
    @classmethod
    def _of_its_type(cls, action: str, info: ValidationInfo) -> str:
        group = info.data.get("type") == "group"
        if group and action in _POLICIES:
            raise ValueError("expected the name of a security group, since the type is group")
        if not group and action not in _POLICIES:
            raise ValueError("expected one of 'ACCEPT', 'DROP' or 'REJECT'")
        return action

    @model_validator(mode="before")
    @classmethod
    def _said_once(cls, data: object) -> object:
        for one, other in (("port", "dport"), ("enabled", "enable"), ("icmp-type", "icmp_type")):
            if isinstance(data, Mapping) and one in data and other in data:
                raise ValueError(f"expected `{one}` or `{other}`, not both")
        return data


class GuestFirewall(StrictModel):
    """A guest's firewall."""

    other_words: ClassVar[Mapping[str, str]] = {
        "policy_in": "input_policy",
        "default_input_policy": "input_policy",
        "policy_out": "output_policy",
        "default_output_policy": "output_policy",
        "log_level_in": "input_log_level",
        "log_level_out": "output_log_level",
        "firewall_rules": "rules",
    }
    without: ClassVar[Mapping[str, str]] = {
        "enabled": "rules switch the firewall on, and without rules it stays as it is",
        **dict.fromkeys(
            (
                *("input_policy", "output_policy", "input_log_level", "output_log_level"),
                *("dhcp", "ndp", "radv", "macfilter", "ipfilter"),
            ),
            "the guest keeps what it has",
        ),
    }

    enabled: bool = False
    """Whether the guest's rules count; needs `firewall=1` on its network device in Proxmox."""
    input_policy: Policy | None = None
    """What happens to incoming traffic that no rule matches; without it the guest keeps what it has."""
    output_policy: Policy | None = None
    """The same for outgoing traffic."""
    input_log_level: LogLevel | None = None
    """From which level on incoming traffic is logged; like all below, without it the guest keeps what it has."""
    output_log_level: LogLevel | None = None
    """The same for outgoing traffic."""
    dhcp: bool | None = None
    """Whether DHCP passes; false blocks it, also where an address is only reserved."""
    ndp: bool | None = None
    """Whether neighbour discovery of IPv6 passes."""
    radv: bool | None = None
    """Whether the guest may announce itself as a router of IPv6."""
    macfilter: bool | None = None
    """Whether it may send from its own MAC address only."""
    ipfilter: bool | None = None
    """Whether it may send from its own addresses only."""
    rules: tuple[FirewallRule, ...] = ()
    """The guest's rules; the first that matches counts."""


class SecurityGroup(StrictModel):
    """Rules with a name; a rule of type `group` brings them in where it stands."""

    other_words: ClassVar[Mapping[str, str]] = {"firewall_rules": "rules", "description": "comment"}
    idle: ClassVar[frozenset[str]] = frozenset({"digest"})
    entry: ClassVar[str] = "its rules (`rules: []` for a group that has none)"

    rules: tuple[FirewallRule, ...] = ()
    """The rules, without groups and interfaces; the first that matches counts."""
    comment: str | None = None
    """What it is for; shown by Proxmox."""


class SiteFirewall(StrictModel):
    """The firewall of the whole site (Proxmox: datacenter)."""

    other_words: ClassVar[Mapping[str, str]] = {
        "policy_in": "default_input_policy",
        "input_policy": "default_input_policy",
        "policy_out": "default_output_policy",
        "output_policy": "default_output_policy",
        "policy_forward": "default_forward_policy",
        "forward_policy": "default_forward_policy",
        "rules": "global_firewall_rules",
        "ipset": "ip_sets",
        "ipsets": "ip_sets",
        "group": "security_groups",
        "groups": "security_groups",
        "alias": "aliases",
    }
    without: ClassVar[Mapping[str, str]] = {
        "default_input_policy": "it is DROP while the firewall is on",
        "default_output_policy": "it is ACCEPT while the firewall is on",
        **dict.fromkeys(("enabled", "default_forward_policy", "ebtables", "log_ratelimit"), "it stays as it is"),
    }

    enabled: bool = False
    """The main switch: while it is off, no rule counts anywhere. Without this line it stays as it is."""
    default_input_policy: Policy = "DROP"
    """What happens to traffic to the Proxmox host that no rule matches."""
    default_output_policy: Policy = "ACCEPT"
    """What happens to traffic from the Proxmox host that no rule matches."""
    default_forward_policy: ForwardPolicy | None = None
    """What happens to traffic that the host routes (nftables only); like all below, without it it stays as it is."""
    ebtables: bool | None = None
    """Whether frames are filtered too."""
    log_ratelimit: LogLimit = None
    """How much is logged at most: enable=1,burst=5,rate=1/second."""
    global_firewall_rules: tuple[FirewallRule, ...] = ()
    """The datacenter's rules; the first that matches counts."""
    aliases: Aliases = Field(default_factory=dict)
    """Names for addresses and networks, for `source` and `dest` of rules; the address alone will do."""
    ip_sets: Mapping[Name, IpSet] = {}
    """Names for several of them; rules write `+NAME`."""
    security_groups: Mapping[Name, SecurityGroup] = {}
    """Rules with a name, for rules of `type: group`."""
