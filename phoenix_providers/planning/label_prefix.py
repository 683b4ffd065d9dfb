"""Which labels are Traefik's."""

from __future__ import annotations

PREFIX = "traefik."


def is_traefik_label(key: str) -> bool:
    """Whether Traefik reads the label at all."""
    return key.lower().startswith(PREFIX)
