"""Which services run with a compose text that somebody else may have written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose import read_compose
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.variables import with_project


def active_services(project: str, compose: str, env: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the services that compose starts, in the file's order; None if the text cannot be read."""
    read = read_compose(compose, with_project(env, project), _place, Findings(project))
    if read is None:
        return None
    return tuple(name for name, service in read.services.items() if service.active)


def _place(*path: Any) -> Location:
    return Location(Path("the text at Portainer"), None, ".".join(map(str, path)))
