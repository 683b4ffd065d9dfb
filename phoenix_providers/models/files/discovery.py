"""Finds the files of a configuration, in both spellings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from phoenix_providers.models.location import Location
from phoenix_providers.models.near_miss import nearest_keys
from phoenix_providers.models.problem import Problem, Severity

_ENDINGS = (".yaml", ".yml", ".json")
_OLD_STEMS = {
    "site": "phoenix_hypervisor_config",
    "vms": "phoenix_vm_configs",
    "lxcs": "phoenix_lxc_configs",
}
COMPOSE_NAMES = ("docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml")
MANIFEST_NAMES = ("phoenix.json", "phoenix.yaml", "phoenix.yml")


@dataclass(frozen=True)
class Layout:
    """Where everything is.

    Attributes:
        folder: The folder that holds the files; maybe the `etc` of the one that was asked for.
        root: The folder that file names of existing manifests may be relative to.
        files: By content: "site", "vms", "lxcs"; what is missing is not in it.
        stacks: None when there is no folder `stacks`.
    """

    folder: Path
    root: Path
    files: dict[str, Path]
    stacks: Path | None

    @property
    def old_spelling(self) -> bool:
        """Whether the files are those of an existing Phoenix installation."""
        return self.is_old("site")

    def is_old(self, content: str) -> bool:
        """Whether one file has the name of an existing installation."""
        file = self.files.get(content)
        return file is not None and file.stem == _OLD_STEMS[content]


def discover(folder: Path) -> tuple[Layout | None, list[Problem]]:
    """Find the files; None with the reason when there is nothing to read."""
    if not folder.is_dir():
        return None, [_no_folder(folder)]
    base = next((place for place in (folder, folder / "etc") if _any_file(place)), None)
    if base is None:
        return None, [_no_site_file(folder, folder)]
    problems: list[Problem] = []
    files: dict[str, Path] = {}
    for content in _OLD_STEMS:
        present = [file for file in _candidates(base, content) if file.is_file()]
        if len(present) > 1:
            problems.append(_several_files(base, content, present))
        if present:
            files[content] = present[0]
    if "site" not in files:
        problems.append(_no_site_file(base, folder))
    inside, beside = base / "stacks", base.parent / "stacks"
    stacks = next((place for place in (inside, beside) if place.is_dir()), None)
    if inside.is_dir() and beside.is_dir() and base.name == "etc":
        problems.append(_two_stacks_folders(inside, beside))
    root = stacks.parent if stacks else base
    return Layout(base, root, files, stacks), problems


def expected_names(content: str) -> str:
    """Say by which names a file is looked for."""
    return f"{content}.yaml (or .yml, .json), or {_OLD_STEMS[content]}.json"


def misnamed(folder: Path, content: str) -> str | None:
    """Return the name of a file that was probably meant to be this content."""
    names = [file.name for file in folder.iterdir() if file.suffix.lower() in _ENDINGS]
    known = {candidate.name for candidate in _all_candidates(folder)}
    wanted = [candidate.name for candidate in _candidates(folder, content)]
    for name in sorted(set(names) - known):
        if nearest_keys(Path(name).stem, [Path(candidate).stem for candidate in wanted]):
            return name
    return None


def compose_files(stack: Path) -> list[Path]:
    """Return the compose files of a stack folder; the first one counts."""
    return [stack / name for name in COMPOSE_NAMES if (stack / name).exists()]


def manifest_files(stack: Path) -> list[Path]:
    """Return the manifests of a stack folder; the first one counts."""
    return [stack / name for name in MANIFEST_NAMES if (stack / name).exists()]


def _candidates(folder: Path, content: str) -> list[Path]:
    return [folder / f"{stem}{ending}" for stem in (content, _OLD_STEMS[content]) for ending in _ENDINGS]


def _all_candidates(folder: Path) -> Iterable[Path]:
    return (file for content in _OLD_STEMS for file in _candidates(folder, content))


def _any_file(folder: Path) -> bool:
    return any(file.is_file() for file in _all_candidates(folder))


def _no_folder(folder: Path) -> Problem:
    is_file = folder.exists()
    return Problem(
        "there is no configuration folder",
        Location(folder),
        seen="a file" if is_file else "nothing",
        expected=f"a folder with {expected_names('site')}",
        next_step=_name_another(str(folder.parent) if is_file else "FOLDER"),
    )


def _name_another(folder: str) -> str:
    return f"pulumi config set phoenix:configDir {folder}   (offline: --config {folder})"


def _no_site_file(folder: Path, asked: Path) -> Problem:
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    slip = misnamed(folder, "site")
    hint = f"mv {folder / slip} {folder / 'site.yaml'}" if slip else _name_another("FOLDER")
    return Problem(
        "the configuration has no site file",
        Location(folder),
        seen="an empty folder" if not names else ", ".join(names[:8]) + (" ..." if len(names) > 8 else ""),
        expected=f"{expected_names('site')} in {asked} or {asked / 'etc'}",
        next_step=hint,
    )


def _several_files(folder: Path, content: str, present: list[Path]) -> Problem:
    return Problem(
        f"more than one file declares the {content}",
        Location(folder),
        seen=", ".join(file.name for file in present),
        expected="one of them, since it would be a guess which one counts",
        next_step=f"move the other one away: mv {present[-1]} {present[-1]}.old",
    )


def _two_stacks_folders(inside: Path, beside: Path) -> Problem:
    return Problem(
        "there are two folders with stacks",
        Location(inside),
        Severity.WARNING,
        seen=f"{inside} and {beside}",
        expected=f"one; {inside} counts",
        next_step="move the other one away",
    )
