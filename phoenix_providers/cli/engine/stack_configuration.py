"""The configuration of the selected Pulumi stack, for commands that run the engine."""

from __future__ import annotations

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings


def stack_settings(engine: Engine) -> Settings:
    """Return the stack's settings, with absolute paths and without values of secrets."""
    return Settings.from_raw(engine.settings()).resolve(engine.project)


def stack_configuration(engine: Engine) -> Configuration:
    """Return the stack's settings and files."""
    settings = stack_settings(engine)
    return load_configuration(settings.config_folder, settings)
