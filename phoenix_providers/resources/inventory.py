"""What is ours, by name: the first resource, on which everything depends.

Its `check` is the one place that sees what was declared before beside what is declared now, in preview too.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult

from phoenix_providers.errors import UnsafeError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.proxmox.guest_resources import firewall_names
from phoenix_providers.planning.safety import (
    ALLOW_DELETE_VARIABLE,
    Refusal,
    StackIdentity,
    mass_deletion,
    moved_stacks,
)
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.leaving.arriving_stack import ArrivingStack
from phoenix_providers.planning.stacks.leaving.leaving_environments import LeavingEnvironment
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
from phoenix_providers.resources.engine_values import to_engine
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    DiffResult,
    Properties,
    differs,
    has_unknown,
    known_part,
    unless_unknown,
    without_provider_key,
)
from phoenix_providers.resources.shown_items import item
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

_KINDS = ("stacks", "environments", "registries", "records", "firewall names")
_LATER = "firewall names"
SITE_ID = "site_id"


class InventoryProvider(StateOnlyProvider):
    """Refuses what would delete by accident; does nothing else."""

    own_id = "inventory"
    # Names are stored twice: an older version that refreshes this state keeps but outputs, and would let all go.
    stored_once = ("threshold", "allowed", "renamed", "leaving")
    unshown = ("stacks", "environments", "records", "leaving")

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Compare the names with those of the last run."""
        from phoenix_providers.operations.proxmox.guest_lookup import refuse_absent_inputs

        # Called in every run that is not for one target, and before everything else.
        notes = clients_of_run.current().notes
        notes.whole_run = True
        leaving = unless_unknown(news.get("leaving"), None) or ()
        notes.leaving = tuple(LeavingStack.from_input(one) for one in leaving if not has_unknown(one))
        inputs = without_provider_key(
            {SITE_ID: olds[SITE_ID]} if SITE_ID in (olds or {}) else {}
        ) | without_provider_key(news)
        agents = unless_unknown(inputs.pop("agents", None), None) or ()
        if agents := [LeavingEnvironment.from_input(one) for one in agents if not has_unknown(one)]:
            from phoenix_providers.operations.stacks.leaving.agent_ways import AgentWays

            notes.agent_ways = AgentWays(agents)
        arriving, departing = (_known(inputs.pop(key, None)) for key in ("arriving", "departing"))
        notes.arriving = {name: ArrivingStack.from_input(one) for name, one in arriving.items()}
        found = {name: StackContent.from_property(one) for name, one in departing.items()}
        notes.departing = {name: content for name, content in found.items() if content is not None}
        in_state = unless_unknown(inputs.pop("in_state", None), None)
        addresses = unless_unknown(inputs.pop("addresses", None), None) or {}
        inputs |= {item(("record", name)): str(address) for name, address in addresses.items()}
        judged = bool(olds) and not has_unknown(news)
        guests, proxmox = inputs.pop("guests", None) or (), str(inputs.pop("proxmox", None) or "")
        before = olds if in_state is None else without_provider_key(olds) | _still_there(olds, in_state)
        failures = [*_moves(before, news), *_deletions(before, news, in_state or (), guests)] if judged else []
        if failures and guests:
            # A number that Proxmox has not is a slip, and no move that any advice would help.
            refuse_absent_inputs(proxmox, guests, ())
        return CheckResult(inputs, failures)

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare the names, and whose they are."""
        return DiffResult(changes=differs(olds, news, (*_KINDS, SITE_ID)))


class Inventory(PhoenixResource, module="phoenix", name="Inventory"):
    """All names that the configuration declares.

    Args:
        name: Resource name.
        names: By kind: `stacks` and `environments` (dicts of name, environment and project, the last two as Portainer
            knows them), `registries`, `records` and `firewall names` (names).
        site_id: By which later runs know this state as the site's own; what the state has stays where there is none.
        threshold: Percentage of a kind that one run may delete.
        allowed: Names whose deletion is wanted all the same.
        addresses: Address by name, of the records; `--diff` shows those that change.
        renamed: Former name by present one, where the files tell it.
        leaving: Stacks that leave, for those that need what they hold (see `making_room`).
        arriving: What takes the place of these, by name, for whoever is the first of several (see
            `successors`); it has values of stacks, and is not remembered.
        departing: What worked last of those that leave, by name; treated alike.
        agents: Environments that leave with these; not remembered either.
        in_state: Names of all resources that the state has. What it has no more, since a run for one stack, or
            somebody, has renamed it there, is neither moved nor deleted.
        proxmox: The API's URL.
        guests: All guests that the files name.
        opts: Options for the engine.

    Attributes:
        records: Names that are ours in DNS.
    """

    records: pulumi.Output[Any]

    def __init__(
        self,
        name: str,
        names: Mapping[str, Sequence[Any]],
        site_id: str | None,
        threshold: float,
        allowed: Iterable[str],
        addresses: Mapping[str, str],
        renamed: Mapping[str, str],
        leaving: Sequence[LeavingStack],
        arriving: Mapping[str, ArrivingStack],
        departing: Mapping[str, StackContent],
        agents: Sequence[LeavingEnvironment],
        in_state: Iterable[str],
        proxmox: str,
        guests: Iterable[DeclaredGuest],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        # What came later stands there only where there are any: an old state stays as it is.
        inputs: Properties = {kind: list(names[kind]) for kind in _KINDS if names[kind] or kind != _LATER}
        inputs |= {SITE_ID: site_id} if site_id else {}
        inputs |= {"threshold": threshold, "allowed": list(allowed)}
        inputs |= {"addresses": dict(addresses)}
        inputs |= {"renamed": dict(renamed)} if renamed else {}
        inputs |= {"leaving": [one.as_input() for one in leaving]} if leaving else {}
        coming = {name: one.as_input() for name, one in arriving.items()}
        inputs |= {"arriving": pulumi.Output.secret(to_engine(coming))} if coming else {}
        worked = {name: one.as_property() for name, one in departing.items()}
        inputs |= {"departing": pulumi.Output.secret(to_engine(worked))} if worked else {}
        inputs |= {"agents": [one.as_input() for one in agents]} if agents else {}
        inputs |= {"in_state": sorted(in_state), "proxmox": proxmox, "guests": [one.as_input() for one in guests]}
        super().__init__(InventoryProvider(), name, inputs, opts)


def _known(items: Any) -> Properties:
    """Return those of several that are known; a run knows all of them."""
    return known_part(unless_unknown(items, None) or {})


def _still_there(olds: Properties, in_state: Collection[str]) -> Properties:
    kinds = ("stacks", "environments")
    return {kind: [item for item in olds.get(kind, ()) if _name(item) in in_state] for kind in kinds}


def _moves(olds: Properties, news: Properties) -> list[CheckFailure]:
    failures = []
    for kind in ("stacks", "environments"):
        old, new = ([_identity(item) for item in properties.get(kind, ())] for properties in (olds, news))
        if refusal := moved_stacks(old, new, news.get("renamed") or {}):
            failures.append(_failure(refusal))
    return failures


def _identity(item: Mapping[str, str]) -> StackIdentity:
    return StackIdentity(item["name"], item["environment"], item["project"])


def _names(kind: str, olds: Properties, news: Properties) -> tuple[list[str], list[str]]:
    renamed = set((news.get("renamed") or {}).values())
    old, new = ([_name(item) for item in properties.get(kind, ())] for properties in (olds, news))
    return [name for name in old if name not in renamed], new


def _deletions(
    olds: Properties, news: Properties, in_state: Collection[str], guests: Iterable[StoredProperties]
) -> list[CheckFailure]:
    kinds = {kind: _names(kind, olds, news) for kind in _KINDS}
    kinds["guests' firewalls"] = firewall_names(in_state, map(DeclaredGuest.from_input, guests))
    said = os.environ.get(ALLOW_DELETE_VARIABLE, "").strip()
    refusal = mass_deletion(kinds, float(news["threshold"]), news["allowed"], said)
    return [_failure(refusal)] if refusal else []


def _failure(refusal: Refusal) -> CheckFailure:
    """Say it on a line of its own, and of no property: the engine would put the whole value of one in front."""
    return CheckFailure("", f"\n{UnsafeError.label}: {refusal.text}")


def _name(item: Any) -> str:
    return str(item["name"] if isinstance(item, Mapping) else item)
