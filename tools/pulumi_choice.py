"""Which Pulumi command line is used: the machine's own when it is complete, else the one that is built."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.places import PULUMI_VERSION

WRAPPER_MARK = "phoenix-sync: wrapper around the Pulumi command line"


@dataclass(frozen=True)
class InstalledPulumi:
    """A complete Pulumi command line that the machine brings along.

    Attributes:
        pulumi: The command itself.
        language_host: Its Python language host, often in the same folder.
    """

    pulumi: Path
    language_host: Path


def find_installed_pulumi(path: str, ours: Iterable[Path]) -> InstalledPulumi | None:
    """Return the Pulumi on a search path if its Python language host is there too.

    Args:
        path: Folders as in the variable PATH.
        ours: Folders that hold what set-up itself wrote; nothing in them counts.
    """
    own_folders = {folder.resolve() for folder in ours}
    folders = [folder for folder in path.split(":") if folder and Path(folder).resolve() not in own_folders]
    pulumi = _first("pulumi", folders)
    language_host = _first("pulumi-language-python", folders)
    return InstalledPulumi(pulumi, language_host) if pulumi and language_host else None


def is_recent_enough(version: str) -> bool:
    """Tell whether a version, as `pulumi version` prints it, is at least the one that is built here."""
    found, needed = _numbers(version), _numbers(PULUMI_VERSION)
    return bool(found) and found >= needed


def ask_version(pulumi: Path, run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run) -> str:
    """Return what `pulumi version` prints, or an empty text if the command does not work."""
    try:
        answer = run([str(pulumi), "version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()


def _first(name: str, folders: list[str]) -> Path | None:
    for folder in folders:
        found = shutil.which(name, path=folder)
        if found and not _is_wrapper(Path(found)):
            return Path(found).absolute()
    return None


def _is_wrapper(command: Path) -> bool:
    """Tell whether a command is the wrapper of some work tree, whose environment may be active right now."""
    with command.open("rb") as file:
        return WRAPPER_MARK.encode() in file.read(400)


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", version)
    return tuple(int(number) for number in found.groups()) if found else ()
