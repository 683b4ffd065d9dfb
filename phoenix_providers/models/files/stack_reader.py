"""Stack folders: compose file, manifest and the files that it mounts.

Whatever is wrong here concerns one stack, and never keeps the site from being read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from phoenix_providers.models.files.discovery import compose_files, manifest_files
from phoenix_providers.models.files.dotenv_names import dotenv_names
from phoenix_providers.models.files.mounted_files import read_mounted_files
from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.files.reading import read_document, read_text
from phoenix_providers.models.files.validation import Context, validated
from phoenix_providers.models.location import Location
from phoenix_providers.models.near_miss import suggestion
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.stack import StackFolder, StackManifest


class StackReader:
    """Reads the folders in `stacks/`.

    `in_use` tells the environments in which each stack runs: what is missing for another environment is a warning.
    """

    def __init__(self, root: Path, in_use: Mapping[str, frozenset[str]], *, old_spelling: bool) -> None:
        self._root = root
        self._in_use = in_use
        self._old_spelling = old_spelling
        self.manifests: dict[str, Document] = {}
        self.problems: list[Problem] = []

    def read(self, stacks: Path | None) -> dict[str, StackFolder]:
        """Return every stack by name, sorted; folders with neither file count only if a VM names them."""
        if stacks is None:
            return {}
        folders = sorted(entry for entry in stacks.iterdir() if entry.is_dir() and not entry.name.startswith("."))
        return {folder.name: self._stack(folder) for folder in folders if self._is_stack(folder)}

    def _is_stack(self, folder: Path) -> bool:
        return folder.name in self._in_use or bool(compose_files(folder) or manifest_files(folder))

    def _stack(self, folder: Path) -> StackFolder:
        name = folder.name
        compose_location, compose = self._compose(folder)
        manifest_location, manifest, document = self._manifest(folder)
        files: dict[str, bytes] = {}
        if manifest is not None and document is not None:
            environments = self._in_use.get(name, frozenset())
            files, problems = read_mounted_files(folder, self._root, manifest, document, environments)
            self.problems += problems
            self.problems += _unknown_environments(name, manifest, document, environments)
        return StackFolder(
            name=name,
            folder=folder,
            compose=compose,
            compose_location=compose_location,
            manifest=manifest or StackManifest(),
            manifest_location=manifest_location,
            files=files,
            manifest_readable=manifest is not None,
            dotenv=dotenv_names(folder),
        )

    def _compose(self, folder: Path) -> tuple[Location, str | None]:
        present = compose_files(folder)
        if not present:
            location = Location(folder)
            self.problems.append(self._no_compose(folder, location))
            return location, None
        self._only_one(present, folder.name)
        text = read_text(present[0], folder.name)
        if isinstance(text, Problem):
            self.problems.append(text)
            return Location(present[0]), None
        return Location(present[0], 1), text

    def _manifest(self, folder: Path) -> tuple[Location, StackManifest | None, Document | None]:
        """Return the manifest, empty where there is none; None where it cannot be read."""
        present = manifest_files(folder)
        if not present:
            return Location(folder), StackManifest(), None
        self._only_one(present, folder.name)
        file = present[0]
        document, problems = read_document(file, folder.name)
        self.problems += problems
        if document is None:
            return Location(file), None, None
        self.manifests[folder.name] = document
        context = Context(document, folder.name, self._old_spelling)
        manifest, found = validated(StackManifest, document.data, (), context)
        self.problems += found
        return document.locate(), manifest, document

    def _no_compose(self, folder: Path, location: Location) -> Problem:
        return Problem(
            f"the stack `{folder.name}` has no compose file",
            location,
            Severity.ERROR if folder.name in self._in_use else Severity.WARNING,
            seen=", ".join(sorted(entry.name for entry in folder.iterdir())) or "an empty folder",
            expected="docker-compose.yml (or .yaml), or compose.yaml (or .yml)",
            next_step=f"write {folder / 'docker-compose.yml'}",
            stack=folder.name,
        )

    def _only_one(self, present: list[Path], stack: str) -> None:
        if len(present) > 1:
            problem = Problem(
                f"the stack `{stack}` has the same file under two names",
                Location(present[0]),
                Severity.WARNING,
                seen=", ".join(file.name for file in present),
                expected=f"one of them; {present[0].name} counts",
                next_step=f"rm {present[1]}",
                stack=stack,
            )
            self.problems.append(problem)


def _unknown_environments(
    stack: str, manifest: StackManifest, document: Document, in_use: frozenset[str]
) -> Iterator[Problem]:
    """Warn where a VM runs a stack in an environment of which a manifest with environments says nothing."""
    for environment in sorted(in_use - set(manifest.environments)) if manifest.environments else ():
        yield Problem(
            f"the stack `{stack}` runs in the environment `{environment}`, of which its manifest says nothing",
            document.locate("environments"),
            Severity.WARNING,
            seen=", ".join(f"`{name}`" for name in manifest.environments),
            expected=suggestion(environment, list(manifest.environments)),
            next_step=f"add `{environment}` to the manifest, or name another environment at the VM",
            stack=stack,
        )
