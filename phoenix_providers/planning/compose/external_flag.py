"""Whether a definition of a compose file says that somebody else makes it."""

from __future__ import annotations

from phoenix_providers.models.compose_records import ComposeNode

_FALSE = frozenset({"", "0", "f", "false", "n", "no", "off"})


def is_external(definition: ComposeNode) -> bool:
    """Read `external`, whose variables are replaced: a word, or in its older form a map with the name."""
    value = definition.get("external", False)
    return bool(value) if not isinstance(value, str) else value.lower() not in _FALSE
