"""Which services run with a compose text that somebody else may have written, and how long they live."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from phoenix_providers.planning.compose.compose_reading import reading_of
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.health import ContainerState, Lifetime
from phoenix_providers.planning.stacks.lifetimes import lifetimes

# Otherwise each service is one container.
_COPIES = ("scale", "replicas")


def active_services(project: str, compose: str, env: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the services that compose starts, in the file's order; None if the text cannot be read."""
    read = reading_of(project, compose, env).compose
    if read is None:
        return None
    return tuple(name for name, service in read.services.items() if service.active)


def expected_lives(
    project: str, content: StackContent, containers: Sequence[ContainerState], ran: Collection[str] = ()
) -> Mapping[str, Lifetime]:
    """Return how long each service of a content lives, as far as these containers make that a question.

    Args:
        project: Its name.
        content: What was deployed.
        containers: All of the project.
        ran: Services that ran on after the deploy of this content.
    """
    plain = dict.fromkeys(content.services, Lifetime())
    if all(container.state == "running" for container in containers) and not _may_have_copies(content.compose):
        return plain
    read = content.read(project).compose
    declared = lifetimes(read) if read is not None else {}
    known = {name: declared.get(name, life) for name, life in plain.items()}
    return {name: replace(life, ran=name in ran) for name, life in known.items()}


def _may_have_copies(compose: str) -> bool:
    return any(word in compose for word in _COPIES)
