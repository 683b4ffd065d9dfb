"""What the state has of a guest's firewall: one set of resources for one guest, whatever node it lives on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from phoenix_providers.models.engine_properties import EngineRecord, Properties
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.safety import delete_command

# What depends on others comes last.
_KINDS = ("takeover", "rules", "icmp-types", "firewall", "restoration")
# Only guests with rules of ICMP have it.
_SOME = "icmp-types"
_OF_NODES = ("hosts", "resolver")
_GUARD = "takeover@"


def guests_in_state(resources: Iterable[EngineRecord]) -> tuple[ProxmoxScope, ...]:
    """Return the guests whose firewall is in the state; `resources` are those of a state, as the engine exports it."""
    guards = (item for item in resources if _name(item).startswith(_GUARD))
    scopes = (ProxmoxScope.from_input(item["inputs"]["scope"]) for item in guards)
    return tuple(dict.fromkeys(scope for scope in scopes if scope.guest_id))


def names_of_guest(recorded: Collection[str], scope: ProxmoxScope) -> tuple[str, ...]:
    """Return the names that a guest's resources have in the state, what depends on others first."""
    by_name = _guests(recorded)
    return tuple(
        name for kind in reversed(_KINDS) for name in sorted(by_name) if by_name[name] == f"{kind}@{scope.suffix}"
    )


def former_names(recorded: Collection[str]) -> dict[str, str]:
    """Return the names with which the state has guests' resources, by their present ones, where these differ.

    Before, the guest's node stood in front of its number.
    """
    found: dict[str, str] = {}
    for name, present in sorted(_guests(recorded).items()):
        if present not in recorded:
            found.setdefault(present, name)
    return found


def surplus_names(recorded: Collection[str], scope: ProxmoxScope) -> tuple[str, ...]:
    """Return the names with which the state has a guest once more: on Proxmox both are one object.

    The present name counts, or else the one with the guest's node.
    """
    names = names_of_guest(recorded, scope)
    places = [name.partition("@")[2] for name in names if name.startswith("rules@")]
    preferred = next((one for one in (scope.suffix, f"{scope.node}-{scope.suffix}") if one in places), None)
    kept = preferred or next(iter(places), "")
    return tuple(name for name in names if len(places) > 1 and name.partition("@")[2] != kept)


def names_declared(scope: ProxmoxScope) -> tuple[str, ...]:
    """Return the names that a guest's resources may have, what depends on others first."""
    return tuple(f"{kind}@{scope.suffix}" for kind in reversed(_KINDS))


def recorded_numbers(recorded: Collection[str]) -> frozenset[int]:
    """Return the guests whose rules the state has; `recorded` are the names in the state."""
    rules = (name.partition("@") for name in _guests(recorded).values() if name.startswith("rules@"))
    return frozenset(int(number) for _, _, number in rules)


def leaving_guests(recorded: Collection[str], declared: Collection[int]) -> frozenset[int]:
    """Return the guests whose firewall the state has and nobody declares; `recorded` are the names in the state."""
    return recorded_numbers(recorded) - frozenset(declared)


def firewall_names(recorded: Collection[str], guests: Iterable[DeclaredGuest]) -> tuple[list[str], list[str]]:
    """Return whose firewall the state has, and whose the files declare, of guests that the files name."""
    known = {guest.number: guest.filtered for guest in guests}
    before = sorted(recorded_numbers(recorded) & known.keys())
    return [f"firewall@{one}" for one in before], [f"firewall@{one}" for one, filtered in known.items() if filtered]


def without(resources: Sequence[EngineRecord], names: Collection[str]) -> list[Properties]:
    """Return the resources of a state without some, without edges to them, and without components left empty.

    `pulumi state delete` refuses what others depend on, and deletes the others too when told to.
    """
    gone = {item["urn"] for item in resources if _name(item) in names}
    gone |= _emptied(resources, gone)
    kept = []
    for item in resources:
        if item["urn"] in gone:
            continue
        changed = dict(item)
        if "dependencies" in item:
            changed["dependencies"] = [urn for urn in item["dependencies"] if urn not in gone]
        if by_property := item.get("propertyDependencies"):
            changed["propertyDependencies"] = {
                key: [urn for urn in urns or () if urn not in gone] for key, urns in by_property.items()
            }
        kept.append(changed)
    return kept


def _emptied(resources: Iterable[EngineRecord], gone: Collection[str]) -> set[str]:
    """Return the components in which nothing is any more."""
    above: dict[bool, set[str]] = {True: set(), False: set()}
    for item in resources:
        above[item["urn"] in gone].add(item.get("parent") or "")
    return above[True] - above[False] - {""}


def forget_commands(names: Iterable[str]) -> tuple[str, ...]:
    """Return the commands that take resources out of the state, once nothing else depends on them."""
    return tuple(
        delete_command(name) + ("   (if the state has it)" if name.startswith(_SOME) else "") for name in names
    )


def _guests(recorded: Collection[str]) -> dict[str, str]:
    """Return the present name of every resource of a guest, by the one that the state has."""
    # A node's name may end with a number too.
    nodes = {place for kind, _, place in (name.partition("@") for name in recorded) if kind in _OF_NODES}
    found = {}
    for name in recorded:
        kind, _, place = name.partition("@")
        node, _, number = place.rpartition("-")
        if kind in _KINDS and number.isdecimal() and (not node or place not in nodes):
            found[name] = f"{kind}@{number}"
    return found


def _name(resource: EngineRecord) -> str:
    return str(resource["urn"]).rpartition("::")[2]
