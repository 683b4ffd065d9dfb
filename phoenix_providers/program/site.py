"""What this run is about: settings, files, the plan derived from them, and the scope."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config, get_config_env

from phoenix_providers.errors import ConfigurationError, ProductError
from phoenix_providers.models.credentials import secret_values
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.settings import Settings
from phoenix_providers.models.site import SiteFile
from phoenix_providers.operations.run_scope import is_meant
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.identity import refuse_foreign_state
from phoenix_providers.planning.site.idle_connections import in_use
from phoenix_providers.planning.site.idle_settings import idle_deletions
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import Connection, SitePlan
from phoenix_providers.planning.stacks.leaving.handover import Handover, hand_over
from phoenix_providers.planning.stacks.leaving.leaving_environments import (
    LeavingEnvironment,
    agent_connections,
    leaving_environments,
)
from phoenix_providers.program.held_back import held_back
from phoenix_providers.program.openings import openings
from phoenix_providers.program.recorded import recorded
from phoenix_providers.program.tree import Tree
from phoenix_providers.program.unreached_agents import unreached_agents

# Set by `phoenix sync stack`: the names that a scoped run declares, separated by blanks. Unset means everything.
SCOPE_VARIABLE = "PHOENIX_DECLARE"


@dataclass(frozen=True)
class Site:
    """Everything that the phases work from.

    Attributes:
        server: How Portainer is reached.
        secrets: Values of `phoenix:secrets`; they leave this object only inside a secret output.
        declared: Names that a scoped run declares; None in a full run.
        recorded: Names of the resources that the state has, under which they are declared now.
        stored: The same, as the state has them.
        former: The name that a guest's resource has in the state, by its present one, where it is another.
        confirmed_change: The last change of the firewall that was confirmed; empty if there was none.
        waited: What the state has of rules that waited for their places, by what the check called its finding.
        proxmox: URL of the Proxmox API.
        handover: Stacks that leave, and what takes their place.
        agents: Environments that leave together with stacks.
        agent_connections: What these need until they are gone.
        settled: The policies that guests were left with, by the name of the resource that holds their options.
        retired: Names in the state that leave, though the same name may be declared with another type.
        tried: What the state has of content that could not be deployed, by NAME@VMID.
        published: What the state has of published routes, by NAME@VMID.
        known_stacks: Stacks that the state has, by the same name.
        urns: The URN of each of these, without those that leave since they are of another type now.
        tree: The components in which resources are.
        in_use: Names of connections to agents and back ends that the state knows.
    """

    plan: SitePlan
    settings: Settings
    server: PortainerServer
    secrets: Mapping[str, str]
    declared: frozenset[str] | None
    recorded: frozenset[str]
    stored: frozenset[str]
    former: Mapping[str, str]
    confirmed_change: str
    waited: frozenset[str]
    proxmox: str
    handover: Handover
    agents: tuple[LeavingEnvironment, ...]
    agent_connections: tuple[Connection, ...]
    settled: Mapping[str, Mapping[str, str]]
    retired: frozenset[str]
    tried: Mapping[str, StoredProperties]
    published: Mapping[str, StoredProperties]
    known_stacks: Mapping[str, RecordedStack]
    urns: Mapping[str, str]
    tree: Tree
    in_use: frozenset[str]

    @property
    def records_target(self) -> str:
        """Where records are delivered to; a directory that is relative begins at the site file."""
        target = self.plan.publication.target
        return target if "://" in target or not target else str(self.settings.config_folder / target)

    def declares(self, name: str) -> bool:
        """Whether this run declares the resource."""
        return self.declared is None or name in self.declared


def after(resources: Iterable[pulumi.Resource], inside: pulumi.Resource | None) -> pulumi.ResourceOptions:
    """Say that something comes after all of these, and in which component it is."""
    return pulumi.ResourceOptions(parent=inside, depends_on=list(resources))


def as_before(site: Site, name: str, options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Let a resource go on with what the state has under its former name."""
    former = site.former.get(name) or site.handover.renamed.get(name)
    if former is None or former not in site.urns or name in site.stored:
        return options
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(aliases=[site.urns[former]]))


def load() -> Site:
    """Read settings and files, derive the plan, and tell what is wrong with them.

    Raises:
        ConfigurationError: Something concerns the whole site; nothing has been touched.
        UnsafeError: The state is another site's; nothing has been touched.
    """
    raw = _raw_settings()
    settings = Settings.from_raw(raw).resolve(Path(pulumi.get_root_directory() or "."))
    configuration = load_configuration(Path(settings.config_dir), settings)
    plan = plan_site(configuration)
    _stop_at_errors(plan.problems)
    known = recorded(plan.node)
    refuse_foreign_state(known.site_id, settings.site_id, f"{pulumi.get_project()}/{pulumi.get_stack()}")
    if plan.unknown_stacks or plan.vms_in_doubt:
        known = _complete(known, plan.node)
    if plan.unknown_stacks or plan.vms_in_doubt or plan.contested or plan.standing or plan.blocked_rules:
        plan = plan_site(configuration, known)
    scope = os.environ.get(SCOPE_VARIABLE)
    # A run for one stack leaves names alone.
    back = held_back(settings, plan, known) if not scope else frozenset()
    plan = plan_site(configuration, known, held_back=back) if back else plan
    handover = hand_over(configuration, plan, known.stacks, known.routes)
    plan = handover.judged(plan)
    for problem in (*_of_this_run(plan), *(() if scope else idle_deletions(settings.allow_delete, known))):
        _tell(problem)
    if handover.held:
        plan = handover.judged(plan_site(configuration, _complete(known, plan.node), handover.held, back))
    renamed = {*handover.renamed.values()}
    staying = [
        one.staying(f"it stays for as long as {', '.join(one.stacks)} {'stays' if len(one.stacks) == 1 else 'stay'}")
        for one in leaving_environments(plan, known.environments, handover.held, renamed)
    ]
    plan = replace(plan, environments=(*plan.environments, *staying))
    agents = leaving_environments(plan, known.environments, handover.leaving, renamed)
    # A run for one stack removes nothing.
    agents = agents if not scope else ()
    unreached = unreached_agents(settings, raw, server_of(configuration.site, settings), agents, known)
    if unreached:
        handover = handover.without_reach({name: why for one, why in unreached.items() for name in one.names})
        hosts = {one.host for one in unreached}
        plan = handover.judged(plan_site(configuration, known, handover.held, back, hosts))
        agents = tuple(one for one in agents if one not in unreached)
        staying += [one.staying(why) for one, why in unreached.items()]
        plan = replace(plan, environments=(*plan.environments, *staying))
    for line in openings(configuration, plan, known) if not scope else ():
        pulumi.log.warn(line)
    for message in handover.messages(configuration, whole=not scope, meant=is_meant):
        pulumi.log.warn(message)
    declared = frozenset(scope.split()) if scope else None
    return Site(
        plan=plan,
        settings=settings,
        server=server_of(configuration.site, settings),
        secrets=secret_values(raw),
        declared=declared,
        recorded=known.names,
        stored=known.as_stored,
        former=known.former,
        confirmed_change=known.confirmed_change,
        waited=known.waited,
        proxmox=get_config("proxmoxve:endpoint") or os.environ.get("PROXMOX_VE_ENDPOINT", ""),
        handover=handover,
        agents=agents,
        agent_connections=agent_connections(agents, plan, configuration.site.network.portainer_server_ip or ""),
        settled=known.settled,
        retired=known.retired,
        tried={name: stack.tried for name, stack in known.stacks.items()},
        published=known.routes,
        known_stacks=known.stacks,
        urns=known.urns,
        tree=Tree(known, declared),
        in_use=in_use(plan, known),
    )


def _complete(known: Recorded, node: str) -> Recorded:
    """Refuse to plan without the names that have to stay."""
    if known.hosts is None:
        raise ProductError(
            "the state does not tell which names are published, and some stack's are unknown",
            where=f"hosts@{node}",
            seen="no `entry` among its outputs",
            expected="the lines of the hosts file",
            next_step="pulumi refresh, or mend what is said of the stack",
        )
    return known


def _raw_settings() -> dict[str, str]:
    """Return all settings of our namespace, those with a misspelt name too."""
    prefix = "phoenix:"
    everything = CONFIG.get() or get_config_env()
    return {key.removeprefix(prefix): str(value) for key, value in everything.items() if key.startswith(prefix)}


def _stop_at_errors(problems: Iterable[Problem]) -> None:
    """Stop before anything is touched if a problem concerns the whole site; it names all of them."""
    errors = tuple(problem.explanation() for problem in problems if problem.severity is Severity.ERROR)
    if errors:
        raise ConfigurationError("The configuration has errors; nothing was touched", errors)


def _of_this_run(plan: SitePlan) -> Iterator[Problem]:
    """Yield what matters to this run: one for a single stack says nothing of others, and does not fail for them."""
    meant = [stack for stack in plan.stacks if is_meant(stack.resource_name)]
    others = {stack.name for stack in plan.stacks} - {stack.name for stack in meant}
    yield from (problem for problem in plan.problems if problem.stack not in others)
    for stack in meant:
        yield from stack.problems


def _tell(problem: Problem) -> None:
    """Show a problem in the engine's messages, on top of every plan; blocked stacks fail the run at its end."""
    if problem.severity is Severity.ERROR:
        only_routes = f"the routes of {problem.stack} are blocked and stay as they are"
        blocked = only_routes if problem.routes_only else f"{problem.stack} is blocked and stays as it is"
        pulumi.log.warn(f"{ConfigurationError.label}: {blocked}: {problem.explanation().text()}")
    else:
        pulumi.log.info(problem.explanation().text())


def server_of(site: SiteFile, settings: Settings) -> PortainerServer:
    """Return how Portainer is reached, without credentials."""
    return PortainerServer.declared(site, settings)
