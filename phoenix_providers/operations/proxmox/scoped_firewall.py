"""A run for one stack changes nothing of the firewall, but depends on it: what that keeps out is named and fails it.

In a full run that is the business of `firewall-check` and of the gates, which are out of scope here.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.errors import DeploymentError, Explanation, NotReadyError, ProductError, UnreachableError
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.proxmox.connection_probes import tried_from_here
from phoenix_providers.operations.proxmox.firewall_outlook import look_ahead, needed_from_here
from phoenix_providers.planning.firewall.connections.guest_ends import known_guests
from phoenix_providers.planning.firewall.connections.product_connections import OF_PRODUCTS
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.lockout import Wanted, closed, closed_now, is_given_back
from phoenix_providers.planning.firewall.lockout.missing_rules import allow_commands, missing_rules, opening_steps
from phoenix_providers.planning.firewall.lockout.remedy import closed_by
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.site_plan import Connection

_NEXT_LINE = "\n            "
# What a run for one stack asks; names are published by full runs alone.
_PRODUCTS = tuple(OF_PRODUCTS.values())


@dataclass(frozen=True)
class KeptOut:
    """One needed connection that the firewall keeps out, with each list that does.

    Attributes:
        is_declared: Whether the files open it, so that a full run does.
    """

    cuts: tuple[Cut, ...]
    is_declared: bool

    @property
    def name(self) -> str:
        """The connection's name."""
        return self.cuts[0].connection.name


def foretell(connections: ClientsOfRun | None) -> None:
    """Look and say what the firewall keeps out, for the stacks of this run; the verdict fails the run for it."""
    if connections is None or connections.notes.whole_run or not connections.notes.scoped_question:
        return
    connections.notes.kept_out, question = {}, connections.notes.scoped_question
    of = {name: question.of.get(name, ()) for name in sorted(connections.notes.checked)}
    try:
        found = _look(connections, question, [*_PRODUCTS, *(name for names in of.values() for name in names)])
    except ProductError as error:
        explanation = error.explanation
        reason = f"{explanation.what}: {explanation.seen}" if explanation.seen else explanation.what
        print(f"warning: it is not known what the firewall keeps out ({reason})", file=sys.stderr)
        return
    products = [one for one in found if one.name in _PRODUCTS]
    if products:
        print(f"{NotReadyError.label}: {_told(products, question).text()}", file=sys.stderr)
    others = [one for one in found if one.name not in _PRODUCTS]
    if others:
        print(f"{DeploymentError.label}: {_told(others, question).text()}", file=sys.stderr)
    for name, names in of.items():
        own = [one for one in others if one.name in names]
        texts = [f"{UnreachableError.label}: {_told(products, question).text()}"] if products else []
        texts += [_told(own, question).text()] if own else []
        if texts:
            connections.notes.kept_out[name] = "\n".join(texts)


@contextmanager
def naming_the_firewall(connections: ClientsOfRun, *names: str) -> Iterator[None]:
    """Say of a product that is silent in a run for one stack if the firewall keeps it out."""
    try:
        yield
    except UnreachableError as error:
        if error.status is not None or connections.notes.whole_run or not connections.notes.scoped_question:
            raise
        try:
            found = _look(connections, connections.notes.scoped_question, names)
        except ProductError:
            found = []
        if not found:
            raise
        raise _explained(error, found, connections.notes.scoped_question) from None


def _explained(error: UnreachableError, found: Iterable[KeptOut], question: FirewallQuestion) -> UnreachableError:
    told, said = _told(found, question), error.explanation
    return UnreachableError(
        said.what,
        where=said.where,
        seen=f"{said.seen}; Proxmox's firewall keeps it out",
        expected=told.expected,
        next_step=told.next_step,
    )


def _look(connections: ClientsOfRun, question: FirewallQuestion, names: Iterable[str]) -> list[KeptOut]:
    """Return which connections of these names are kept out now.

    Products are tried first, since this run needs them in any case: what answers is asked nobody about.
    """
    wanted = {name for name in names if name not in question.allowed}
    proxmox = connections.proxmox(question.proxmox)
    if not wanted or not _is_on(proxmox):
        return []
    complete = needed_from_here(question.proxmox, question.connections, question.sync_address, question.guests)
    needed = [one for one in complete if one.name in wanted]
    works = tried_from_here(one for one in needed if one.name in _PRODUCTS)
    needed = [one for one in needed if one.name not in works]
    return list(_kept_out(proxmox, question, needed)) if needed else []


def _is_on(proxmox: ProxmoxApi) -> bool:
    """Whether there is a firewall at all: where the datacenter's is off, nobody's counts.

    Raises:
        UnreachableError: Proxmox does not answer.
    """
    if not proxmox.answers():
        raise UnreachableError(
            "Proxmox does not answer", where=proxmox.url, next_step=f"curl -v {proxmox.url}/api2/json/version"
        )
    return str(proxmox.seen.options("cluster").get("enable") or "0") == "1"


def _kept_out(proxmox: ProxmoxApi, question: FirewallQuestion, needed: Collection[Connection]) -> Iterator[KeptOut]:
    names, numbers = {one.name for one in needed}, known_guests(needed)
    nodes = {one.node or question.node for one in needed}
    asked = replace(
        question.about(names),
        networks={node: network for node, network in question.networks.items() if node in nodes},
        wanted=tuple(
            place for place in question.wanted or () if place.scope.kind == "cluster" or place.scope.guest_id in numbers
        ),
    )
    for now, wanted, found in look_ahead(proxmox.seen, asked).by_node():
        for one in found:
            as_it_is = Wanted(now.cluster, {})
            # A product has been tried in vain, so it is enough that the firewall may be why.
            cuts = closed_now(now, one) if one.name in _PRODUCTS else closed(now, as_it_is, [one], ())
            if cuts:
                yield KeptOut(cuts, is_given_back(now, wanted, one))


def _told(found: Iterable[KeptOut], question: FirewallQuestion) -> Explanation:
    found, places = list(found), question.places
    cuts = [cut for one in found for cut in one.cuts]
    declared = [one.name for one in found if one.is_declared]
    missing = [one.name for one in found if not one.is_declared]
    steps = [f"phoenix sync all   (the files open {', '.join(declared)} already)"] if declared else []
    if missing:
        steps += opening_steps((cut for one in found if not one.is_declared for cut in one.cuts), places)
        steps += ["then phoenix sync all; or, if it is closed on purpose:"]
        steps += allow_commands(missing, question.allowed)
    return Explanation(
        "Proxmox's firewall keeps out connections that are needed; a run for one stack does not change it",
        where=question.proxmox,
        seen=_NEXT_LINE.join(dict.fromkeys(closed_by(cut, places) for cut in cuts)),
        expected=_NEXT_LINE.join(missing_rules(cuts, places)),
        next_step=_NEXT_LINE.join(steps),
    )
