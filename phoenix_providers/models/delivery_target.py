"""Where files are delivered to, as settings and site file name it."""

from __future__ import annotations


def delivery_target(value: object) -> object:
    """Validate a target: a directory, or one of the two forms over SSH."""
    if not isinstance(value, str):
        return value
    scheme, found, rest = value.partition("://")
    if found and (scheme not in ("ssh", "pct") or "/" not in rest):
        raise ValueError("expected a directory, ssh://user@host/dir, or pct://user@proxmox-host/CTID/dir")
    if found and ":" in rest.rpartition("@")[0]:
        raise ValueError("expected a target without a password, since everybody sees it; keys sign in")
    return value
