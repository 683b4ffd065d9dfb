"""The files with VMs and containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.files.validation import Context, Path, validated
from phoenix_providers.models.foreign_fields import FOREIGN_FIELDS
from phoenix_providers.models.guest import Container, Guest, StackReference, VirtualMachine
from phoenix_providers.models.near_miss import nearest_keys
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.wording import found

_SWITCH = TypeAdapter(bool)


class Declared(NamedTuple):
    """One guest as it stands in a file: which file ("vms" or "lxcs"), its path there, and its data."""

    path: Path
    data: Any


def read_vms(document: Document, *, old_spelling: bool) -> tuple[tuple[VirtualMachine, ...], list[Problem]]:
    """Return the valid VMs without templates, in file order, and every problem."""
    context = Context(document, tolerant=old_spelling)
    entries, problems = _entries(context, "vms", list)
    vms = []
    for path, data in entries:
        if is_template(data):
            continue
        vm, found_problems = validated(VirtualMachine, data, path, context, declared_at=("vms", *path))
        problems += found_problems
        if vm is not None:
            vm, repeated = _each_stack_once(vm, document)
            problems += repeated
            vms.append(vm)
    return tuple(vms), problems


def read_lxcs(document: Document, *, old_spelling: bool) -> tuple[tuple[Container, ...], list[Problem]]:
    """Return the valid containers in file order, and every problem."""
    context = Context(document, tolerant=old_spelling)
    entries, problems = _entries(context, "lxc_configs", dict)
    lxcs = []
    for path, data in entries:
        if not str(path[-1]).isdecimal():
            problems.append(_bad_ctid(document, path))
            continue
        lxc, found_problems = validated(Container, data, path, context, ctid=int(path[-1]), declared_at=("lxcs", *path))
        problems += found_problems
        if lxc is not None:
            lxcs.append(lxc)
    return tuple(lxcs), problems


def repeated_ids(guests: Sequence[Guest], documents: dict[str, Document]) -> Iterator[Problem]:
    """Find numbers that two guests share; VMs and containers have one number space in Proxmox."""
    first: dict[int, Guest] = {}
    for guest in guests:
        other = first.setdefault(guest.id, guest)
        if other is guest:
            continue
        file, *path = guest.declared_at
        other_file, *other_path = other.declared_at
        yield Problem(
            f"two guests have the number {guest.id}",
            documents[str(file)].locate(*path),
            seen=f"{guest.name}, and {other.name} at {documents[str(other_file)].locate(*other_path)}",
            expected="a number of its own for each VM and container",
            next_step=f"give {guest.name} or {other.name} the number that Proxmox shows: qm list; pct list",
        )


def _entries(
    context: Context, key: str, kind: type[list[Any]] | type[dict[str, Any]]
) -> tuple[list[Declared], list[Problem]]:
    """Return the guests of a file, with a problem where the file has none or holds them in another shape."""
    document = context.document
    value = document.data.get(key)
    if value is None:
        return [], [_no_entries(context, key)]
    if not isinstance(value, kind):
        shape = "a list" if kind is list else "a mapping from number to container"
        problem = Problem(
            f"`{key}` has the wrong shape",
            document.locate(key),
            seen=found(value),
            expected=shape,
            next_step=f"correct it at {document.locate(key)}",
        )
        return [], [problem]
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [Declared((key, step), data) for step, data in pairs], []


def _no_entries(context: Context, key: str) -> Problem:
    """An error where the file is empty or its key mistyped, since that would read as "remove every guest"."""
    document = context.document
    slip = next((name for name in document.data if name not in FOREIGN_FIELDS and nearest_keys(name, {key})), None)
    if slip is not None:
        return Problem(
            f"unknown key `{slip}`",
            document.locate(slip),
            seen=f"`{slip}`",
            expected=f"did you mean `{key}`?",
            next_step=f"rename `{slip}` to `{key}`",
        )
    return Problem(
        f"{document.file.name} declares no guests",
        document.locate(),
        Severity.WARNING if document.data and context.tolerant else Severity.ERROR,
        seen=f"no `{key}`" if document.data else "an empty mapping",
        expected=f"`{key}`",
        next_step=f"restore {document.file}, or write `{key}: {'[]' if key == 'vms' else '{}'}` if there are none",
    )


def guest_names(documents: Mapping[str, Document]) -> dict[int, str]:
    """Return the name of everything that has a guest's number, whether or not it is valid."""
    vms = documents["vms"].data.get("vms") if "vms" in documents else None
    lxcs = documents["lxcs"].data.get("lxc_configs") if "lxcs" in documents else None
    entries: list[tuple[Any, Any]] = list(lxcs.items()) if isinstance(lxcs, dict) else []
    entries += [(vm.get("vmid"), vm) for vm in (vms if isinstance(vms, list) else ()) if isinstance(vm, dict)]
    return {
        int(number): str(data.get("name") or "") if isinstance(data, dict) else ""
        for number, data in entries
        if str(number).isdecimal()
    }


def is_template(data: Any) -> bool:
    """Whether a VM's entry says that it is a template."""
    if not isinstance(data, dict):
        return False
    try:
        return _SWITCH.validate_python(data.get("is_template", False))
    except ValidationError:
        return False


def _bad_ctid(document: Document, path: Path) -> Problem:
    return Problem(
        f"`{path[-1]}` is not the number of a container",
        document.locate(*path),
        seen=f"`{path[-1]}`",
        expected="the container's number (CTID) as key, for example `101:`",
        next_step="give the container's number, as pct list shows it",
    )


def _each_stack_once(vm: VirtualMachine, document: Document) -> tuple[VirtualMachine, list[Problem]]:
    """Keep the first of stacks that are named twice on one VM, since both would have the name NAME@VMID."""
    kept: dict[str, StackReference] = {}
    problems = []
    for index, reference in enumerate(vm.docker_stacks):
        first = kept.setdefault(reference.name, reference)
        if first is reference:
            continue
        same = first.environment == reference.environment
        problem = Problem(
            f"{vm.name} names the stack `{reference.name}` twice",
            document.locate(*vm.declared_at[1:], "docker_stacks", index),
            Severity.WARNING if same else Severity.ERROR,
            seen="the same entry again" if same else "it again, in another environment",
            expected="each stack once on one VM",
            next_step="remove one of the two",
            stack=reference.name,
        )
        problems.append(problem)
    return vm.model_copy(update={"docker_stacks": tuple(kept.values())}), problems
