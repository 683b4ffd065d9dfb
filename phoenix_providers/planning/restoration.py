"""How a place on Proxmox gets back what it had, without cutting anybody off when our rules go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.planning.firewall_options import option_defaults
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

_OPEN = "ACCEPT"


@dataclass(frozen=True)
class OptionsWrite:
    """One write of options: `values` are set, `unset` are removed.

    Attributes:
        switched_off: Whether the level was on when it was found, and is left off because its rules go.
    """

    values: Mapping[str, str]
    unset: tuple[str, ...]
    switched_off: bool = False


def restored_options(scope: ProxmoxScope, found: Mapping[str, Any]) -> OptionsWrite:
    """Return the options as they were found.

    A level that was on with a policy that drops is left off: the rules that let people in go right afterwards.
    """
    names = option_defaults(scope)
    values = {key: str(found[key]) for key in names if found.get(key) not in (None, "")}
    policies = [values.get(key, names[key]) for key in ("policy_in", "policy_out")]
    switched_off = values.get("enable", "0") != "0" and any(policy != _OPEN for policy in policies)
    if switched_off:
        values["enable"] = "0"
    return OptionsWrite(values, tuple(key for key in names if key not in values), switched_off)
