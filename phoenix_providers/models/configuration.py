"""The whole configuration as it was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from phoenix_providers.models.guest import Container, Guest, VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.models.problem import Problem
from phoenix_providers.models.settings import Settings
from phoenix_providers.models.site import SiteFile
from phoenix_providers.models.stack import StackFolder


@dataclass(frozen=True)
class Configuration:
    """Files and settings together.

    Attributes:
        old_spelling: Whether the files are those of an existing Phoenix installation.
        vms: In file order, templates left out.
        lxcs: In file order.
        guest_names: Name of every guest in the files by its number, templates and invalid ones too.
        guests_complete: Whether both files with guests are there and could be read.
        stacks: Every folder in `stacks/`, by name, sorted, listed on a VM or not.
        problems: What the loader found; planning adds its own.
        locate: Gives the place of a path of keys, for example `locate("vms", "vms", 0, "network_config", "ip")`.
            The first word names the file: "site", "vms", "lxcs", "stacks/NAME" (the manifest) or
            "stacks/NAME/compose". A path that is not in the file gives the nearest parent's place. For a guest,
            begin with `*guest.declared_at`.
    """

    folder: Path
    settings: Settings
    site: SiteFile
    vms: tuple[VirtualMachine, ...]
    lxcs: tuple[Container, ...]
    guest_names: Mapping[int, str]
    guests_complete: bool
    stacks: Mapping[str, StackFolder]
    old_spelling: bool
    problems: tuple[Problem, ...]
    locate: Callable[..., Location]

    @cached_property
    def environments_named(self) -> Mapping[str, tuple[str, ...]]:
        """The manifest's environments that VMs name for each stack, in file order."""
        found: dict[str, tuple[str, ...]] = {}
        for vm in self.vms:
            for reference in vm.docker_stacks:
                if reference.environment:
                    found[reference.name] = (*found.get(reference.name, ()), reference.environment)
        return found

    @property
    def guests(self) -> tuple[Guest, ...]:
        """All guests, containers first, each kind in file order (the order in which records are derived)."""
        return (*self.lxcs, *self.vms)
