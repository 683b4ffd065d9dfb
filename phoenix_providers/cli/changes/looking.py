"""Looking at what a run would change, in this process, for whoever shows it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phoenix_providers.cli.changes.gathering import gathered, kind_of
from phoenix_providers.cli.engine.recorded_names import recorded_names
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.imitated_engine.planned import plan
from phoenix_providers.cli.project.planned import Planned as Files
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.site.changes.change import SiteChanges
from phoenix_providers.planning.site.changes.site_changes import THINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

# What `Engine.asked_ahead` gives.
Asked = Callable[[], tuple[Sequence[EngineRecord], Mapping[str, str]]]


@dataclass(frozen=True)
class Look:
    """What was found.

    Attributes:
        site: Its name, that of the project.
        changes: What a run would change; None if that could not be worked out.
        messages: Severity and text of all that was said, in this order.
        files: What is declared; None where nothing changes.
    """

    site: str
    changes: SiteChanges | None
    messages: tuple[tuple[str, str], ...]
    files: Files | None = None


def look(
    engine: Engine,
    asked: Asked,
    say: Callable[[str, str], None],
    *,
    targets: Collection[str] | None = None,
    extra: Mapping[str, str] | None = None,
) -> Look:
    """Work out what a run would change.

    Args:
        engine: The site's.
        asked: Gives state and configuration.
        say: Is given severity and text of what is said, as soon as it is.
        targets: Names of the resources that a scoped run is about; None for a full run.
        extra: Environment variables that such a run would have.
    """
    resources, configuration = asked()
    project, stack = recorded_names(engine, resources)
    with _environment(extra or {}):
        planned = plan(resources, configuration, project, stack, engine.project, say, targets)
        messages = tuple((message.severity, message.text) for message in planned.messages)
        if not planned.complete:
            return Look(project, None, messages)
        kinds = [kind_of(step) for step in planned.steps]
        if all(step.operation == "same" for step in planned.steps):
            return Look(project, SiteChanges((), things(kinds), int(planned.has_other_outputs)), messages)
        files = declared(engine)
        return Look(project, gathered(planned, files, engine.project), messages, files)


def declared(engine: Engine) -> Files:
    """Return what the files declare, with the settings of the clients of this process."""
    settings = clients_of_run.current().settings.resolve(engine.project)
    return Files.of(load_configuration(settings.config_folder, settings))


def things(kinds: Iterable[str]) -> int:
    """Return how many of these kinds of resources are things that users know."""
    return sum(kind in THINGS for kind in kinds)


@contextmanager
def _environment(extra: Mapping[str, str]) -> Iterator[None]:
    """Let the program see what the engine would give it."""
    before = {name: os.environ.get(name) for name in extra}
    os.environ.update(extra)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
