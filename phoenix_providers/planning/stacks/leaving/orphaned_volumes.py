"""Volumes of stacks of ours that are gone: what a rename, a move or a removal has left behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.names import normalised


def environments_in_use(configuration: Configuration) -> frozenset[str]:
    """Return the environments of manifests that anybody runs, or could run."""
    found = {configuration.settings.environment}
    found |= {one.environment for vm in configuration.vms for one in vm.docker_stacks if one.environment}
    found |= {name for folder in configuration.stacks.values() for name in folder.manifest.environments}
    return frozenset(found)


def orphaned(
    volumes: Iterable[tuple[str, str]], present: Collection[str], environments: Collection[str]
) -> tuple[str, ...]:
    """Return the names of those that belonged to a stack of ours; its project was NAME-ENV.

    Args:
        volumes: All volumes of an engine, as (name, project); the project is empty where compose did not make it.
        present: Projects that are declared there, or that Portainer has there.
        environments: Environments of manifests.
    """
    ends = tuple(f"-{normalised(name)}" for name in environments)
    return tuple(sorted(name for name, project in volumes if project not in present and project.endswith(ends)))
