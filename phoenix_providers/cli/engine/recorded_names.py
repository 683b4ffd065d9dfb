"""The names of a site's project and Pulumi stack, without asking the engine where the state tells them."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.models.engine_properties import EngineRecord


def recorded_names(engine: Engine, resources: Iterable[EngineRecord]) -> tuple[str, str]:
    """Return the names of project and Pulumi stack; a state that has anything tells them."""
    for one in resources:
        stack, project = str(one["urn"]).removeprefix("urn:pulumi:").split("::")[:2]
        return project, stack
    return engine.project_name, engine.stack_name
