"""How a place on Proxmox gets back what it had, without cutting anybody off when our rules go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.planning.proxmox.firewall_options import POLICIES, option_defaults
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


def restored_options(
    scope: ProxmoxScope, found: StoredProperties, touched: Collection[str] | None = None
) -> OptionsWrite:
    """Return the options as they were found.

    A level that was on with a policy that drops is left off: the rules that let people in go right afterwards.

    Args:
        scope: The place.
        found: What was set there.
        touched: Which options we may have changed; None if that is not known. Switch and policies count in any case.
    """
    defaults = option_defaults(scope)
    names = [key for key in defaults if touched is None or key in touched or key in ("enable", *POLICIES)]
    values = {key: str(found[key]) for key in names if found.get(key) not in (None, "")}
    policies = [values.get(key, defaults[key]) for key in POLICIES]
    switched_off = values.get("enable", "0") != "0" and any(policy != _OPEN for policy in policies)
    if switched_off:
        values["enable"] = "0"
    return OptionsWrite(values, tuple(key for key in names if key not in values), switched_off)
