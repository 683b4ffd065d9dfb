"""A compose project as it lies in a folder: its files merged, its variables read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

from phoenix_providers.cli.stack_import.include_scopes import IncludeScopes
from phoenix_providers.cli.stack_import.present_name import with_present_name
from phoenix_providers.cli.stack_import.project_extends import ServiceFiles
from phoenix_providers.cli.stack_import.project_files import (
    MEND_IT,
    compose_tree,
    project_files,
    read_variables,
)
from phoenix_providers.cli.stack_import.relative_paths import at, moved, text_of, without_key
from phoenix_providers.cli.stack_import.remarks import Remarks
from phoenix_providers.cli.stack_import.shell_paths import with_shell_paths
from phoenix_providers.errors import UsageError
from phoenix_providers.models.files.discovery import manifest_files
from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.dotenv_file import FileVariable
from phoenix_providers.planning.compose.interpolation import PROJECT_NAME
from phoenix_providers.planning.compose.merge import MergeError, cleaned, merged
from phoenix_providers.planning.compose.parts import Part

_NOT_IN_NAMES = re.compile(r"[^a-z0-9_-]")
_SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")
_DEEPEST = 20


@dataclass(frozen=True)
class ComposeProject:
    """A project, read whole.

    Attributes:
        source: Where compose is called.
        folder: That of the main file, which paths are relative to; another one where COMPOSE_FILE leads there.
        files: Its compose files; the first one is the main one.
        document: The main file as the YAML library has it.
        tree: All files merged, without `include` and `extends`; paths of parts begin with the name of their file.
        variables: What `.env` and the like say, by name.
        name: Its name for compose, which the names of its volumes begin with.
        dotenv: The `.env` where each variable stands.
        scopes: What its includes say in files of their own.
    """

    source: Path
    folder: Path
    files: tuple[Path, ...]
    document: Any
    tree: Part
    variables: Mapping[str, FileVariable]
    name: str
    dotenv: Mapping[str, Path] = field(default_factory=dict)
    scopes: IncludeScopes = field(default_factory=IncludeScopes)


def read_project(folder: Path, remarks: Remarks) -> ComposeProject:
    """Read a folder.

    Raises:
        UsageError: It has no compose file, or one of which nothing can be said.
    """
    return _Reader(folder, remarks).read()


class _Reader:
    def __init__(self, folder: Path, remarks: Remarks) -> None:
        self._folder = folder
        self._remarks = remarks
        self._variables: dict[str, FileVariable] = {}
        self._dotenv: dict[str, Path] = {}
        self._files: list[Path] = []
        self._scopes = IncludeScopes()

    def read(self) -> ComposeProject:
        env = self._folder / ".env"
        if not env.is_file() and (templates := sorted(self._folder.glob(".env.*"))):
            self._remarks.leave(
                f"there is {templates[0].name}, but no .env with the values of this installation",
                Location(templates[0]),
                "where the values are wanted: make .env of it, and run this again in a new folder",
            )
        self._read_dotenv(env)
        for manifest in manifest_files(self._folder):
            self._remarks.leave(
                f"{manifest.name} is there already, and what it says is not in the new one",
                Location(manifest),
                "add it to the new phoenix.yaml",
            )
        files = project_files(self._folder, {name: one.value for name, one in self._variables.items()})
        document, _ = compose_tree(files[0])
        folder = files[0].parent
        self._read_dotenv(folder / ".env")
        name = self._name(files)
        if name:
            # Compose itself defines it, for what `env_file` and `include` name as well.
            self._variables[PROJECT_NAME] = FileVariable(PROJECT_NAME, name, 1)
        tree = with_shell_paths(cleaned(self._merged(files, folder, self._known(), ())), self._folder, folder)
        tree = with_present_name(tree, name, self._remarks)
        tree = self._scopes.opened(tree, self._variables)
        return ComposeProject(
            source=self._folder,
            folder=folder,
            files=tuple(dict.fromkeys(self._files)),
            document=document,
            tree=tree,
            variables=self._variables,
            name=name,
            dotenv=self._dotenv,
            scopes=self._scopes,
        )

    def _read_dotenv(self, file: Path) -> None:
        """Add what a `.env` says: the first one of a name counts."""
        for name, variable in read_variables(file, self._known()).items() if file.is_file() else ():
            if name not in self._variables:
                self._variables[name] = variable
                self._dotenv[name] = file

    def _known(self) -> dict[str, str]:
        return {name: variable.value for name, variable in self._variables.items()}

    def _name(self, files: list[Path]) -> str:
        known = self._known()
        trees = [compose_tree(file)[1].value for file in files]
        declared = [text_of(tree["name"], known) for tree in trees if tree.get("name") and tree["name"].value]
        # Links keep their names, as in compose.
        name = known.get(PROJECT_NAME) or (declared or [Path(os.path.abspath(files[0])).parent.name])[-1]
        return _NOT_IN_NAMES.sub("", name.lower()).lstrip("_-")

    def _merged(self, files: list[Path], folder: Path, known: dict[str, str], above: tuple[Path, ...]) -> Part:
        """Return files on top of each other, with what they include and extend; paths are relative to the project."""
        if len(above) > _DEEPEST or files[0].resolve() in above:
            raise UsageError(
                "Compose files include each other in a circle",
                where=str(files[0]),
                seen=" -> ".join(str(file) for file in (*above, files[0])),
                expected="a file at the end that includes none",
                next_step=MEND_IT,
            )
        first, *others = [self._file(file, folder, known) for file in files]
        whole = reduce(self._on_top, others, first)
        includes = whole.value.get("include")
        whole = without_key(whole, "include") if includes else whole
        for entry in includes.value if includes is not None and includes.is_list else ():
            whole = self._with_include(whole, entry, folder, known, (*above, files[0].resolve()))
        return whole

    def _file(self, file: Path, folder: Path, known: Mapping[str, str]) -> Part:
        _, tree = compose_tree(file)
        self._files.append(file)
        services = ServiceFiles(known, self._files)
        return at(tree, "services", lambda own: services.resolved(own, file, folder))

    def _on_top(self, base: Part, own: Part) -> Part:
        try:
            return merged(base, own)
        except MergeError as error:
            file = str(error.part.path[0])
            raise UsageError(
                "Compose would refuse these files",
                where=file,
                seen=str(error),
                next_step=MEND_IT,
            ) from None

    def _with_include(
        self, whole: Part, entry: Part, folder: Path, known: dict[str, str], above: tuple[Path, ...]
    ) -> Part:
        files = [folder / path for path in _texts(entry.value.get("path") if entry.is_map else entry, known)]
        if not files:
            return whole
        if missing := [file for file in files if not file.is_file()]:
            raise UsageError(
                "An included compose file is not here",
                where=str(entry.path[0]),
                seen=f"no {missing[0]}",
                expected="the file",
                next_step="bring the file there, or correct `include`",
            )
        directory = _texts(entry.value.get("project_directory") if entry.is_map else None, known)
        base = folder / directory[0] if directory else files[0].parent
        declared = [folder / path for path in _texts(entry.value.get("env_file") if entry.is_map else None, known)]
        own: dict[str, tuple[FileVariable, Path]] = {}
        for file in declared or [base / ".env"]:
            if file.is_file():
                own |= {name: (variable, file) for name, variable in read_variables(file, known).items()}
        own = {name: found for name, found in own.items() if name not in known}
        wanted = {name: variable.value for name, (variable, _) in own.items()}
        tree = self._merged(files, base, {**wanted, **known}, above)
        tree = moved(tree, base, folder, {**wanted, **known})
        tree = self._scopes.enclosed(tree, own, files[0])
        imported = tree.with_content({key: part for key, part in tree.value.items() if key in _SECTIONS})
        return self._on_top(imported, whole)


def _texts(part: Part | None, known: Mapping[str, str]) -> list[str]:
    if part is None:
        return []
    return [text_of(item, known) for item in (part.value if part.is_list else [part]) if item.value is not None]
