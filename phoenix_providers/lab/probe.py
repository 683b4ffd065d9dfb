"""Asking through Traefik, as a browser would, and reading who answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

_SECONDS = 5


@dataclass(frozen=True)
class Reply:
    """An answer; `identity` is what a back end of the lab says of itself, empty for anything else."""

    status: int
    identity: Mapping[str, Any]
    location: str


def ask(traefik_url: str, host: str, path: str = "/") -> Reply:
    """Send one GET through Traefik's entry point, with the routed name in the Host header.

    Status 0 means that no answer came.
    """
    try:
        response = requests.get(f"{traefik_url}{path}", headers={"Host": host}, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException:
        return Reply(0, {}, "")
    try:
        identity = response.json()
    except ValueError:
        identity = {}
    if isinstance(identity, dict) and "InstanceID" in identity:
        # The status of a Portainer; its server says nothing else without signing in.
        identity = {"Portainer": True}
    return Reply(
        response.status_code, identity if isinstance(identity, dict) else {}, response.headers.get("Location", "")
    )
