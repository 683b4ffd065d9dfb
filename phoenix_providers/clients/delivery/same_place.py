"""Telling two ways to one directory from two directories."""

from __future__ import annotations

import secrets

from phoenix_providers.clients.delivery.target import Delivery

# Not of a kind that Traefik loads.
_MARK = "phoenix-same-place"


def leads_to_same_place(one: Delivery, other: Delivery) -> bool:
    """Whether what one way puts somewhere is found by the other: a path and an `ssh://` of it, for example."""
    token = secrets.token_hex()
    one.write(_MARK, token)
    try:
        return other.read(_MARK) == token
    finally:
        one.remove(_MARK)
