"""A site's own folder: Pulumi.yaml that points at this program, and a copy of the example's files."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2]
EXAMPLE = PROGRAM / "config"


def make(folder: Path, config: Path = EXAMPLE) -> None:
    """Write Pulumi.yaml, and copy the files unless the folder has its own already."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "config").exists():
        shutil.copytree(config, folder / "config")
    write_project(folder)


def write_project(folder: Path, settings: str = "") -> None:
    """Write Pulumi.yaml and .gitignore; `settings` is the block of YAML below `config:`, for every Pulumi stack."""
    (folder / ".gitignore").write_text("__pycache__/\n")
    (folder / "Pulumi.yaml").write_text(
        "name: phoenix\n"
        "description: This site; the program is Phoenix Sync's own.\n"
        f"main: {PROGRAM}\n"
        "runtime:\n"
        "  name: python\n"
        "  options:\n"
        f"    virtualenv: {Path(sys.prefix)}\n"
        "options:\n"
        "  refresh: always\n" + (f"config:\n{settings}" if settings else "")
    )
