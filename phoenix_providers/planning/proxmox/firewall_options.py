"""Options of the firewall: what Proxmox does where one is not set, what the files say, and what has to be written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phoenix_providers.models.log_limit import full_log_limit

if TYPE_CHECKING:
    from phoenix_providers.models.base import FileModel
    from phoenix_providers.models.proxmox_records import OptionsRecord
    from phoenix_providers.planning.proxmox_scope import ProxmoxScope

POLICIES = ("policy_in", "policy_out")


@dataclass(frozen=True)
class FirewallOption:
    """One option, said once.

    Attributes:
        api: Proxmox's word.
        file: What the files call it.
        default: As Proxmox behaves where it is not set.
        decides: Whether it decides on connections.
        is_text: Whether its value is a word, or else a switch.
    """

    api: str
    file: str
    default: str
    decides: bool = False
    is_text: bool = False


_SITE_OPTIONS = (
    FirewallOption("enable", "enabled", "0", decides=True),
    FirewallOption("ebtables", "ebtables", "1"),
    FirewallOption("log_ratelimit", "log_ratelimit", full_log_limit("1"), is_text=True),
    FirewallOption("policy_in", "default_input_policy", "DROP", decides=True, is_text=True),
    FirewallOption("policy_out", "default_output_policy", "ACCEPT", decides=True, is_text=True),
    FirewallOption("policy_forward", "default_forward_policy", "ACCEPT", decides=True, is_text=True),
)
_GUEST_OPTIONS = (
    FirewallOption("enable", "enabled", "0", decides=True),
    # Proxmox's documentation says 0, but only a 0 that is set blocks anything.
    FirewallOption("dhcp", "dhcp", "1"),
    FirewallOption("ipfilter", "ipfilter", "0"),
    FirewallOption("log_level_in", "input_log_level", "nolog", is_text=True),
    FirewallOption("log_level_out", "output_log_level", "nolog", is_text=True),
    FirewallOption("macfilter", "macfilter", "1"),
    FirewallOption("ndp", "ndp", "1"),
    FirewallOption("policy_in", "input_policy", "DROP", decides=True, is_text=True),
    FirewallOption("policy_out", "output_policy", "ACCEPT", decides=True, is_text=True),
    FirewallOption("radv", "radv", "0"),
)
# By Proxmox's word: what the site's and the guests' files call it.
SITE_WORDS = {one.api: one.file for one in _SITE_OPTIONS}
GUEST_WORDS = {one.api: one.file for one in _GUEST_OPTIONS}
_SITE_DEFAULTS = {one.api: one.default for one in _SITE_OPTIONS}
_GUEST_DEFAULTS = {one.api: one.default for one in _GUEST_OPTIONS}
# The same for the datacenter and for guests.
POLICY_DEFAULTS = {key: _GUEST_DEFAULTS[key] for key in POLICIES}
# What decides on connections.
DECIDING = tuple(one.api for one in _SITE_OPTIONS if one.decides)
# What a stack that nobody can read may need as it is, as the files call it, and as Proxmox does.
SWITCHES = {one.file: one.api for one in _GUEST_OPTIONS if one.decides}
# What stays as it is when its line leaves the files: Proxmox's own defaults would open, or cut off.
_STAYING = ("enable", *POLICIES)
_TEXTS = frozenset(one.api for one in (*_SITE_OPTIONS, *_GUEST_OPTIONS) if one.is_text)


@dataclass(frozen=True)
class OptionsChange:
    """One write of options: `values` are set, `unset` are removed."""

    values: Mapping[str, str]
    unset: tuple[str, ...] = ()


def file_words(scope: ProxmoxScope) -> Mapping[str, str]:
    """Return what the files call each option of a place; nodes have none that are ours."""
    return {"cluster": SITE_WORDS, "node": {}}.get(scope.kind, GUEST_WORDS)


def option_defaults(scope: ProxmoxScope) -> Mapping[str, str]:
    """Return what is in force where an option is not set, for every option that the files can say."""
    return {"cluster": _SITE_DEFAULTS, "node": {}}.get(scope.kind, _GUEST_DEFAULTS)


def said_options(section: FileModel, words: Mapping[str, str]) -> dict[str, str]:
    """Return what a section of the files says of options, in Proxmox's words; what it leaves out is left out."""
    said = ((key, getattr(section, field)) for key, field in words.items() if field in section.model_fields_set)
    return {key: _in_full(key, option_text(value)) for key, value in said if value is not None}


def as_said(key: str, value: str) -> str | bool:
    """Return an option's value as the files say it."""
    return value if key in _TEXTS else value != "0"


def option_text(value: object) -> str:
    """Return a value of the API or of a file as a text; empty where there is none."""
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value).strip()


def in_force(scope: ProxmoxScope, key: str, options: OptionsRecord) -> str:
    """Return what counts."""
    return _in_full(key, option_text(options.get(key)) or option_defaults(scope).get(key, ""))


def options_as_wished(
    scope: ProxmoxScope, live: OptionsRecord, wished: Mapping[str, str], left_open: Collection[str]
) -> dict[str, str]:
    """Return the wished options as Proxmox has them; one that is not there is left out.

    Args:
        scope: The place.
        live: What is set there.
        wished: What shall be.
        left_open: Which of these no file says: they may be unset where that comes to the same.
    """
    found = {}
    for key, value in wished.items():
        text = option_text(live.get(key))
        if text or (key in left_open and in_force(scope, key, live) == value):
            found[key] = value if not text or _in_full(key, text) == value else text
    return found


def options_change(
    scope: ProxmoxScope,
    live: OptionsRecord,
    wished: Mapping[str, str],
    left_open: Collection[str],
    before: Collection[str] = (),
) -> OptionsChange:
    """Return what has to be written; what nobody wishes, nor wished `before`, is left alone."""
    now = options_as_wished(scope, live, wished, left_open)
    values = {key: value for key, value in wished.items() if now.get(key) != value}
    gone = (key for key in before if key not in wished and key not in _STAYING)
    return OptionsChange(values, tuple(key for key in gone if option_text(live.get(key))))


def lost_options(scope: ProxmoxScope, live: OptionsRecord, wished: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Give what somebody has chosen and would change: its name, what it is and what it would become."""
    for key, value in wished.items():
        now = chosen(scope, key, live)
        if now and not comes_to_the_same(key, now, value):
            yield key, now, value


def chosen(scope: ProxmoxScope, key: str, live: OptionsRecord) -> str:
    """Return an option that somebody has set to something else than what counts anyhow; else nothing.

    A policy counts as chosen when it is set, or in force, since ours may be another one than Proxmox's own.
    """
    value, default = option_text(live.get(key)), option_defaults(scope)[key]
    if key in POLICIES:
        is_on = option_text(live.get("enable")) not in ("", "0")
        return value or (default if is_on else "")
    return "" if not value or comes_to_the_same(key, value, default) else value


def _in_full(key: str, value: str) -> str:
    if key != "log_ratelimit" or not value:
        return value
    try:
        return full_log_limit(value)
    except ValueError:
        return value


def comes_to_the_same(key: str, one: str, other: str) -> bool:
    """Compare two values; the switch of the datacenter may be a time stamp."""
    if key == "enable":
        return (one == "0") == (other == "0")
    return _in_full(key, one) == _in_full(key, other)
