"""A stack on its own, before it is compared with the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phoenix_providers.models.guest import StackReference, VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall.rules.declared_rules import DeclaredRule
from phoenix_providers.planning.routes.service_labels import LabelPlaces
from phoenix_providers.planning.stacks.taken_ports import TakenPort


@dataclass(frozen=True)
class DerivedStack:
    """A stack on its own, before it is compared with the others.

    Attributes:
        place: Where the VM names it.
        unsettled_routes: Routes as its labels name them; other stacks may want the same names.
        images: Images of its services that run.
        rules_known: Whether these are all; not so where the manifest or one of its rules cannot be read.
        places: Where the labels of these routes stand.
        ports: What it takes on its VM.
        containers: The `container_name` of each service that has one.
        find_container: Finds where the `container_name` of a service stands.
        held: As in the plan.
        findings: Problems so far; whoever compares stacks adds to them.
    """

    reference: StackReference
    vm: VirtualMachine
    place: Location
    environment: str
    project: str
    compose: str | None
    variables: Mapping[str, str | SecretReference]
    unsettled_routes: DynamicConfiguration
    places: LabelPlaces
    bootstrap: str
    rules: tuple[DeclaredRule, ...]
    rules_known: bool
    services: tuple[str, ...]
    ports: tuple[TakenPort, ...]
    containers: Mapping[str, str]
    find_container: Callable[[str], Location]
    images: tuple[str, ...]
    limits: Mapping[str, float | str]
    held: str
    findings: Findings

    @property
    def resource_name(self) -> str:
        """Name in Pulumi and on the command line."""
        return f"{self.reference.name}@{self.vm.vmid}"
