"""What a run would do, and what program and providers say of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pulumi.dynamic import Config

from phoenix_providers.cli.imitated_engine.dynamic_kind import DynamicKind
from phoenix_providers.cli.imitated_engine.gate import wait
from phoenix_providers.cli.imitated_engine.kind import Kind, RefusedError
from phoenix_providers.cli.imitated_engine.monitor import Monitor
from phoenix_providers.cli.imitated_engine.plugin_kind import PluginKind
from phoenix_providers.cli.imitated_engine.program_run import Log, Message, heard, run_program
from phoenix_providers.cli.imitated_engine.refresh import Refresh
from phoenix_providers.cli.imitated_engine.steps import Step
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource, stored_resources
from phoenix_providers.errors import PhoenixError
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.operations import clients_of_run
from phoenix_providers.resources.provider import told

_PLUGIN = "proxmoxve:"
Say = Callable[[str, str], None]


def _nothing(_severity: str, _text: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Planned:
    """The answer.

    Attributes:
        steps: All operations, those that change nothing as well.
        messages: What was said on the way.
        complete: Whether the program came to its end; nothing counts if not.
        recorded: What the last run left, by URN.
        has_other_outputs: Whether the site tells other programs something else than the last run has.
    """

    steps: tuple[Step, ...]
    messages: tuple[Message, ...]
    complete: bool
    recorded: Mapping[str, StoredResource] = field(default_factory=dict, repr=False)
    has_other_outputs: bool = False

    @property
    def changes(self) -> tuple[Step, ...]:
        """Those that change something."""
        return tuple(step for step in self.steps if step.operation != "same")


def plan(
    resources: Iterable[EngineRecord],
    config: Mapping[str, str],
    project: str,
    stack: str,
    root: Path,
    say: Say = _nothing,
    targets: Collection[str] | None = None,
) -> Planned:
    """Work it out.

    Args:
        resources: Those of the state, secrets in clear.
        config: The stack's configuration, secrets in clear, with full names.
        project: Name of the project.
        stack: Name of the Pulumi stack.
        root: Folder with Pulumi.yaml.
        say: Is given severity and text of what is said, as soon as it is.
        targets: Names of the resources that a scoped run is about; None for a full run.
    """
    stored, log = stored_resources(resources), Log(say)
    # The engine starts program and providers there.
    with heard(log), contextlib.chdir(root):
        clients_of_run.configure(Config(dict(config), project))
        endpoint = clients_of_run.proxmox_endpoint(config)
        dynamic, plugin = DynamicKind(), PluginKind(lambda: clients_of_run.current().proxmox(endpoint).seen)

        def kind_of(type_: str) -> Kind:
            return plugin if type_.startswith(_PLUGIN) else dynamic

        refresh = Refresh(stored, kind_of, lambda: wait(stored, config, root) if targets is None else None, targets)
        monitor = Monitor(project, stack, stored, refresh, kind_of, targets)
        is_complete = run_program(monitor, log, project, stack, root, config)
        # What could not be looked at is told before what is wrong with the files, as the engine would do it.
        refresh.close()
    failures = refresh.failures or ([monitor.failure] if monitor.failure is not None else [])
    # A product that does not answer fails each look at it, in the same words.
    for text in dict.fromkeys(map(_told, failures)):
        log.take("error", text)
    if failures or not is_complete:
        return Planned((), tuple(log.messages), complete=False)
    recorded = {one.urn: one for one in stored}
    steps = (*monitor.steps, *monitor.deletions())
    return Planned(
        steps, tuple(log.messages), complete=True, recorded=recorded, has_other_outputs=monitor.has_other_outputs
    )


def _told(error: Exception) -> str:
    """Say it as the engine does: providers raise classes whose names are the labels of our errors."""
    if isinstance(error, PhoenixError):
        return f"{error.label}: {told(error)}"
    return str(error) if isinstance(error, RefusedError) else f"{type(error).__name__}: {error}"
