"""Variables that count only in what an `include` brings, and the names by which the one compose file has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

from phoenix_providers.cli.stack_import.relative_paths import at, each
from phoenix_providers.planning.compose.asked_names import asked_names
from phoenix_providers.planning.compose.dotenv_file import FileVariable
from phoenix_providers.planning.compose.parts import Part


@dataclass(frozen=True)
class _Scoped:
    variable: FileVariable
    scope: str
    placeholder: str


@dataclass
class IncludeScopes:
    """Gives each scope's variables names of their own, until the whole project is known.

    Attributes:
        files: The file of a variable that does not stand in the project's `.env`.
    """

    files: dict[str, Path] = field(default_factory=dict)
    _scoped: list[_Scoped] = field(default_factory=list)
    _origins: dict[str, Path] = field(default_factory=dict)

    def enclosed(self, tree: Part, variables: Mapping[str, tuple[FileVariable, Path]], compose: Path) -> Part:
        """Return what an include brings, with its own variables under names that nothing else has."""
        names = {}
        for name, (variable, file) in variables.items():
            scope = compose.parent.name if compose.parent.name not in ("", ".", "..") else compose.stem
            names[name] = f"{name}__scope_{len(self._scoped)}_"
            self._scoped.append(_Scoped(variable, scope, names[name]))
            self._origins[names[name]] = file
        return _renamed(tree, names)

    def opened(self, tree: Part, variables: dict[str, FileVariable]) -> Part:
        """Return the whole project, and add the scopes' variables; a name counts twice where its values differ."""
        used, whole = asked_names(tree.written), repr(tree.written)
        taken = {*variables, *used}
        final: dict[str, str] = {}
        for one in self._scoped:
            if one.placeholder not in whole:
                continue
            name, value = one.variable.name, one.variable.value
            alike = {other.variable.value for other in self._scoped if other.variable.name == name} == {value}
            if not (alike and name not in used):
                name = self._free(one, taken, variables)
            taken.add(name)
            variables[name] = replace(one.variable, name=name)
            self.files[name] = self._origins[one.placeholder]
            final[one.placeholder] = name
        return _renamed(tree, final)

    def _free(self, one: _Scoped, taken: set[str], variables: Mapping[str, FileVariable]) -> str:
        scope = re.sub(r"\W", "_", one.scope, flags=re.ASCII).upper()
        first = f"{scope}_{one.variable.name}" if not scope[:1].isdigit() else f"_{scope}_{one.variable.name}"
        names = chain((first,), (f"{first}_{number}" for number in count(2)))
        return next(
            name
            for name in names
            if name not in taken or (name in variables and variables[name].value == one.variable.value)
        )


def _renamed(tree: Part, names: Mapping[str, str]) -> Part:
    """Return a project that asks for variables by other names."""
    if not names:
        return tree
    alternatives = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"\$\$|\$(\{{?)({alternatives})(?![A-Za-z0-9_])")

    def text(part: Part) -> Part:
        if part.is_map or part.is_list:
            return each(part, text)
        if not isinstance(part.raw, str) or "$" not in part.raw:
            return part
        raw = pattern.sub(lambda found: found[0] if not found[2] else f"${found[1]}{names[found[2]]}", part.raw)
        return part if raw == part.raw else replace(part, value=raw, raw=raw)

    def bare(section: Part) -> Part:
        # Compose gives an include's values to the bare names of lists, and not to those of maps.
        return each(section, lambda part: _asking(part, names)) if section.is_list else section

    def source(part: Part) -> Part:
        name = names.get(str(part.raw))
        return part if name is None else replace(part, value=name, raw=name)

    tree = text(tree)
    tree = at(tree, "services", lambda services: each(services, lambda own: at(own, "environment", bare)))
    for section in ("configs", "secrets"):
        tree = at(tree, section, lambda declared: each(declared, lambda own: at(own, "environment", source)))
    return tree


def _asking(part: Part, names: Mapping[str, str]) -> Part:
    if part.raw not in names or part.tag:
        return part
    written = f"{part.raw}=${{{names[part.raw]}}}"
    return replace(part, value=written, raw=written)
