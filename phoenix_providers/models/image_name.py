"""The names of images."""

from __future__ import annotations

DOCKER_HUB = "docker.io"


def registry_of(image: str) -> str:
    """Return the host, with its port if it has one, from which an image comes; Docker's own rule."""
    host, slash, _ = image.partition("/")
    named = slash and ("." in host or ":" in host or host == "localhost")
    return host if named else DOCKER_HUB
