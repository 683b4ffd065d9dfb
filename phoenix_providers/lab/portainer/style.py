"""The kinds of Portainer servers that there are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from phoenix_providers.lab.docker.project import LAST_WITH_ALL_DEPENDENTS, NEWEST_COMPOSE


@dataclass(frozen=True)
class Style:
    """How one line of releases differs from the other.

    Attributes:
        asynchronous: Create and update answer at once and deploy in the background.
        setup_token: The first administrator needs a token from the server's log.
        prune: An update with `prune` removes services that the file no longer has.
        repull_recreates: `repullImageAndRedeploy` is honoured, and recreates containers.
        strict_creation_type: Only the environment types 1 to 5 are taken.
        old_create_route: `POST /api/stacks?type=2&method=string` still works.
        names_per_environment: Only the own environment's records hold a stack name.
        lists_passwords: The list of registries shows their passwords.
        panics_without_registry: Deleting a registry that is gone cuts the connection.
        compose: Version of the compose that it has.
    """

    name: str
    version: str
    asynchronous: bool
    setup_token: bool
    prune: bool
    repull_recreates: bool
    strict_creation_type: bool
    old_create_route: bool
    names_per_environment: bool
    lists_passwords: bool = False
    panics_without_registry: bool = False
    compose: str = NEWEST_COMPOSE


# 2.33.5 is the last blocking long-term release before `repullImageAndRedeploy` (2.36) changed what was measured, and
# the first of its line that talks to a current Docker engine.
BLOCKING = Style(
    "blocking",
    "2.33.5",
    asynchronous=False,
    setup_token=False,
    prune=False,
    repull_recreates=False,
    strict_creation_type=False,
    old_create_route=True,
    names_per_environment=False,
)
# As measured; when each of the two was mended is not known, 2.27.6 lists no passwords.
EARLY = replace(
    BLOCKING,
    name="early",
    version="2.23.0",
    lists_passwords=True,
    panics_without_registry=True,
    compose=LAST_WITH_ALL_DEPENDENTS,
)
ASYNCHRONOUS = Style(
    "async",
    "2.45.0",
    asynchronous=True,
    setup_token=True,
    prune=True,
    repull_recreates=True,
    strict_creation_type=True,
    old_create_route=False,
    names_per_environment=True,
)


def style_named(name: str) -> Style:
    """Return the style that a lab site names."""
    for style in (EARLY, BLOCKING, ASYNCHRONOUS):
        if style.name == name:
            return style
    raise ValueError(f"no such Portainer style: {name!r} (known: early, blocking, async)")
