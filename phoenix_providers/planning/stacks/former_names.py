"""What stacks and VMs were called before: `was` in the files, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.stacks.derived_stack import DerivedStack


@dataclass(frozen=True)
class FormerNames:
    """Former name by present one: of stacks (NAME@VMID) and of environments (`environment@VMID`).

    One that nobody knows any more does no harm: it may stay in the files for as long as one likes.
    """

    stacks: Mapping[str, str]
    environments: Mapping[str, str]


def former_names(configuration: Configuration) -> FormerNames:
    """Return what the files say; a stack's own word counts before that of its VM."""
    stacks: dict[str, str] = {}
    for vm in configuration.vms:
        for reference in vm.docker_stacks:
            of_vm = [f"{reference.name}@{vm.was}"] if vm.was else []
            for name in (*_own(configuration, vm, reference.name), *of_vm):
                stacks.setdefault(f"{reference.name}@{vm.vmid}", name)
    environments = {f"environment@{vm.vmid}": f"environment@{vm.was}" for vm in configuration.vms if vm.was}
    return FormerNames(stacks, environments)


def check_former_names(configuration: Configuration, derived: Sequence[DerivedStack], findings: Findings) -> None:
    """Find former names that are still in use, that two have, or of which nobody can tell whose they are."""
    _check_vms(configuration, findings)
    present = {stack.resource_name for stack in derived}
    names = former_names(configuration).stacks
    for stack in derived:
        former = names.get(stack.resource_name)
        if former is None:
            continue
        place = _place(configuration, stack)
        others = [other for other, name in names.items() if name == former and other != stack.resource_name]
        if former in present:
            stack.findings.error(
                f"{stack.resource_name} says that it was {former}, which is still there",
                place,
                seen=f"{former} in the files",
                expected="the name of a stack that is in the files no more",
                next_step=f"take {former} off its VM's docker_stacks, or this `was` out of {place}",
            )
        elif others:
            stack.findings.error(
                f"{stack.resource_name} and {others[0]} both say that they were {former}",
                place,
                seen=f"was: {former}, twice",
                expected="one stack that follows another",
                next_step="leave it with the one that takes over what it has",
            )
    for stack in derived:
        _check_vague(configuration, stack)


def _own(configuration: Configuration, vm: VirtualMachine, name: str) -> Iterator[str]:
    """Yield the names that a manifest gives this VM's instance.

    They are for the VM that they name, under its present or its former number; else for the only one that runs the
    stack.
    """
    folder = configuration.stacks.get(name)
    if folder is None or not folder.manifest.limits.was:
        return
    only = sum(name == reference.name for one in configuration.vms for reference in one.docker_stacks) == 1
    for former in folder.manifest.limits.was:
        if only or int(former.rpartition("@")[2]) in {vm.vmid, vm.was}:
            yield former


def _check_vms(configuration: Configuration, findings: Findings) -> None:
    first: dict[int, str] = {}
    for vm in configuration.vms:
        if vm.was is None:
            continue
        other = configuration.guest_names.get(vm.was) or first.get(vm.was)
        first.setdefault(vm.was, vm.name)
        if other is not None:
            findings.error(
                f"{vm.name} says that it had the number {vm.was}, which {other} has or had",
                configuration.locate(*vm.declared_at, "was"),
                seen=f"was: {vm.was}",
                expected="a number that no other guest in the files has, or says that it had",
            )


def _check_vague(configuration: Configuration, stack: DerivedStack) -> None:
    """A name on another VM says nothing where several VMs run the stack."""
    folder = configuration.stacks.get(stack.reference.name)
    instances = [vm for vm in configuration.vms for one in vm.docker_stacks if one.name == stack.reference.name]
    for former in folder.manifest.limits.was if folder and len(instances) > 1 else ():
        if int(former.rpartition("@")[2]) not in {number for vm in instances for number in (vm.vmid, vm.was)}:
            stack.findings.error(
                f"nobody can tell which instance of {stack.reference.name} was {former}",
                configuration.locate(f"stacks/{stack.reference.name}", "x-phoenix", "was"),
                seen=f"{stack.reference.name} on {', '.join(vm.name for vm in instances)}",
                expected="the name of a stack on one of these VMs",
            )


def _place(configuration: Configuration, stack: DerivedStack) -> Location:
    folder = configuration.stacks.get(stack.reference.name)
    if folder is not None and folder.manifest.limits.was:
        return configuration.locate(f"stacks/{stack.reference.name}", "x-phoenix", "was")
    return configuration.locate(*stack.vm.declared_at, "was")
