"""`phoenix render`: what the configuration declares, offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from phoenix_providers.cli.project.offline_plan import offline_options, offline_settings, with_secrets_set
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.files.loader import read_configuration
from phoenix_providers.models.problem import Severity
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.rendering import render as rendered
from phoenix_providers.planning.site.rendering import rendered_problem


@click.command()
@offline_options
def render(folder: Path, overrides: tuple[str, ...]) -> None:
    """Print as JSON what the files declare, offline.

    With errors it prints what can be told all the same, with all of them in `problems`, and ends with exit code 2.
    Settings are those of the Pulumi.yaml beside the folder, if there is one, and of --set.
    Secrets of the Pulumi stack are not seen here: those that the manifests name count as set, with a warning.
    """
    configuration, problems = read_configuration(folder, offline_settings(folder, overrides))
    if configuration is None:
        declared: dict[str, Any] = {"problems": [rendered_problem(problem) for problem in problems]}
    else:
        plan = plan_site(with_secrets_set(configuration))
        declared, problems = rendered(plan), list(plan.every_problem)
    click.echo(json.dumps(declared, indent=2, ensure_ascii=False))
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    for problem in errors:
        click.echo(f"{problem.stack or 'site'}: {problem.explanation().text()}", err=True)
    if errors:
        sys.exit(ConfigurationError.exit_code)
