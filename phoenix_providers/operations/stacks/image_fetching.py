"""Fetching the images of a stack before it is sent, so that the deploy cannot fail for want of them."""

from __future__ import annotations

from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.errors import AmbiguousWriteError, ProductError, UnreachableError
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.stacks.needed_images import ALWAYS, NEVER, needed_images, never_fetched, not_fetched

# How long a registry that failed in an earlier run may take to begin an answer.
_SOON_SECONDS = 5.0


class ImageFetching:
    """Those of one environment's engine."""

    def __init__(self, docker: DockerProxy, seconds: float) -> None:
        self._docker = docker
        self._seconds = seconds

    def fetch(self, compose: Compose, recorded: str) -> tuple[str, ...]:
        """Fetch what is missing, and return why some is missing still, each reason once.

        Args:
            compose: The file.
            recorded: Why it failed in an earlier run, if it did. Then the registry is given a short time to begin an
                answer, and the reason stands if it does not: an engine may try for a minute to reach one.
        """
        found = (self._missing(image, policy, recorded) for image, policy in needed_images(compose).items())
        return tuple(dict.fromkeys(filter(None, found)))

    def _missing(self, image: str, policy: str, recorded: str) -> str:
        if policy != ALWAYS and self._docker.has_image(image):
            return ""
        if policy == NEVER:
            return never_fetched(image)
        try:
            if recorded:
                self._pull_if_soon(image)
            else:
                self._docker.pull(image, self._seconds)
        except UnreachableError:
            raise
        except AmbiguousWriteError as error:
            if self._docker.has_image(image):
                return ""
            return recorded or f"the image {image} was not pulled: {error.explanation.seen}"
        except ProductError as error:
            return not_fetched(image, error.explanation.seen)
        return ""

    def _pull_if_soon(self, image: str) -> None:
        try:
            self._docker.pull(image, _SOON_SECONDS)
        except AmbiguousWriteError as error:
            if not error.began:
                raise
            # The registry answers again, and only the image is large.
            self._docker.pull(image, self._seconds)
