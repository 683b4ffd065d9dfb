"""The configuration folder of the project around the current folder, for commands without an engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from phoenix_providers.cli.project.root import project_root
from phoenix_providers.cli.project.settings import declared_config_folder

_DEFAULT = Path("config")


def config_option(*, exists: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--config` to a command, as `folder`."""
    return click.option(
        "--config",
        "folder",
        type=click.Path(path_type=Path, exists=exists, file_okay=not exists),
        default=config_folder,
        show_default="that of the project around this folder",
        help="Folder of the configuration files.",
    )


def config_folder() -> Path:
    """Return the folder of the first project upwards from here, as the engine finds one; else `config`, here."""
    here = Path.cwd()
    root = project_root(here)
    if root is None:
        return _DEFAULT
    folder = declared_config_folder(root) or root / _DEFAULT
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
