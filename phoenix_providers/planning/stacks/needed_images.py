"""The images that a stack runs, and what is said of one that is missing."""

from __future__ import annotations

from phoenix_providers.planning.compose.compose_file import Compose

ALWAYS, NEVER = "always", "never"
_DEFAULT_POLICY = "missing"


def needed_images(compose: Compose) -> dict[str, str]:
    """Return the pull policy of each image that an active service has."""
    return {
        service.image: str(compose.model["services"][name].get("pull_policy") or _DEFAULT_POLICY)
        for name, service in compose.services.items()
        if service.active and service.image
    }


def not_fetched(image: str, why: str) -> str:
    """Say that nobody gives an image."""
    return f"the image {image} cannot be pulled: {why}"


def never_fetched(image: str) -> str:
    """Say that an image is missing which may not be fetched."""
    return f"the image {image} is not there, and pull_policy is never"
