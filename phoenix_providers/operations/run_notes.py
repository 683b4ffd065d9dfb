"""What one run notes on its way: resources of a process tell each other by it, and nothing of it outlives the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phoenix_providers.errors import PhoenixError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations.ownership_transfers import OwnershipTransfers
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.stacks.environment_names import EnvironmentNames

if TYPE_CHECKING:
    from phoenix_providers.operations.closed_products import ClosedProduct
    from phoenix_providers.operations.stacks.leaving.agent_ways import AgentWays
    from phoenix_providers.operations.stacks.new_images import NewImages
    from phoenix_providers.planning.firewall.question import FirewallQuestion
    from phoenix_providers.planning.stacks.content import StackContent
    from phoenix_providers.planning.stacks.leaving.arriving_stack import ArrivingStack
    from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
    from phoenix_providers.planning.stacks.leaving.removed import Removed

# Environment and project.
ProjectPlace = tuple[str, str]
# Name of the provider's class, and the place on Proxmox.
ResourcePlace = tuple[str, str]


@dataclass
class RunNotes:
    """The notes of one process.

    Attributes:
        ownership_transfers: What was adopted under a new name.
        environment_names: What environments are called at Portainer.
        whole_run: Whether the run is about everything, not about some targets.
        checked: Stacks of this run, by NAME@VMID.
        scoped_question: What a run for some targets asks of the firewall (see `scoped_firewall`).
        kept_out: What it found of that, by NAME@VMID.
        leaving: Stacks that leave in this run (see `making_room`).
        agent_ways: The ways to agents of environments that leave with these; None if none do.
        arriving: What takes their place, by NAME@VMID (see `successors`).
        departing: What worked last of those that leave, by NAME@VMID.
        removed: What made room in this run and is gone, by environment and project.
        returned: What was put back of it, in the same way.
        in_vain: Stacks that came in this run in the place of these and do not run, in the same way.
        failed: Stacks that were brought up in this run and do not run.
        withdrawn: Whether routes were taken out of the file before its time.
        unsaid: What the verdict found in a run that removes something; said behind the removals.
        declared_firewall: What this run makes of the firewall, as `look_ahead` asks for it, with the places of missing
            rules; empty until the gate knows.
        closed: Products that the firewall keeps out, by the name of the gate's check (see `closed_products`).
        looked_at: The products as the last look had them; none before it.
        not_ready: What that look has found, by the name of the gate's check.
        closed_connections: Names of those that the firewall keeps out once all of it is as declared.
        new_images: Stacks of this run whose images are others than before, by NAME@VMID (see `image_foresight`).
        refused_images: Why images of such stacks will not be had, as a preview has found it, by NAME@VMID.
        silent_engines: Who did not answer when a stack was looked at, by NAME@VMID.
        standing_judged: Whether this run has judged what stands in our files before the first one.
        unseen: Why one of our files in Traefik's directory could not be looked at before a first write, by its name.
        dns_warning: What was found of the last run's records, still to be told; None before anybody has asked.
        dns_told: The last warning of that kind that was told.
        of_one_run: Inputs that the state does not get, by provider and place (see `PhoenixProvider`).
        inputs_before: Inputs of the run before, in the same way.
        shown_before: Inputs of the run before, of all that have any, in the same way.
        shown_items: Names of inputs that are there to be shown and have changed, in the same way.
    """

    ownership_transfers: OwnershipTransfers = field(default_factory=OwnershipTransfers)
    environment_names: EnvironmentNames = field(default_factory=EnvironmentNames)
    whole_run: bool = False
    checked: set[str] = field(default_factory=set)
    scoped_question: FirewallQuestion | None = None
    kept_out: dict[str, str] = field(default_factory=dict)
    leaving: tuple[LeavingStack, ...] = ()
    agent_ways: AgentWays | None = None
    arriving: Mapping[str, ArrivingStack] = field(default_factory=dict)
    departing: Mapping[str, StackContent] = field(default_factory=dict)
    removed: dict[ProjectPlace, tuple[Removed, ...]] = field(default_factory=dict)
    returned: set[ProjectPlace] = field(default_factory=set)
    in_vain: set[ProjectPlace] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    withdrawn: bool = False
    unsaid: PhoenixError | None = None
    declared_firewall: FirewallQuestion | None = None
    closed: Mapping[str, ClosedProduct] = field(default_factory=dict)
    looked_at: ProductAddresses = field(default_factory=ProductAddresses)
    not_ready: Mapping[str, PhoenixError] = field(default_factory=dict)
    closed_connections: frozenset[str] = frozenset()
    new_images: dict[str, NewImages] = field(default_factory=dict)
    refused_images: Mapping[str, Sequence[str]] = field(default_factory=dict)
    silent_engines: dict[str, str] = field(default_factory=dict)
    standing_judged: bool = False
    unseen: dict[str, str] = field(default_factory=dict)
    dns_warning: str | None = None
    dns_told: str = ""
    of_one_run: dict[ResourcePlace, StoredProperties] = field(default_factory=dict)
    inputs_before: dict[ResourcePlace, StoredProperties] = field(default_factory=dict)
    shown_before: dict[ResourcePlace, StoredProperties] = field(default_factory=dict)
    shown_items: dict[ResourcePlace, Sequence[str]] = field(default_factory=dict)

    def has_looked_at(self, name: str, addresses: ProductAddresses) -> bool:
        """Whether a product, by the name of the gate's check, was asked where these addresses have it."""
        return name in self.looked_at.names and self.looked_at.of(name) == addresses.of(name)

    def staying(self) -> dict[str, tuple[str, ...]]:
        """Return the stacks that leave and have to stay for now, each with those in its place that do not run.

        Whoever cannot be reached counts as one of those. What made room and is gone keeps nothing: neither its routes
        nor its place in the state.
        """
        found = {
            one.name: self.failed & {*one.successors} | self.kept_out_of(one)
            for one in self.leaving
            if one.place not in self.removed
        }
        return {old: tuple(sorted(missing)) for old, missing in found.items() if missing}

    def kept_out_of(self, leaving: LeavingStack) -> set[str]:
        """Return what takes the place of one that leaves and could not be reached there: Traefik is kept out."""
        return {name for name, needed in leaving.back_ends.items() if self.closed_connections & {*needed}}

    def waited_for(self, name: str) -> tuple[str, ...]:
        """Return the stacks that stay for as long as the firewall keeps Traefik from this one."""
        leaving = {one.name: one for one in self.leaving}
        return tuple(old for old in self.staying() if name in self.kept_out_of(leaving[old]))
