"""The plan as JSON-ready data: what tests and users compare with. No secret values, since the plan has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phoenix_providers.models.problem import Problem
from phoenix_providers.planning.dns.backends.table import BACKENDS
from phoenix_providers.planning.firewall.derivation import rule_fields
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.firewall_options import GUEST_WORDS, POLICIES, SITE_WORDS, as_said
from phoenix_providers.planning.site_plan import (
    DnsPublication,
    FirewallPlan,
    GuestFirewallPlan,
    NodePlan,
    SitePlan,
    StackPlan,
)
from phoenix_providers.planning.traefik.merge import merge_routes

_WORDS = {**SITE_WORDS, **GUEST_WORDS}


def render(plan: SitePlan) -> dict[str, Any]:
    """Return everything that the configuration declares."""
    return {
        "dns": [{"hostname": record.hostname, "ip": record.ip} for record in plan.dns],
        "nodes": {node.name: _node(node) for node in plan.nodes},
        **_delivered(plan.publication),
        "firewall": _firewall(plan.firewall),
        "traefik": {
            "infrastructure": merge_routes([plan.infrastructure]),
            "stacks": merge_routes(stack.routes for stack in plan.stacks),
        },
        "environments": [
            {
                "name": environment.name,
                "url": environment.url,
                "vmid": environment.vmid,
                "role": environment.role,
            }
            for environment in plan.environments
        ],
        "registries": [
            {
                "name": registry.name,
                "url": registry.url,
                "user": registry.user,
                "secret": registry.secret,
                "stacks": list(registry.stacks),
            }
            for registry in plan.registries
        ],
        "stacks": [_stack(plan, stack) for stack in plan.stacks],
        "problems": [rendered_problem(problem) for problem in plan.every_problem],
    }


def same_plans(one: SitePlan, other: SitePlan) -> bool:
    """Whether two plans declare the same; their problems may differ, since the files do."""
    first, second = ({**render(plan), "problems": []} for plan in (one, other))
    return first == second


def _delivered(publication: DnsPublication) -> dict[str, Any]:
    """Return what each back end that delivers records has to deliver; None for those that the site does not use."""
    delivered = {"target": publication.target, "text": publication.text} if publication.target else None
    return {name: delivered if name == publication.backend else None for name, one in BACKENDS.items() if one.target}


def _node(node: NodePlan) -> dict[str, Any]:
    return {
        "hosts": [" ".join([entry.address, *entry.names]) for entry in node.hosts],
        "resolver": [node.resolver.domain, *node.resolver.servers] if node.resolver else None,
    }


def _firewall(firewall: FirewallPlan) -> dict[str, Any]:
    rendered: dict[str, Any] = {
        "options": _options({**firewall.options.otherwise, **firewall.options.declared}),
        "cluster": [rule_fields(rule) for rule in firewall.cluster],
        "guests": {str(number): _guest(guest) for number, guest in sorted(firewall.guests.items())},
    }
    names = {one.resource_name: _name(one) for one in firewall.names}
    return rendered | ({"names": names} if names else {})


def _name(one: FirewallName) -> dict[str, Any]:
    entries = [{key: value for key, value in entry.items() if value not in ("", None)} for entry in one.entries]
    entries = [{key: value for key, value in entry.items() if value is not False} for entry in entries]
    return {"comment": one.comment, "entries": entries} if one.comment else {"entries": entries}


def _guest(guest: GuestFirewallPlan) -> dict[str, Any]:
    # A policy that its file leaves open may be another one by now.
    implied = {key: value for key, value in guest.options.otherwise.items() if key not in POLICIES}
    rendered: dict[str, Any] = {"name": guest.name, "node": guest.node, "kind": guest.kind}
    rendered |= _options({**implied, **guest.options.declared})
    return rendered | {"rules": [rule_fields(rule) for rule in guest.rules]}


def _options(options: Mapping[str, str]) -> dict[str, Any]:
    return {word.removeprefix("default_"): as_said(key, options[key]) for key, word in _WORDS.items() if key in options}


def _stack(plan: SitePlan, stack: StackPlan) -> dict[str, Any]:
    environment = next((item.name for item in plan.environments if item.vmid == stack.vmid), None)
    rendered: dict[str, Any] = {
        "name": stack.name,
        "vmid": stack.vmid,
        "environment": environment,
        "project": stack.project,
        "compose": stack.compose,
        "env": sorted(stack.variables),
        "routes": merge_routes([stack.routes]),
        "blocked": bool(stack.blocking),
    }
    if stack.held:
        rendered["held"] = True
    elif stack.keeps_routes and not stack.blocking:
        rendered["routes_blocked"] = True
    return rendered | {"bootstrap": stack.bootstrap} if stack.bootstrap else rendered


def rendered_problem(problem: Problem) -> dict[str, Any]:
    """Return the parts of a problem that are not empty."""
    location = problem.location
    parts = {
        "severity": problem.severity.value,
        "message": problem.message,
        "location": str(location) if location else None,
        "path": location.path if location else "",
        "seen": problem.seen,
        "expected": problem.expected,
        "next_step": problem.next_step,
        "stack": problem.stack,
    }
    return {key: value for key, value in parts.items() if value != ""}
