"""A site's own folder: a Pulumi project that runs this program, wherever it is, and a copy of the example's files."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from phoenix_providers.planning.site.project_name import project_name

EXAMPLE = Path(__file__).resolve().parents[3] / "config"
_ID_BYTES = 8
_PROGRAM = '''"""Runs Phoenix Sync, wherever this computer has it: its .venv/bin comes first on PATH."""

import sys

try:
    from phoenix_providers.program.run import run
except ModuleNotFoundError as missing:
    sys.exit(
        f"usage: {sys.executable} does not have {missing.name}\\n"
        "  expected: the Python of Phoenix Sync\\n"
        "  next:     make setup in its folder, then export PATH=FOLDER/.venv/bin:$PATH"
    )

run()
'''


def make(folder: Path, config: Path = EXAMPLE) -> None:
    """Write the project, and copy the files unless the folder has its own already."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "config").exists():
        shutil.copytree(config, folder / "config")
    write_project(folder)


def write_project(folder: Path, settings: str = "") -> None:
    """Write Pulumi.yaml, its program and .gitignore; `settings` are lines below `config:`, for every Pulumi stack.

    Nothing in them names a place of this computer.
    """
    (folder / ".gitignore").write_text("__pycache__/\n")
    (folder / "__main__.py").write_text(_PROGRAM)
    (folder / "Pulumi.yaml").write_text(
        f"name: {project_name(folder.resolve().name)}\n"
        "description: This site; the program is Phoenix Sync's own.\n"
        "runtime: python\n"
        "options:\n"
        "  refresh: always\n"
        "config:\n"
        "  # Made once, and kept: by it a state that belongs to another site is recognised.\n"
        f'  phoenix:siteId: "{secrets.token_hex(_ID_BYTES)}"\n{settings}'
    )
