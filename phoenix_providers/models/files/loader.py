"""Reads a whole configuration: every file, and every problem of every file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.discovery import Layout, discover, expected_names, misnamed
from phoenix_providers.models.files.guest_reader import guest_names, read_lxcs, read_vms, repeated_ids
from phoenix_providers.models.files.locator import Locator
from phoenix_providers.models.files.positions import Document
from phoenix_providers.models.files.reading import read_document
from phoenix_providers.models.files.site_reader import lift_firewall, read_site
from phoenix_providers.models.files.stack_list import STACKS_FILE, as_folder, listed_stacks
from phoenix_providers.models.files.stack_reader import StackReader
from phoenix_providers.models.guest import Container, VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.models.near_miss import suggestion
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.settings import Settings
from phoenix_providers.models.site import SiteFile
from phoenix_providers.models.stack import StackFolder


def load_configuration(folder: Path, settings: Settings) -> Configuration:
    """Read everything; problems of single stacks and warnings are in `Configuration.problems`.

    Raises:
        ConfigurationError: The site as a whole cannot be planned. Carries every error of every file.
    """
    configuration, problems = read_configuration(folder, settings)
    if configuration is None or any(problem.severity is Severity.ERROR and not problem.stack for problem in problems):
        raise _refusal(folder, problems)
    return configuration


def read_configuration(folder: Path, settings: Settings) -> tuple[Configuration | None, list[Problem]]:
    """Read what can be read, for looking at it only, and every problem; None when there is no site to speak of."""
    try:
        layout, problems = discover(folder)
        if layout is None:
            return None, problems
        loading = _Loading(layout, settings, problems)
        return loading.run(), loading.problems
    except OSError as error:
        return None, [_unreadable(error, folder)]


def _unreadable(error: OSError, folder: Path) -> Problem:
    place = Path(error.filename) if error.filename else folder
    return Problem(
        "a folder of the configuration cannot be read",
        Location(place),
        seen=error.strerror or type(error).__name__,
        expected="a folder that the user of this program may read",
        next_step=f"ls -ld {place}",
    )


def _refusal(folder: Path, problems: list[Problem]) -> ConfigurationError:
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    # What concerns the whole site comes first: it is what stops the run.
    errors.sort(key=lambda problem: problem.stack != "")
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    reasons = tuple(error.explanation() for error in errors)
    return ConfigurationError(f"The configuration in {folder} has {count}; nothing was touched.", reasons)


class _Loading:
    """One pass over all files; what fails leaves a problem, and the pass goes on."""

    def __init__(self, layout: Layout, settings: Settings, problems: list[Problem]) -> None:
        self._layout = layout
        self._settings = settings
        self.problems = problems
        self._documents: dict[str, Document] = {}

    def run(self) -> Configuration | None:
        site = self._site()
        vms, lxcs = self._vms(), self._lxcs()
        self.problems += repeated_ids((*lxcs, *vms), self._documents)
        if not self._site_errors() and not (vms or lxcs):
            self.problems.append(self._no_guests())
        in_use = self._stacks_in_use(vms)
        if in_use and self._layout.stacks is None:
            self.problems.append(self._no_stacks_folder(len(in_use)))
        reader = StackReader(self._layout.root, in_use, old_spelling=self._layout.old_spelling)
        stacks = reader.read(self._layout.stacks)
        self.problems += [*reader.problems, *self._stacks_without_folder(vms, stacks)]
        if site is None:
            return None
        return Configuration(
            folder=self._layout.folder,
            settings=self._settings,
            site=site,
            vms=vms,
            lxcs=lxcs,
            guest_names=guest_names(self._documents),
            guests_complete=self._documents.keys() >= {"vms", "lxcs"},
            stacks=stacks,
            old_spelling=self._layout.old_spelling,
            problems=tuple(self.problems),
            locate=Locator(self._layout.folder, self._documents, reader.manifests, stacks),
        )

    def _site_errors(self) -> bool:
        return any(problem.severity is Severity.ERROR and not problem.stack for problem in self.problems)

    def _document(self, content: str) -> Document | None:
        file = self._layout.files.get(content)
        if file is None:
            if content != "site":
                self.problems.append(self._missing_file(content))
            return None
        document, problems = read_document(file)
        self.problems += problems
        if document is not None:
            self._documents[content] = document
        return document

    def _site(self) -> SiteFile | None:
        document = self._document("site")
        if document is None:
            return None
        old_spelling = self._layout.is_old("site")
        document = lift_firewall(document, old_spelling=old_spelling)
        site, self._documents["site"], problems = read_site(document, old_spelling=old_spelling)
        self.problems += problems
        return site

    def _vms(self) -> tuple[VirtualMachine, ...]:
        document = self._document("vms")
        if document is None:
            return ()
        vms, problems = read_vms(document, old_spelling=self._layout.is_old("vms"))
        self.problems += problems
        return vms

    def _lxcs(self) -> tuple[Container, ...]:
        document = self._document("lxcs")
        if document is None:
            return ()
        lxcs, problems = read_lxcs(document, old_spelling=self._layout.is_old("lxcs"))
        self.problems += problems
        return lxcs

    def _stacks_in_use(self, vms: tuple[VirtualMachine, ...]) -> dict[str, frozenset[str]]:
        """Return the environments in which each stack runs somewhere."""
        in_use: dict[str, frozenset[str]] = {}
        for vm in vms:
            for reference in vm.docker_stacks:
                environment = reference.environment or self._settings.environment
                in_use[reference.name] = in_use.get(reference.name, frozenset()) | {environment}
        return in_use

    def _stacks_without_folder(
        self, vms: tuple[VirtualMachine, ...], stacks: dict[str, StackFolder]
    ) -> Iterator[Problem]:
        where = self._layout.stacks or self._layout.folder / "stacks"
        listed = listed_stacks(self._layout.folder)
        for vm in vms:
            for reference in vm.docker_stacks:
                if reference.name in stacks:
                    continue
                path = (*vm.declared_at[1:], "docker_stacks", reference.index)
                make = f"make {where / reference.name} with a docker-compose.yml, or correct the name"
                if reference.name in listed:
                    make = as_folder(self._layout.folder, reference.name, listed[reference.name])
                yield Problem(
                    f"the stack `{reference.name}` of {vm.name} has no folder",
                    self._documents["vms"].locate(*path),
                    seen=f"no folder {where / reference.name}",
                    expected=suggestion(reference.name, list(stacks)) or f"a folder in {where}",
                    next_step=make,
                    stack=reference.name,
                )

    def _missing_file(self, content: str) -> Problem:
        """A warning, since a site may have no VMs or no containers; an error where the name is a slip."""
        folder = self._layout.folder
        slip = misnamed(folder, content)
        key = "vms: []" if content == "vms" else "lxc_configs: {}"
        return Problem(
            f"there is no file with the {'VMs' if content == 'vms' else 'containers'}",
            Location(folder),
            Severity.ERROR if slip else Severity.WARNING,
            seen=f"{slip}, which nothing reads" if slip else "none",
            expected=expected_names(content),
            next_step=(
                f"mv {folder / slip} {folder / content}{Path(slip).suffix}"
                if slip
                else f"if there are none, say so: echo '{key}' > {folder / content}.yaml"
            ),
        )

    def _no_stacks_folder(self, count: int) -> Problem:
        """An error of the whole site: with every stack gone, their names and routes would be taken away."""
        folder = self._layout.folder
        return Problem(
            "the folder `stacks` is missing",
            Location(folder),
            seen=f"no {folder / 'stacks'}, but VMs name {count} stack" + ("s" if count > 1 else ""),
            expected=f"{folder / 'stacks'} or {folder.parent / 'stacks'}",
            next_step="restore the folder"
            if not listed_stacks(folder)
            else f"make it from {STACKS_FILE}, as said of each stack",
        )

    def _no_guests(self) -> Problem:
        return Problem(
            "the configuration declares no guest at all",
            Location(self._layout.folder),
            seen="neither a VM nor a container",
            expected="at least one; an empty configuration is never read as a wish to remove everything",
            next_step=f"restore the files in {self._layout.folder}",
        )
