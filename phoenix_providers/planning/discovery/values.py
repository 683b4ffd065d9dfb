"""Variables of a stack at Portainer, whose texts compose reads before any container gets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_providers.planning.compose.dotenv import decode, has_references
from phoenix_providers.planning.discovery.not_carried import NotCarried

# What stands at Portainer for "no values".
_NO_VALUES = "PHOENIX_SYNC_NO_VALUES"


@dataclass(frozen=True)
class DiscoveredValues:
    """Values as compose reads them.

    Attributes:
        otherwise: Names of those whose text at Portainer is another one than the containers have.
        open: Names of those into which compose puts others; nobody but the containers knows the outcome.
    """

    values: Mapping[str, str]
    otherwise: frozenset[str]
    open: tuple[str, ...]


def discovered_values(variables: Mapping[str, str]) -> DiscoveredValues:
    """Return what containers have of the texts at Portainer."""
    texts = {name: text for name, text in variables.items() if name != _NO_VALUES}
    values = {name: decode(text) for name, text in texts.items()}
    return DiscoveredValues(
        values,
        frozenset(name for name, text in texts.items() if values[name] != text or has_references(text)),
        tuple(name for name, text in texts.items() if has_references(text)),
    )


def open_values(names: tuple[str, ...], project: str, vm_name: str) -> NotCarried:
    """Name variables whose values are not known, and never a value."""
    return NotCarried(
        f"{', '.join(names)} of {project}",
        "compose puts other variables in where `$` stands at Portainer, and only the containers show the outcome; "
        "a value in phoenix.yaml has nothing there",
        f"set what the containers have; {shown_by(project, vm_name)}",
    )


def shown_by(project: str, vm_name: str) -> str:
    """Return the command that shows a user what the containers of a project have."""
    shown = "{{range .Config.Env}}{{println .}}{{end}}"
    listed = f"docker ps -aq --filter label=com.docker.compose.project={project}"
    return f"on {vm_name}: docker inspect --format '{shown}' $({listed})"
