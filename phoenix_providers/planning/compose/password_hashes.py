"""Hashes of passwords in texts where a `$` begins a variable."""

from __future__ import annotations

import re

from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings

# The schemes of htpasswd and crypt; the `$` in front of them is not doubled.
_HASH = re.compile(r"(?<!\$)(?:\$\$)*\$(apr1|1|2[abxy]?|5|6|7|y|gy|sha1|argon2(?:id|i|d)|pbkdf2[\w-]*|scrypt)\$(?!\$)")


def hash_scheme(text: str) -> str:
    """Return the scheme of a hash whose `$` are not doubled, such as `apr1`; empty where there is none."""
    found = _HASH.search(text)
    return found[1] if found else ""


def report_hash(name: str, scheme: str, place: Location, findings: Findings, *, routes_only: bool) -> None:
    """Say that a hash would arrive in pieces, and never show it."""
    findings.error(
        f"{name} has a hash of a password, of which compose takes parts for variables: they would be empty",
        place,
        seen=f"${scheme}$… (not shown)",
        expected=f"every $ of it doubled: $${scheme}$$…",
        next_step=f"double every $ of the hash at {place}",
        routes_only=routes_only,
    )
