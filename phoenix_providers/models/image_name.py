"""The names of images."""

from __future__ import annotations

DOCKER_HUB = "docker.io"


def registry_of(image: str) -> str:
    """Return the host, with its port if it has one, from which an image comes; Docker's own rule."""
    host, slash, _ = image.partition("/")
    named = slash and ("." in host or ":" in host or host == "localhost")
    return host if named else DOCKER_HUB


def familiar_name(image: str) -> str:
    """Return a name as Docker lists it: without the usual registry, with a tag or else a digest."""
    name = image.removeprefix(f"{DOCKER_HUB}/").removeprefix("library/")
    _, at, digest = name.partition("@")
    if at:
        return f"{repository_of(name)}@{digest}"
    return name if repository_of(name) != name else f"{name}:latest"


def repository_of(image: str) -> str:
    """Return the name without tag and digest."""
    name = image.partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return head if colon and "/" not in tag else name
