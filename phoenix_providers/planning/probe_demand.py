"""Stacks that demand an answer after a sync: `x-phoenix: {probe: required}` in the compose file."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.models.stack import StackFolder
from phoenix_providers.planning.yaml_text import BrokenYamlError, load

_KEY, _REQUIRED = "x-phoenix", "required"


def demands_answer(folder: StackFolder) -> bool:
    """Return whether a route without answer is a failure for this stack; for others it is a warning."""
    if folder.compose is None or _KEY not in folder.compose:
        return False
    try:
        document = load(folder.compose)
    except BrokenYamlError:
        # Whoever plans the stack reports it.
        return False
    extension = document.get(_KEY) if isinstance(document, Mapping) else None
    return isinstance(extension, Mapping) and extension.get("probe") == _REQUIRED
