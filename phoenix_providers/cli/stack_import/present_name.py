"""The project's present name, in the names and paths that compose makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from phoenix_providers.cli.stack_import.relative_paths import Change, each
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.planning.compose.interpolation import PROJECT_NAME, with_one_put_in
from phoenix_providers.planning.compose.parts import Part

# Somebody may look for the project's containers by this name, which is another one now.
_MEANT_FOR_PROGRAMS = frozenset({"environment", "labels", "command", "entrypoint", "healthcheck", "deploy", "content"})


def with_present_name(tree: Part, name: str, remarks: Remarks) -> Part:
    """Return a project whose volumes, networks, containers, images and paths stay what they are under another name."""
    if not name:
        return tree

    named = _changed(tree, lambda part: _put_in(part, name), for_programs=False)
    kept = frozenset(_names(named, name))
    named = _changed(named, lambda part: _put_in(part, name, kept), for_programs=True)
    if named.written != tree.written:
        remarks.tell(f"names with {PROJECT_NAME} stay as they are: it is {name} in them")
    if PROJECT_NAME in repr(named.written):
        remarks.tell(f"where {PROJECT_NAME} is no part of a name, it is the new project's from now on")
    return named


def _changed(tree: Part, change: Change, *, for_programs: bool) -> Part:
    """Return a project with each text changed that is meant for programs, or each that is not."""

    def text(part: Part) -> Part:
        return each(part, text) if part.is_map or part.is_list else change(part)

    def entry(part: Part) -> Part:
        if not part.is_map:
            return part if for_programs else text(part)
        chosen = {key for key in part.value if (key in _MEANT_FOR_PROGRAMS) is for_programs}
        return part.with_content({key: text(below) if key in chosen else below for key, below in part.value.items()})

    return each(tree, lambda section: each(section, entry) if section.is_map else section)


def _put_in(part: Part, name: str, only_in: Collection[str] | None = None) -> Part:
    if not isinstance(part.raw, str) or PROJECT_NAME not in part.raw:
        return part
    raw = with_one_put_in(part.raw, PROJECT_NAME, name)
    if raw == part.raw or (only_in is not None and not any(one in raw for one in only_in)):
        return part
    return replace(part, value=raw, raw=raw)


def _names(tree: Part, name: str) -> Iterator[str]:
    """Yield the names that stay, by which programs may know each other."""
    for section in ("services", "volumes", "networks"):
        declared = tree.value.get(section)
        for key, part in declared.value.items() if declared is not None and declared.is_map else ():
            own = part.value.get("container_name" if section == "services" else "name") if part.is_map else None
            if own is not None and name in str(own.raw):
                yield str(own.raw)
            elif section == "volumes":
                yield f"{name}_{key}"
