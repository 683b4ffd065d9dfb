"""What is known without asking any server: files, state, the last run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_interface
from pathlib import Path

from phoenix_providers.cli.engine.recorded_names import recorded_names
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.run_folder import RunFolder
from phoenix_providers.cli.project.config_folder import config_folder
from phoenix_providers.cli.project.offline_plan import offline_settings, with_secrets_set
from phoenix_providers.cli.site_view.looked import Question
from phoenix_providers.cli.site_view.published_checks import published_checks
from phoenix_providers.cli.site_view.site_view import LastRun, Trouble
from phoenix_providers.cli.site_view.stored_site import StoredSite
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.run_record import RunRecord
from phoenix_providers.models.settings import Settings
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.planning.routes.route_checks import RouteCheck
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.program.site import server_of
from phoenix_providers.resources.engine_values import from_engine

# A look is worth little if it takes long; who is slower than that does not answer.
_LONGEST_SECONDS = 5.0
_TIMEOUT, _PATIENCE = "phoenix:requestTimeout", "phoenix:readinessTimeout"
_GATE = "readiness"
_VERDICT = "Verdict"
# Returns resources and configuration, as `Engine.asked_ahead` does.
Asked = Callable[[], tuple[Sequence[EngineRecord], Mapping[str, str]]]


@dataclass(frozen=True)
class KnownFiles:
    """What the files say, and what the state has.

    Attributes:
        configuration: None where the files cannot be read.
        plan: What they declare; where they cannot be read, the environments that the state has.
        files: What is wrong with the files.
    """

    configuration: Configuration | None
    plan: SitePlan
    files: tuple[Trouble, ...] = ()
    stored: StoredSite = field(default_factory=lambda: StoredSite({}))
    last_run: LastRun | None = None
    pulumi_stack: str = ""

    @property
    def warnings(self) -> tuple[Trouble, ...]:
        """What the files may mean otherwise than they are read; no run is kept from starting by it."""
        return _troubles(self.plan.problems, Severity.WARNING)

    @classmethod
    def offline(cls) -> KnownFiles:
        """Read the files of the project around the current folder, for somebody who has got no further.

        Raises:
            PhoenixError: They cannot be read.
        """
        folder = config_folder()
        configuration = load_configuration(folder, offline_settings(folder, ()))
        taken = with_secrets_set(configuration)
        plan = plan_site(taken)
        # That secrets are not seen here is no matter of the files.
        own = tuple(one for one in plan.problems if one not in taken.problems or one in configuration.problems)
        return cls(configuration, replace(plan, problems=own), _troubles(own))


@dataclass(frozen=True, kw_only=True)
class Known(KnownFiles):
    """The same, and with what to ask the servers.

    Attributes:
        resources: Those of the state, secrets in clear.
        config: The stack's configuration, secrets in clear, with full names.
        clients: With which servers are asked.
        record: The last run that was started on this computer.
    """

    resources: Sequence[EngineRecord] = field(repr=False)
    config: Mapping[str, str] = field(repr=False)
    clients: ClientsOfRun
    project: str
    record: RunRecord | None

    @classmethod
    def of(cls, engine: Engine, asked: Asked | None = None) -> Known:
        """Read files and state; files that cannot be read leave what the state has.

        Args:
            engine: Has the state.
            asked: Returns its answers, if somebody has asked it ahead.

        Raises:
            PhoenixError: There is no Pulumi stack, or its settings are wrong.
        """
        resources, config = (asked or engine.asked_ahead())()
        project, pulumi_stack = recorded_names(engine, resources)
        record = RunFolder.named(engine.project, project, pulumi_stack).last()
        seconds = min(float(config.get(_TIMEOUT) or _LONGEST_SECONDS), _LONGEST_SECONDS)
        # Nobody waits here for what is not ready.
        limited = {**config, _TIMEOUT: str(seconds), _PATIENCE: "0.1"}
        here = Path.cwd()
        # Paths in settings are relative to the project, as they are for a run.
        with contextlib.chdir(engine.project):
            clients = clients_of_run.clients_for(limited)
            stored = StoredSite.of(resources)
            # Who is there as well reads places in the files as they would be typed.
            is_here = here.resolve() == engine.project.resolve()
            settings = clients.settings if is_here else clients.settings.resolve(engine.project)
            configuration, plan, files = _read(settings, stored)
        return cls(
            configuration,
            plan,
            files,
            stored,
            _last_run(record),
            pulumi_stack,
            resources=resources,
            config=limited,
            clients=clients,
            project=project,
            record=record,
        )

    @property
    def checks(self) -> tuple[RouteCheck, ...]:
        """Every routed name."""
        return published_checks(self.stored, self.configuration, self.plan)

    def question(self, checks: Sequence[RouteCheck]) -> Question:
        """Return whom to ask about everything."""
        settings = self.clients.settings
        projects = {stack.project for stack in self.plan.stacks}
        projects |= {str(one.outputs.get("project") or "") for one in self.stored.stacks.values()}
        return Question(
            proxmox=clients_of_run.proxmox_endpoint(self.config),
            portainer=self._portainer(settings),
            traefik=settings.traefik_api_url or "",
            name_server=settings.dns_server or self._node(),
            environments=self.environments_of(),
            projects=frozenset(projects),
            checks=checks,
            hidden=former_secrets(self.plan, self.stored),
        )

    def environments_of(self, vmid: int | None = None) -> dict[str, int]:
        """Return names and numbers of all environments, or of those of a VM; what leaves the files runs until then."""
        known = (*self.stored.plan().environments, *self.plan.environments)
        return {one.name: self.stored.environment_id(one.vmid) for one in known if vmid in (None, one.vmid)}

    def _portainer(self, settings: Settings) -> PortainerServer | None:
        if self.configuration is None:
            gate = self.stored.things.get(_GATE)
            return ProductAddresses.from_input(from_engine(gate.outputs)).portainer if gate is not None else None
        site = self.configuration.site
        return server_of(site, settings) if settings.portainer_url or site.network.portainer_server_ip else None

    def _node(self) -> str:
        address = self.configuration.site.network.interfaces.address if self.configuration is not None else None
        return str(ip_interface(address).ip) if address else ""


def _read(settings: Settings, stored: StoredSite) -> tuple[Configuration | None, SitePlan, tuple[Trouble, ...]]:
    try:
        configuration = load_configuration(settings.config_folder, settings)
    except ConfigurationError as error:
        troubles = (Trouble(one.what, f"{one.where}: {one.seen}".strip(": "), one.next_step) for one in error.reasons)
        return None, stored.plan(), tuple(troubles)
    plan = plan_site(configuration)
    return configuration, plan, _troubles(plan.problems)


def _troubles(problems: Iterable[Problem], severity: Severity = Severity.ERROR) -> tuple[Trouble, ...]:
    """Return the errors that keep a run from starting, or what is less than that."""
    return tuple(
        Trouble(one.message, f"{one.location or ''}: {one.seen}".strip(": "), one.next_step)
        for one in problems
        if one.severity is severity
    )


def _last_run(record: RunRecord | None) -> LastRun | None:
    if record is None:
        return None
    # The verdict only says that something else has failed.
    failed = tuple(dict.fromkeys(step.name for step in record.steps if step.failed and step.type != _VERDICT))
    return LastRun(record.command, record.started, record.ended, record.exit_code, record.engine_log, failed)


def former_secrets(plan: SitePlan, stored: StoredSite) -> frozenset[str]:
    """Return what stacks were given for secrets: that runs until they are given what these are now."""
    named = ((one, stored.stacks.get(one.resource_name)) for one in plan.stacks)
    return frozenset(
        str(given)
        for one, thing in named
        if thing is not None
        for name, given in (thing.outputs.get("env") or {}).items()
        if isinstance(one.variables.get(name), SecretReference) and given
    )
