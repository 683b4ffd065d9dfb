"""`phoenix render`: what the configuration declares, offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from phoenix_providers.cli.offline_plan import offline_options, offline_plan
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.problem import Severity
from phoenix_providers.planning.rendering import render as rendered


@click.command()
@offline_options
def render(folder: Path, overrides: tuple[str, ...]) -> None:
    """Print as JSON what the files declare, offline.

    Exit code 2 if they have errors. Secrets of the Pulumi stack are not seen here: --set secrets.NAME=anything.
    """
    plan = offline_plan(folder, overrides)
    click.echo(json.dumps(rendered(plan), indent=2, ensure_ascii=False))
    errors = [problem for problem in plan.every_problem if problem.severity is Severity.ERROR]
    for problem in errors:
        click.echo(f"{problem.stack or 'site'}: {problem.explanation().text()}", err=True)
    if errors:
        sys.exit(ConfigurationError.exit_code)
