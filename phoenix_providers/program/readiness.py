"""Step 3: nothing is touched before everything is ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pulumi

from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.planning.dns.backends.table import BACKENDS, targets
from phoenix_providers.planning.firewall.connections.product_connections import OF_PRODUCTS
from phoenix_providers.planning.firewall.connections.stack_connections import lost_backends
from phoenix_providers.planning.proxmox.api_words import wanted_by_scope
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.routes.entry_points import asked_entry_points
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.leaving.arriving_stack import ArrivingStack
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
from phoenix_providers.planning.stacks.leaving.successions import environment_of
from phoenix_providers.program.firewall_question import question
from phoenix_providers.program.portainer import values_of
from phoenix_providers.program.site import Site, after
from phoenix_providers.program.tree import READINESS
from phoenix_providers.resources.inventory import Inventory
from phoenix_providers.resources.readiness_again import ReadinessAgain
from phoenix_providers.resources.readiness_gate import ReadinessGate


def declare(site: Site) -> list[pulumi.Resource]:
    """Declare the inventory, and behind it the gate."""
    resources: list[pulumi.Resource] = []
    if site.declares("inventory"):
        resources.append(_inventory(site))
    if site.declares("readiness"):
        resources.append(_gate(site, resources))
    return resources


def declare_again(site: Site, firewall: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
    """Declare the second gate behind the firewall; return who comes last."""
    if not firewall or not site.declares("readiness-again"):
        return list(firewall)
    return [ReadinessAgain("readiness-again", products(site), after(firewall, site.tree.inside(READINESS)))]


def _gate(site: Site, before: Iterable[pulumi.Resource]) -> ReadinessGate:
    addresses = replace(
        products(site),
        proxmox=site.proxmox,
        privileges_at=tuple(sorted(scope.permission_path for scope in wanted_by_scope(site.plan))),
        firewall=question(site).about([*OF_PRODUCTS.values(), *(one.connection for one in targets())]),
    )
    preview, asked = pulumi.runtime.is_dry_run(), asked_entry_points(site.plan)
    options = after(before, site.tree.inside(READINESS))
    return ReadinessGate("readiness", addresses, asked, preview=preview, opts=options)


def _inventory(site: Site) -> Inventory:
    plan = site.plan
    at_portainer = {environment.vmid: environment.name for environment in plan.environments}
    names: dict[str, list[Any]] = {
        "stacks": [
            {"name": stack.resource_name, "environment": at_portainer.get(stack.vmid, ""), "project": stack.project}
            for stack in plan.stacks
        ]
        + [
            {"name": stack.name, "environment": stack.environment, "project": stack.project}
            for stack in (*site.handover.held, *site.handover.unreached)
        ],
        "environments": [
            {"name": environment.resource_name, "environment": environment.name, "project": ""}
            for environment in plan.environments
        ],
        "registries": [registry.resource_name for registry in plan.registries],
        "records": [record.hostname for record in plan.dns],
        "firewall names": [one.resource_name for one in plan.firewall.names],
    }
    # What a stack that cannot be read declares is unknown: its records stay, so they must not count as deleted.
    options = after([], site.tree.inside(READINESS))
    if plan.unknown_stacks:
        options = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(ignore_changes=["records"]))
    renamed = {name: former for name, former in site.handover.renamed.items() if former in site.recorded}
    leaving = _leaving(site)
    return Inventory(
        "inventory",
        names,
        site.settings.site_id,
        site.settings.delete_threshold,
        site.settings.allow_delete,
        {record.hostname: record.ip for record in plan.dns},
        renamed,
        leaving,
        _arriving(site, leaving),
        _departing(site) if leaving else {},
        site.agents,
        site.recorded,
        site.proxmox,
        plan.guests,
        options,
    )


def _leaving(site: Site) -> list[LeavingStack]:
    """Say what it takes to remove each stack that leaves before its time; a run for one stack removes nothing."""
    if site.declared is not None:
        return []
    settings = site.settings
    return [
        LeavingStack(
            name=stack.name,
            project=stack.project,
            environment=environment_of(site.plan, stack) or stack.environment,
            successors=tuple(site.handover.successors[stack.name]),
            blocked=tuple(site.handover.held_for.get(stack.name, ())),
            back_ends=_back_ends(site, stack),
            routes=names,
            target=settings.traefik_target or "",
            api=settings.traefik_api_url or "",
        )
        for stack, names in site.handover.routes_of_leaving
    ]


def _departing(site: Site) -> dict[str, StackContent]:
    """Return what worked last of those that leave."""
    found = {stack.name: StackContent.from_property(stack.last_good) for stack, _ in site.handover.routes_of_leaving}
    return {name: content for name, content in found.items() if content is not None}


def _back_ends(site: Site, old: RecordedStack) -> dict[str, tuple[str, ...]]:
    """Return the connections to the back ends of what takes the place of published routes, by stack."""
    if not old.routes:
        return {}
    names = {old.name, *site.handover.successors[old.name], *site.handover.claimants.get(old.name, ())}
    found = {
        stack.resource_name: tuple(lost_backends(site.plan, old.routes, stack.routes))
        for stack in site.plan.stacks
        if stack.resource_name in names
    }
    return {name: ends for name, ends in found.items() if ends}


def _arriving(site: Site, leaving: Iterable[LeavingStack]) -> dict[str, ArrivingStack]:
    """Say what it takes to judge each stack that takes the place of one of these."""
    names = {name for one in leaving for name in one.successors}
    return {
        stack.resource_name: ArrivingStack.from_input(
            {
                "server": site.server.as_input(),
                "project": stack.project,
                "environment": environment_of(site.plan, stack),
                "compose": stack.compose or "",
                "env": values_of(site, stack),
                "services": list(stack.services),
                **site.tried.get(stack.resource_name, {}),
            }
        )
        for stack in site.plan.stacks
        if stack.resource_name in names and not stack.untouched
    }


def products(site: Site) -> ProductAddresses:
    """Return addresses of the products, never names that a later step publishes."""
    target = BACKENDS[site.plan.publication.backend].target
    return ProductAddresses(
        portainer=site.server,
        traefik_api=site.settings.traefik_api_url or "",
        traefik_target=site.settings.traefik_target or "",
        records={target.check: site.records_target} if target else {},
    )
