"""`phoenix render`: what the configuration declares, offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from phoenix_providers.cli.offline_plan import offline_options, offline_plan
from phoenix_providers.models.problem import Severity
from phoenix_providers.planning.rendering import render as rendered


@click.command()
@offline_options
def render(folder: Path, overrides: tuple[str, ...]) -> None:
    """Print as JSON what the configuration declares; needs no engine and no network. Exit code 2 if it has errors."""
    plan = offline_plan(folder, overrides)
    click.echo(json.dumps(rendered(plan), indent=2, ensure_ascii=False))
    if any(problem.severity is Severity.ERROR for problem in plan.every_problem):
        sys.exit(2)
