"""`phoenix render`: what the configuration declares, offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from phoenix_providers.models.loader import load_configuration
from phoenix_providers.models.problem import Severity
from phoenix_providers.models.settings import Settings, parse_overrides
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.rendering import render as rendered


@click.command()
@click.option("--config", "folder", type=click.Path(path_type=Path), default=Path("config"), show_default=True)
@click.option("--set", "overrides", metavar="KEY=VALUE", multiple=True, help="A setting; dotted keys reach into maps.")
def render(folder: Path, overrides: tuple[str, ...]) -> None:
    """Print as JSON what the configuration declares; needs no engine and no network. Exit code 2 if it has errors."""
    settings = Settings.from_raw(parse_overrides(overrides)).resolve(Path.cwd())
    plan = plan_site(load_configuration(folder, settings))
    click.echo(json.dumps(rendered(plan), indent=2, ensure_ascii=False))
    problems = [*plan.problems, *(problem for stack in plan.stacks for problem in stack.problems)]
    if any(problem.severity is Severity.ERROR for problem in problems):
        sys.exit(2)
