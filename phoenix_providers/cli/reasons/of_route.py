"""Why a route is as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phoenix_providers.cli.reasons.found import Found, Look, asked_at, silent_products, told_chain
from phoenix_providers.cli.reasons.of_stack import looked_containers
from phoenix_providers.cli.reasons.publishers import publishers
from phoenix_providers.cli.reasons.reason import Asked, Waiting
from phoenix_providers.cli.reasons.subjects import Subject
from phoenix_providers.cli.site_view.known import Known, KnownFiles
from phoenix_providers.cli.site_view.views import route_views
from phoenix_providers.planning.routes.guest_routes import router_of
from phoenix_providers.planning.routes.refused_routes import place_of
from phoenix_providers.planning.routes.route_checks import WHOLE, RouteCheck

_OF_GUESTS, _OF_STACKS = "traefik-infrastructure", "traefik-stacks"


def of_route(known: Known, subject: Subject, look: Look) -> Found:
    """Follow it, and look at the containers behind it."""
    check = subject.thing
    assert isinstance(check, RouteCheck)  # noqa: S101 - subjects of this kind have one
    question = known.question((check,))
    is_stack = check.owner != WHOLE
    vmid = int(check.owner.rpartition("@")[2]) if is_stack else 0
    own = known.environments_of(vmid)
    looked = look(replace(question, proxmox="", portainer=question.portainer if is_stack else None, environments=own))
    view = route_views((check,), looked)[0]
    chain = looked.chains[0] if looked.chains else None
    plan = next((one for one in known.plan.stacks if one.resource_name == check.owner), None)
    containers = looked_containers(known, plan, check.owner, vmid, looked) if is_stack else []
    published = _OF_STACKS if is_stack else _OF_GUESTS
    verdict = {"fine": "answered", "wrong": "broken", "unknown": "not known"}[view.standing]
    return Found(
        view.standing,
        f"{verdict}: {view.probe}" if view.standing != "wrong" else f"breaks at {view.probe}",
        tuple(_asked(known, check)),
        (*silent_products(looked), *_waits(known, check)),
        (*(told_chain(chain) if chain is not None else ()), *containers),
        published,
        resources_of(known, check),
        looked,
        view.next_step,
    )


def resources_of(known: KnownFiles, check: RouteCheck) -> frozenset[str]:
    """Return the names in the state of all that brings a route about: itself, its DNS name, and the rules it needs."""
    names = {_OF_GUESTS if check.owner == WHOLE else _OF_STACKS}
    number: int | str | None
    if check.owner == WHOLE:
        number = next((one.number for one in known.plan.guests if one.name == check.guest), None)
    else:
        names.add(check.owner)
        number = check.owner.rpartition("@")[2]
    if number is not None:
        names |= {f"rules@{number}", f"firewall@{number}"}
    if any(record.hostname == check.host for record in known.plan.dns):
        names |= publishers(known)
    return frozenset(names)


def _asked(known: Known, check: RouteCheck) -> Iterator[Asked]:
    configuration = known.configuration
    plan = next((one for one in known.plan.stacks if one.resource_name == check.owner), None)
    if plan is not None:
        place = place_of(f"{check.protocol}.routers.{check.router}.rule", check.owner, plan.label_places)
        yield asked_at(place.partition(" ")[0], f"the router {check.router} of {check.owner}")
    for guest in configuration.guests if configuration is not None and check.owner == WHOLE else ():
        if guest.traefik_service and router_of(guest.traefik_service.name) == check.router:
            place = str(configuration.locate(*guest.declared_at, "traefik_service")) if configuration else ""
            yield asked_at(place, f"traefik_service of {guest.name}")
    if check.owner == WHOLE and not check.guest:
        yield asked_at("", "the dashboard of Traefik: every site has it")
    for record in known.plan.dns:
        if record.hostname == check.host:
            yield asked_at(record.place, f"its DNS record, to {record.ip} ({record.asked_by})")


def _waits(known: Known, check: RouteCheck) -> Iterator[Waiting]:
    thing = known.stored.stacks.get(check.owner)
    since = thing.modified if thing is not None else None
    if check.unpublished:
        yield Waiting(f"not published: {check.unpublished}", since, f"phoenix why {check.owner}")
    refused = known.stored.refused.get(check.owner)
    for fault in refused.faults if refused is not None else ():
        yield Waiting(f"Traefik would not take {fault.path}: {fault.reason}", since, fault.expected)
    plan = next((one for one in known.plan.stacks if one.resource_name == check.owner), None)
    if plan is not None and plan.problems:
        yield Waiting(f"{check.owner} is blocked: {plan.problems[0].message}", next_step=plan.problems[0].next_step)
    elif plan is not None and plan.held:
        yield Waiting(f"{check.owner} is held: its routes {'stay' if plan.held == 'stay' else 'are withdrawn'}")
