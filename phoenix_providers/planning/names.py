"""Names: how Portainer changes them, and which ones nobody can hold."""

from __future__ import annotations

import re

_DROPPED = re.compile(r"[^a-z0-9_-]")
_HOST_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_HOST = 253
_LONGEST_PORT = 5


def normalised(name: str) -> str:
    """Return a stack's name as Portainer stores it: lower case, only `a-z`, `0-9`, `-` and `_`."""
    return _DROPPED.sub("", name.lower())


def project_of(folder: str, environment: str, named: str | None) -> str:
    """Return a stack's name at Portainer: the one that its manifest says, else NAME-ENVIRONMENT."""
    return named or normalised(f"{folder}-{environment}")


def project_problem(project: str) -> str:
    """Say why Portainer cannot hold a stack of this (normalised) name; empty when it can."""
    if not project:
        return "nothing of the name is left after Portainer has dropped what it does not take"
    if project[0] in "-_":
        return f"the name becomes {project!r}, and compose takes none that starts with {project[0]!r}"
    return ""


def without_space(name: str) -> str:
    """Return an environment's name without any white space."""
    return "".join(name.split())


def qualified(name: str, domain: str) -> str | None:
    """Return the full lower-case host name under the domain; None for a name of another domain.

    A name without a dot is taken as one of the domain's.
    """
    host, domain = name.lower().rstrip("."), domain.lower().rstrip(".")
    if host == domain or host.endswith(f".{domain}"):
        return host
    return None if "." in host else f"{host}.{domain}"


def is_host_name(name: str) -> bool:
    """Whether a hosts file and a browser can hold the (lower-case) name."""
    return len(name) <= _LONGEST_HOST and all(_HOST_LABEL.fullmatch(label) for label in name.split("."))


def is_port_number(text: str) -> bool:
    """Whether a text can be a port; that it is short comes first, since Python refuses to read very long numbers."""
    return len(text) <= _LONGEST_PORT and text.isascii() and text.isdecimal()
