"""From the configuration to the plan: the one way in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_interface
from itertools import chain

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.problem import Problem, Severity
from phoenix_providers.models.traefik_records import DynamicConfiguration, NewConfiguration
from phoenix_providers.planning.addresses import node_interfaces
from phoenix_providers.planning.declared_guest import declared_guests
from phoenix_providers.planning.dns.backends.table import backend_of
from phoenix_providers.planning.dns.nodes import node_plans
from phoenix_providers.planning.dns.records import dns_records
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.firewall.connections.needed_connections import guests_by_address, needed_connections
from phoenix_providers.planning.firewall.derivation import firewall
from phoenix_providers.planning.firewall.names.uses import with_names
from phoenix_providers.planning.firewall.rules.places import rule_places
from phoenix_providers.planning.names import qualified
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.routes.catch_all import check_catch_all
from phoenix_providers.planning.routes.conflicts import INFRASTRUCTURE, RouteConflicts, check_references
from phoenix_providers.planning.routes.declared_hosts import declared_hosts, routed_hosts
from phoenix_providers.planning.routes.guest_routes import infrastructure_routes
from phoenix_providers.planning.routes.names import Parts, RouteNames, holders
from phoenix_providers.planning.site.blocked_rules import has_blocked_rules, rules_by_vm
from phoenix_providers.planning.site.checks import check_guests, check_neighbours
from phoenix_providers.planning.site.idle_settings import mention_idle_names
from phoenix_providers.planning.site.unknown_stacks import (
    Recorded,
    mention,
    recorded_guests,
    standing_hosts,
    unknown_stacks,
    with_published_names,
    with_recorded_names,
)
from phoenix_providers.planning.site_plan import ROUTES_STAY, DnsRecord, SitePlan, StackPlan
from phoenix_providers.planning.stacks.derivation import derive_stack
from phoenix_providers.planning.stacks.derived_stack import DerivedStack
from phoenix_providers.planning.stacks.environments import environments
from phoenix_providers.planning.stacks.former_names import check_former_names, former_names
from phoenix_providers.planning.stacks.registries import registries
from phoenix_providers.planning.traefik.merge import merge_routes


def plan_site(
    configuration: Configuration,
    recorded: Recorded | None = None,
    held: Iterable[RecordedStack] = (),
    held_back: Collection[str] = (),
    kept_names: Collection[str] = (),
) -> SitePlan:
    """Derive everything that the configuration declares, and every problem with it.

    While it is unknown what some stacks declare, what is `recorded` and may be theirs is part of the plan. The same
    holds for stacks that are `held` though the files have them no more. Of stacks whose new routes are `held_back`, by
    NAME@VMID, the names of the published ones stay. So do `kept_names`, if they are published.
    """
    findings = Findings()
    check_guests(configuration, findings)
    planned_environments = environments(configuration, findings)
    by_vm = {environment.vmid: environment for environment in planned_environments}
    derived = [
        derive_stack(configuration, vm, reference, by_vm) for vm in configuration.vms for reference in vm.docker_stacks
    ]
    clash = check_neighbours(derived, recorded.stacks if recorded else {})
    check_former_names(configuration, derived, findings)
    infrastructure = infrastructure_routes(configuration, findings)
    routes, contested = _settled_routes(derived, infrastructure, recorded.routes if recorded else {})
    hosts_of_stacks = {name: declared_hosts(configuration, folder) for name, folder in configuration.stacks.items()}
    routed = {name: declared.names for name, declared in hosts_of_stacks.items()}
    records = dns_records(configuration, routed, findings)
    unknown = unknown_stacks(configuration, hosts_of_stacks)
    in_doubt = frozenset(stack.vm.vmid for stack in derived if not stack.rules_known)
    mention(configuration, unknown, in_doubt, findings)
    held = tuple(held)
    unknown = tuple(sorted({*unknown, *(stack.folder for stack in held)}))
    in_doubt |= {stack.vmid for stack in held} & {vm.vmid for vm in configuration.vms}
    kept_guests: frozenset[int] = frozenset()
    standing = _standing_routes(configuration, derived, recorded.routes, held_back) if recorded is not None else {}
    if recorded is not None:
        records = with_recorded_names(configuration, records, recorded) if unknown else records
        standing_names = standing_hosts([*standing.values(), *(stack.routes for stack in held)])
        records = with_published_names(records, recorded, [*standing_names, *kept_names])
        kept_guests = in_doubt & recorded_guests(configuration, recorded)
    nodes = node_plans(configuration, records, findings)
    _mention_missing_records(configuration, derived, routes, {*_names(records), *chain.from_iterable(routed.values())})
    open_rules = rules_by_vm(configuration, derived, recorded.rules if recorded else None)
    declared_firewall = firewall(configuration, open_rules, findings, kept_guests)
    declared_firewall = with_names(declared_firewall, configuration, findings)
    planned_registries = registries(configuration, derived, findings)
    # What is held, and was never published, needs nothing; a state that knows no routes at all does not tell.
    known = recorded is not None and bool(recorded.routes)
    idle = {one.resource_name for one in derived if known and one.held and not _is_elsewhere(one)}
    wanted = [own for one, own in zip(derived, routes, strict=True) if one.resource_name not in idle]
    needed = [infrastructure, *wanted, *standing.values()]
    backend = backend_of(configuration)
    connections = needed_connections(configuration, planned_environments, needed, backend.products(configuration))
    mention_idle_names(configuration, connections, derived, in_doubt, findings)
    return SitePlan(
        domain=configuration.site.domain_name,
        node=configuration.settings.node,
        dns=records,
        nodes=nodes,
        publication=backend.publication(configuration, records, findings),
        firewall=declared_firewall,
        infrastructure=infrastructure,
        environments=planned_environments,
        stacks=tuple(_stack_plan(stack, own) for stack, own in zip(derived, routes, strict=True)),
        problems=(*_site_problems(configuration, derived), *findings.found),
        unknown_stacks=unknown,
        vms_in_doubt=in_doubt,
        connections=connections,
        networks=_networks(configuration),
        guest_addresses=guests_by_address(configuration),
        guests=declared_guests(configuration, declared_firewall.guests),
        rule_places=rule_places(configuration, declared_firewall),
        registries=planned_registries,
        contested=contested or clash,
        standing=any(map(_stands, derived)),
        blocked_rules=has_blocked_rules(derived),
    )


def _networks(configuration: Configuration) -> dict[str, str]:
    """An address without its prefix length is taken to be in the network of another node that holds it."""
    interfaces = {name: ip_interface(one) if one else None for name, one in node_interfaces(configuration).items()}
    wide = [one.network for one in interfaces.values() if one and one.network.num_addresses > 1]
    found = {
        name: next((network for network in (one.network, *wide) if network in wide and one.ip in network), one.network)
        for name, one in interfaces.items()
        if one
    }
    return {name: str(found.get(name, "")) for name in interfaces}


def _settled_routes(
    derived: Sequence[DerivedStack], infrastructure: DynamicConfiguration, before: Parts
) -> tuple[list[NewConfiguration], bool]:
    """Give all routes names of their own, and compare them with each other; return whether some want the same."""
    labels = {stack.resource_name: stack.unsettled_routes for stack in derived}
    names, conflicts = RouteNames(holders=holders(labels, before)), RouteConflicts(before)
    names.reserve(infrastructure)
    conflicts.add(INFRASTRUCTURE, infrastructure, Findings())
    routes = []
    for stack in derived:
        settled = names.settle(stack.unsettled_routes, stack.resource_name)
        conflicts.add(stack.resource_name, settled, stack.findings, stack.places)
        routes.append(settled)
    everything = merge_routes([infrastructure, *routes])
    for stack, own in zip(derived, routes, strict=True):
        check_references(own, everything, stack.findings, stack.places)
        check_catch_all(own, everything, stack.findings, stack.places)
    return routes, conflicts.found or any(
        own != stack.unsettled_routes for stack, own in zip(derived, routes, strict=True)
    )


def _names(records: Iterable[DnsRecord]) -> Iterator[str]:
    return (record.hostname for record in records)


def _mention_missing_records(
    configuration: Configuration,
    derived: Sequence[DerivedStack],
    routes: Sequence[DynamicConfiguration],
    known: Collection[str],
) -> None:
    """Say which routed names of the domain get no record: those that stand in compose files only."""
    if not backend_of(configuration).publishes:
        return
    for stack, own in zip(derived, routes, strict=True):
        for host in routed_hosts(own):
            name = qualified(host, configuration.site.domain_name)
            if name == host and "*" not in host and host not in known:
                stack.findings.warning(
                    f"{host} is routed, but gets no DNS record: records come from the manifests' labels",
                    configuration.locate(f"stacks/{stack.reference.name}", "environments"),
                    seen=host,
                    next_step="move the label to the manifest's traefik_labels, or give the VM a dns_records entry",
                )


def _stack_plan(stack: DerivedStack, routes: DynamicConfiguration) -> StackPlan:
    """Return the plan; one that is blocked or held has no routes of the files, since what it has now stays."""
    problems = stack.findings.errors
    return StackPlan(
        name=stack.reference.name,
        vmid=stack.vm.vmid,
        vm_name=stack.vm.name,
        environment=stack.environment,
        project=stack.project,
        compose=None if stack.findings.blocking else stack.compose,
        variables=stack.variables,
        routes={} if problems or (stack.held and not _is_elsewhere(stack)) else routes,
        bootstrap=stack.bootstrap,
        problems=problems,
        services=stack.services,
        host_ports=tuple(dict.fromkeys(taken.port.host_text for taken in stack.ports if taken.certain)),
        limits=stack.limits,
        label_places=stack.places.as_text(),
        held=stack.held,
        labelled=routes,
    )


def _standing_routes(
    configuration: Configuration, derived: Iterable[DerivedStack], published: Parts, held_back: Collection[str]
) -> Parts:
    former = former_names(configuration).stacks
    names = [stack.resource_name for stack in derived if _stands(stack) or stack.resource_name in held_back]
    return {name: published.get(name) or published.get(former.get(name, ""), {}) for name in names}


def _stands(stack: DerivedStack) -> bool:
    """Whether what is published of it stays, whatever its labels say."""
    return bool(stack.findings.errors) or (stack.held == ROUTES_STAY and not stack.bootstrap)


def _is_elsewhere(stack: DerivedStack) -> bool:
    """Whether it is deployed by somebody else, so that to hold it with its routes changes nothing."""
    return bool(stack.bootstrap) and stack.held == ROUTES_STAY


def _site_problems(configuration: Configuration, derived: Sequence[DerivedStack]) -> list[Problem]:
    """Return the loader's problems with the site, and all warnings of stacks.

    What is wrong with a folder that no VM lists blocks nothing, so it is a warning.
    """
    listed = {stack.reference.name for stack in derived}
    problems = [
        replace(problem, severity=Severity.WARNING) if problem.stack else problem
        for problem in configuration.problems
        if problem.stack not in listed
    ]
    for stack in derived:
        problems += [problem for problem in stack.findings.warnings if problem not in problems]
    return problems
