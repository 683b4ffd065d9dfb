"""The site's files: what is wrong in them, with file and line."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.cli.project.offline_plan import with_secrets_set
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.files.loader import read_configuration
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.finding import Finding, ok, trouble
from phoenix_providers.planning.site.derive import plan_site

_MOST = 8


def files(case: Case) -> Finding:
    """Read all files, and let the others work from what could be read."""
    configuration, problems = read_configuration(case.settings.config_folder, case.settings)
    if configuration is not None:
        case.configuration = with_secrets_set(configuration) if not case.has_secrets else configuration
        case.plan = plan_site(case.configuration)
        problems = list(dict.fromkeys((*problems, *case.plan.every_problem)))
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    folder = case.settings.config_folder
    if not errors:
        assert case.configuration is not None  # noqa: S101 - where nothing is wrong, something was read
        count = f"{len(case.configuration.guests)} guests, {len(case.plan.stacks if case.plan else ())} stacks"
        return ok(f"{folder}: {count}")
    return trouble(ConfigurationError, _counted(errors), *(problem.explanation() for problem in errors[:_MOST]))


def _counted(errors: Iterable[Problem]) -> str:
    """Say how many there are; those of one stack block that stack alone."""
    errors = list(errors)
    site, stacks = sum(not one.stack for one in errors), sorted({one.stack for one in errors if one.stack})
    parts = [f"{len(errors)} error{'s' if len(errors) != 1 else ''}"]
    if stacks:
        parts.append(f"{', '.join(stacks)} blocked")
    if site:
        parts.append("no run can begin")
    if len(errors) > _MOST:
        parts.append(f"the first {_MOST} are shown")
    return "; ".join(parts)
