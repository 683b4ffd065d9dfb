"""Checks that need to see the whole configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Guest
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.stacks.derived_stack import DerivedStack
from phoenix_providers.planning.stacks.taken_ports import TakenPort

_MOST_NAMED = 8


def check_guests(configuration: Configuration, findings: Findings) -> None:
    """Report guests with one address, and dependencies that lead nowhere or in a circle."""
    by_address: dict[str, Guest] = {}
    for guest in configuration.guests:
        if guest.address is None:
            continue
        other = by_address.setdefault(guest.address, guest)
        if other is not guest:
            findings.error(
                f"{other.name} and {guest.name} have the same address",
                configuration.locate(*guest.declared_at, "network_config", "ip"),
                seen=guest.address,
                expected="an address of its own for each guest",
                next_step=f"correct the address of {guest.name} or of {other.name}",
            )
    _check_names(configuration, findings)
    _check_dependencies(configuration, findings)


def _check_names(configuration: Configuration, findings: Findings) -> None:
    """Tell guests of one name; names of hosts are one whatever their case."""
    by_name: dict[str, Guest] = {}
    for guest in configuration.guests:
        other = by_name.setdefault(guest.name.lower(), guest)
        if other is not guest and guest.name:
            findings.warning(
                f"the guests {other.id} and {guest.id} have the same name {guest.name}",
                configuration.locate(*guest.declared_at, "name"),
                seen=f"{other.name} at {configuration.locate(*other.declared_at, 'name')}",
                next_step="give one of the two another name: one name has one address, and settings may mean either",
            )


def _check_dependencies(configuration: Configuration, findings: Findings) -> None:
    by_id = {guest.id: guest for guest in configuration.guests}
    for guest in configuration.guests:
        for index, dependency in enumerate(guest.dependencies):
            if dependency not in configuration.guest_names:
                _unknown_dependency(configuration, guest, index, findings)
    settled: set[int] = set()
    for guest in configuration.guests:
        while circle := _circle(guest, by_id, settled):
            findings.error(
                "guests depend on each other in a circle",
                configuration.locate(*guest.declared_at, "dependencies"),
                seen=" -> ".join(f"{by_id[number].name} ({number})" for number in circle),
                expected="an order in which each guest comes after those that it needs",
                next_step="remove one of these numbers from the `dependencies` of its guest",
            )
            settled.update(circle)


def _unknown_dependency(configuration: Configuration, guest: Guest, index: int, findings: Findings) -> None:
    """An error, except where a file with guests is missing: the guest may stand in it."""
    number = guest.dependencies[index]
    names = configuration.guest_names
    like = get_close_matches(str(number), [str(other) for other in names if other != guest.id], n=1)
    nearest = f"did you mean {like[0]} ({names[int(like[0])]})?" if like else ""
    everyone = ", ".join(f"{other} ({name})" for other, name in sorted(names.items())[:_MOST_NAMED])
    place = configuration.locate(*guest.declared_at, "dependencies", index)
    report = findings.error if configuration.guests_complete else findings.warning
    report(
        f"{guest.name} depends on the guest {number}, which is in no file",
        place,
        seen=str(number),
        expected=nearest or f"the number of a VM, container or template of the files: {everyone}",
        next_step=f"correct the number at {place}, or remove it",
    )


def _circle(start: Guest, by_id: dict[int, Guest], settled: set[int]) -> list[int]:
    """Return a circle that can be reached from here, its first member again at the end; empty when there is none."""
    path: list[int] = []
    open_branches = [iter((start.id,))]
    while open_branches:
        following = next(open_branches[-1], None)
        if following is None:
            open_branches.pop()
            if path:
                settled.add(path.pop())
        elif following in path:
            return [*path[path.index(following) :], following]
        elif following in by_id and following not in settled:
            path.append(following)
            open_branches.append(iter(by_id[following].dependencies))
    return []


def check_neighbours(stacks: Iterable[DerivedStack], recorded: Mapping[str, RecordedStack]) -> bool:
    """Report stacks of one VM that take the same port, or that are one for Portainer; the later one is blocked.

    Who was deployed as it is declared comes first, then who was deployed at all, then the order of the files. Returns
    whether there were any, so that who knows the state can ask again.
    """
    contested = False
    projects: dict[tuple[int, str], DerivedStack] = {}
    containers: dict[tuple[int, str], tuple[DerivedStack, str]] = {}
    # By VM, number and protocol.
    held: dict[tuple[int, int | None, str], list[tuple[DerivedStack, TakenPort]]] = {}
    for stack in sorted(stacks, key=lambda one: _standing(one, recorded.get(one.resource_name))):
        other = projects.setdefault((stack.vm.vmid, stack.project), stack)
        if other is not stack:
            contested = True
            stack.findings.error(
                f"{stack.reference.name} and {other.reference.name} have the same name at Portainer",
                stack.place,
                seen=stack.project,
                expected="names that differ in more than capitals and punctuation",
                next_step=f"rename the folder of one of the two, and its entry at {stack.place}",
            )
        contested |= _check_container_names(stack, containers)
        for taken in stack.ports:
            holders = held.setdefault((stack.vm.vmid, taken.port.host, taken.port.protocol), [])
            for holder, theirs in holders:
                if taken.clashes(theirs, of_one_stack=holder is stack):
                    _port_clash(stack, taken, holder, theirs)
                    contested |= holder is not stack
                    break
            holders.append((stack, taken))
    return contested


def _check_container_names(stack: DerivedStack, containers: dict[tuple[int, str], tuple[DerivedStack, str]]) -> bool:
    """Report containers of one name on one VM; return whether another stack has one."""
    contested = False
    for service, name in stack.containers.items():
        holder, other = containers.setdefault((stack.vm.vmid, name), (stack, service))
        if (holder, other) == (stack, service):
            continue
        contested |= holder is not stack
        who = f"{other} and {service}" if holder is stack else f"{holder.reference.name} and {stack.reference.name}"
        stack.findings.error(
            f"{who} have the same container_name on {stack.vm.name}",
            stack.find_container(service),
            seen=f"{name}, also at {holder.find_container(other)}",
            expected="a name of its own for each container of a VM, or no `container_name`",
        )
    return contested


def _standing(stack: DerivedStack, recorded: RecordedStack | None) -> int:
    if recorded is None or not recorded.deployed:
        return 2
    return int(recorded.compose != stack.compose)


def _port_clash(stack: DerivedStack, taken: TakenPort, holder: DerivedStack, theirs: TakenPort) -> None:
    """An error, unless one of the two has the VM's own network: what its process listens on is only said in passing."""
    place, other_place = taken.find_place(), theirs.find_place()
    if holder is not stack:
        who = f"{stack.reference.name} and {holder.reference.name}"
    elif taken.service != theirs.service:
        who = f"{taken.service} and {theirs.service} of {stack.reference.name}"
    else:
        who = f"two entries of {taken.service} of {stack.reference.name}"
    certain = taken.certain and theirs.certain
    report = stack.findings.error if certain else stack.findings.warning
    report(
        f"{who} {'publish' if certain else 'may take'} the same port on {stack.vm.name}",
        place,
        seen=" and ".join(dict.fromkeys((taken.port.host_text, theirs.port.host_text))),
        expected="a host port of its own for each",
        next_step=f"give it another one at {place}, or the other at {other_place}",
    )
