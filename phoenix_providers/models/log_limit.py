"""`log_ratelimit`, which Proxmox keeps as one text: `enable=1,burst=5,rate=1/second`, in any order, or `1` alone."""

from __future__ import annotations

import re

_DEFAULTS = {"burst": "5", "rate": "1/second"}
_SWITCH = {"1": "1", "on": "1", "yes": "1", "true": "1", "0": "0", "off": "0", "no": "0", "false": "0"}
_RATE = re.compile(r"[1-9][0-9]*/(second|minute|hour|day)")
_FORM = "expected a text like enable=1,burst=5,rate=1/second (rate: per second, minute, hour or day)"


def full_log_limit(value: object) -> str:
    """Return all three parts in a fixed order, those that are left out as Proxmox takes them.

    Raises:
        ValueError: Proxmox would refuse it.
    """
    parts: dict[str, str] = {}
    for place, part in enumerate(str(value).strip().split(",")):
        name, equals, content = part.strip().partition("=")
        if not equals and place == 0:
            name, content = "enable", name
        if name in parts or name not in ("enable", *_DEFAULTS):
            raise ValueError(_FORM)
        parts[name] = content.strip()
    switch = _SWITCH.get(parts.get("enable", "").lower())
    found = {**_DEFAULTS, **parts}
    if switch is None or not found["burst"].isdecimal() or not _RATE.fullmatch(found["rate"]):
        raise ValueError(_FORM)
    return f"enable={switch},burst={int(found['burst'])},rate={found['rate']}"
