"""A private registry of images."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from phoenix_providers.models.base import FileModel, Name
from phoenix_providers.models.stack import SecretReference

_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?"


def _host(value: object) -> object:
    """Docker keeps one sign-in for a host, and finds it by the first part of an image's name."""
    if isinstance(value, str) and not re.fullmatch(_HOST, value):
        raise ValueError("expected a host as it begins the names of images, such as registry.example:5000 or ghcr.io")
    return value


class PrivateRegistry(FileModel):
    """A registry that wants a sign-in."""

    name: Name
    """Its name at Portainer."""
    url: Annotated[str, BeforeValidator(_host), WithJsonSchema({"type": "string", "pattern": f"^{_HOST}$"})]
    """Its host as it begins the names of images, such as registry.example:5000; docker.io for Docker Hub."""
    user: Name
    """Who signs in."""
    password: SecretReference
    """Password or access token, as {secret: NAME}."""
