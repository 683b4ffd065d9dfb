"""A plan from files and settings alone, for commands that need neither engine nor network."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from phoenix_providers.cli.project.config_folder import config_option
from phoenix_providers.cli.project.settings import project_setting_place, project_settings
from phoenix_providers.errors import ConfigurationError, Explanation
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.location import Location
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.raw_settings import NAMESPACE
from phoenix_providers.models.settings import Settings, parse_overrides
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan


def offline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config` and `--set` to a command."""
    overrides = click.option(
        "--set", "overrides", metavar="KEY=VALUE", multiple=True, help="A setting; dotted keys reach into maps."
    )
    return config_option()(overrides(command))


def offline_plan(folder: Path, overrides: tuple[str, ...]) -> SitePlan:
    """Load a folder with settings from the command line, and derive its plan.

    Raises:
        ConfigurationError: The files or settings are wrong.
    """
    return plan_site(with_secrets_set(load_configuration(folder, offline_settings(folder, overrides))))


def with_secrets_set(configuration: Configuration) -> Configuration:
    """Take secrets that files name for set, with a warning: nothing of the Pulumi stack is seen offline."""
    missing: dict[str, Problem] = {}
    for stack in configuration.stacks.values():
        for name, environment in stack.manifest.environments.items():
            for index, variable in enumerate(environment.variables):
                if isinstance(variable.value, str) or variable.value.secret in configuration.settings.secrets:
                    continue
                place = configuration.locate(f"stacks/{stack.name}", "environments", name, "variables", index)
                missing.setdefault(variable.value.secret, _taken_as_set(variable.value.secret, place, stack.name))
    for index, registry in enumerate(configuration.site.registries):
        if registry.password.secret not in configuration.settings.secrets:
            place = configuration.locate("site", "registries", index, "password")
            missing.setdefault(registry.password.secret, _taken_as_set(registry.password.secret, place))
    settings = configuration.settings
    known = settings.model_copy(update={"secrets": settings.secrets | missing.keys()})
    return replace(configuration, settings=known, problems=(*configuration.problems, *missing.values()))


def _taken_as_set(name: str, place: Location, stack: str = "") -> Problem:
    return Problem(
        f"the secret {name} is taken for set: secrets of the Pulumi stack are not seen offline",
        place,
        Severity.WARNING,
        seen=f"secret: {name}",
        expected=f"phoenix:secrets.{name} in the Pulumi stack",
        next_step=f"pulumi config set --secret --path 'phoenix:secrets.{name}', if it is not set yet",
        stack=stack,
    )


def offline_settings(folder: Path, overrides: tuple[str, ...]) -> Settings:
    """Return the settings of the project beside the folder, those from the command line on top.

    Raises:
        ConfigurationError: The settings are wrong, or the project file cannot be read.
    """
    of_project = project_settings(folder)
    try:
        settings = Settings.from_raw(parse_overrides(overrides, of_project))
    except ConfigurationError as error:
        given = {pair.partition("=")[0].strip().removeprefix(f"{NAMESPACE}:") for pair in overrides}
        reasons = tuple(_at_its_source(reason, folder, given, of_project) for reason in error.reasons)
        raise ConfigurationError("The settings are wrong.", reasons) from None
    return settings.resolve(Path.cwd())


def _at_its_source(
    reason: Explanation, folder: Path, given: Collection[str], of_project: Collection[str]
) -> Explanation:
    """Say where the setting stands: nothing offline comes from a Pulumi stack."""
    name = reason.where.removeprefix(f"{NAMESPACE}:")
    key = name.partition(".")[0]
    if key in of_project and not {key, name} & set(given):
        place = project_setting_place(folder, key)
        return replace(reason, where=f"{place} {place.path}", next_step=f"correct it at {place}")
    return replace(reason, where=f"--set {name}", next_step=f"correct --set {name}=VALUE, or leave it out")
