"""A plan from files and settings alone, for commands that need neither engine nor network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from phoenix_providers.models.loader import load_configuration
from phoenix_providers.models.settings import Settings, parse_overrides
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan


def offline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config` and `--set` to a command."""
    folder = click.option(
        "--config",
        "folder",
        type=click.Path(path_type=Path),
        default=Path("config"),
        show_default=True,
        help="Folder of the configuration files.",
    )
    overrides = click.option(
        "--set", "overrides", metavar="KEY=VALUE", multiple=True, help="A setting; dotted keys reach into maps."
    )
    return folder(overrides(command))


def offline_plan(folder: Path, overrides: tuple[str, ...]) -> SitePlan:
    """Load a folder with settings from the command line, and derive its plan.

    Raises:
        ConfigurationError: The files or settings are wrong.
    """
    return plan_site(load_configuration(folder, offline_settings(overrides)))


def offline_settings(overrides: tuple[str, ...]) -> Settings:
    """Return the settings from the command line; raises ConfigurationError."""
    return Settings.from_raw(parse_overrides(overrides)).resolve(Path.cwd())
