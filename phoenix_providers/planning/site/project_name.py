"""The name of a site's Pulumi project."""

from __future__ import annotations

import re

# What Pulumi takes: up to 100 letters, digits, `-`, `_` and `.`.
_OTHERS = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST = 100
_FALLBACK = "phoenix"


def project_name(folder: str) -> str:
    """Derive it from the name of the site's folder, so that two sites on one backend are two projects."""
    return _OTHERS.sub("-", folder)[:_LONGEST].strip("-.") or _FALLBACK
