"""The project's present name, in the place of the variable that compose itself gives it with."""

from __future__ import annotations

from dataclasses import replace

from phoenix_providers.cli.stack_import.relative_paths import at, each
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.planning.compose_parts import Part
from phoenix_providers.planning.variables import PROJECT_NAME, with_one_put_in


def with_present_name(tree: Part, name: str, remarks: Remarks) -> Part:
    """Return a project that says its name itself: as a stack it has another, and would take other volumes and names."""
    if not name:
        return tree

    def text(part: Part) -> Part:
        if part.is_map or part.is_list:
            return each(part, text)
        if not isinstance(part.raw, str) or PROJECT_NAME not in part.raw:
            return part
        raw = with_one_put_in(part.raw, PROJECT_NAME, name)
        return part if raw == part.raw else replace(part, value=raw, raw=raw)

    def bare(section: Part) -> Part:
        if section.is_list:
            return each(section, lambda entry: _said(entry, f"{PROJECT_NAME}={name}", entry.raw == PROJECT_NAME))
        return at(section, PROJECT_NAME, lambda entry: _said(entry, name, entry.raw is None))

    def content(declared: Part) -> Part:
        source = declared.value.get("environment") if declared.is_map else None
        if source is None or source.raw != PROJECT_NAME:
            return declared
        return declared.with_content({"content": replace(source, value=name, raw=name)})

    named = text(tree)
    named = at(named, "services", lambda services: each(services, lambda own: at(own, "environment", bare)))
    named = at(named, "configs", lambda configs: each(configs, content))
    if named.written != tree.written:
        remarks.tell(f"{PROJECT_NAME} is {name} as before, wherever the new compose file would ask for it")
    return named


def _said(entry: Part, text: str, asks: bool) -> Part:
    return replace(entry, value=text, raw=text) if asks else entry
