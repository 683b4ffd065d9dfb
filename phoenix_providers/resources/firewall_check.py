"""No lock-out: a change of rules or policies that would cut a needed connection is refused before it is sent."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import DeploymentError, Explanation, UnsafeError
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.lockout.closing_rules import switched_on_later
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState
from phoenix_providers.planning.firewall.lockout.lockout import RulePlace, closed, cuts
from phoenix_providers.planning.firewall.lockout.missing_rules import allow_commands, missing_rules, opening_steps
from phoenix_providers.planning.firewall.lockout.remedy import closed_by
from phoenix_providers.planning.firewall.lockout.waiting_rule import WaitingRule
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    DiffResult,
    Properties,
    ReadResult,
    differs,
    has_unknown,
    without_provider_key,
)
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

if TYPE_CHECKING:
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
    from phoenix_providers.operations.proxmox.firewall_outlook import Outlook


_NEXT_LINE = "\n            "


class FirewallCheckProvider(StateOnlyProvider):
    """Compares the firewall as it is with what it becomes, in preview too."""

    own_id = "firewall-check"
    of_one_run = (
        *("node", "networks", "sync_address", "guests", "in_use", "traefik_api", "portainer", "leaving_guests"),
        *("places", "leaving", "until_removed"),
    )
    stored_once = ("proxmox", "wanted", "names", "connections", "allowed")
    stored_as_text = ("wanted", "names", "connections")
    unshown = ("wanted", "names", "connections", "later")

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Refuse in every run that would cut something; where Proxmox does not answer, the gate says so."""
        from phoenix_providers.operations.proxmox.names_check import PASSING

        passing = {key: value for key, value in without_provider_key(news).items() if key not in PASSING}
        inputs = passing | {"closed": str(olds.get("closed") or ""), "later": []}
        proxmox = clients_of_run.current().proxmox(str(news["proxmox"]))
        if not has_unknown(news) and proxmox.answers():
            question = FirewallQuestion.from_input(news)
            ahead = _look(question, proxmox.seen)
            inputs["later"] = [one.as_output() for one in _judge(question, ahead)]
            _tell_unfiltered(question, ahead.firewalls[ahead.node])
            inputs["closed"] = _closed(question, ahead)
            if inputs["closed"]:
                print(f"{DeploymentError.label}: {inputs['closed']}", file=sys.stderr)
        return CheckResult(inputs, [])

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return what is remembered; every check looks for itself."""
        return ReadResult(id_, without_provider_key(props) | {"later": []})

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what is sent, and what was found: every check judges connections, and they alone send nothing."""
        return DiffResult(changes=differs(olds, news, ("wanted", "names", "allowed", "closed", "later")))

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Look again, right before anything is sent."""
        _refuse_cuts(news)
        return without_provider_key(news)


class FirewallCheck(PhoenixResource, module="phoenix", name="FirewallCheck"):
    """Comes before all rules and options.

    Args:
        name: Resource name.
        question: What is asked; what may be cut or closed, and where missing rules belong.
        opts: Options for the engine.

    Attributes:
        closed: What stays closed although it is needed, and how it would open; empty if nothing does.
        later: New rules that have to be sent switched off, and switched on when all rules have their places, as
            `WaitingRule` says them; see `switched_on_later`.
    """

    closed: pulumi.Output[str]
    later: pulumi.Output[list[Properties]]

    def __init__(
        self,
        name: str,
        *,
        question: FirewallQuestion,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {**question.to_check(), "closed": "", "later": []}
        super().__init__(FirewallCheckProvider(), name, inputs, opts)


def _look(question: FirewallQuestion, settings: ProxmoxSettings) -> Outlook:
    from phoenix_providers.operations.proxmox.firewall_outlook import look_ahead
    from phoenix_providers.operations.proxmox.names_check import refuse_names

    ahead = look_ahead(settings, replace(question, connections=(*question.connections, *question.until_removed)))
    refuse_names(question, settings, ahead.firewalls[ahead.node])
    return ahead


def _judge(question: FirewallQuestion, ahead: Outlook) -> list[WaitingRule]:
    """Return the rules that have to wait for their places, so that nothing is cut; see `FirewallCheck.later`.

    Raises:
        UnsafeError: Something is cut all the same.
    """
    from phoenix_providers.operations.proxmox.idle_connections import without_idle

    found = _cuts(question, ahead, ())
    later: set[RulePlace] = set()
    for now, wanted, needed in ahead.by_node():
        later |= switched_on_later(now, wanted, [cut for cut in found if cut.connection in needed])
    if later:
        found = _cuts(question, ahead, later)
    if found := without_idle(found, question):
        raise _refusal(found, question)
    finding = uuid.uuid4().hex
    return [
        WaitingRule(place.scope, position, place.rules[position], finding)
        for place in ahead.places
        for guest, position in sorted(later)
        if guest == place.scope.guest_id
    ]


def _refuse_cuts(props: Properties) -> None:
    from phoenix_providers.operations.proxmox.idle_connections import without_idle

    question = FirewallQuestion.from_input(props)
    ahead = _look(question, clients_of_run.current().proxmox(question.proxmox).settings)
    waiting = [WaitingRule.from_output(item) for item in props["later"]]
    later = {(one.scope.guest_id, one.position) for one in waiting}
    if found := without_idle(_cuts(question, ahead, later), question):
        raise _refusal(found, question)


def _cuts(question: FirewallQuestion, ahead: Outlook, later: Collection[RulePlace]) -> list[Cut]:
    allowed = question.allowed
    return [cut for now, wanted, needed in ahead.by_node() for cut in cuts(now, wanted, needed, allowed, later)]


def _tell_unfiltered(question: FirewallQuestion, now: FirewallState) -> None:
    """Name guests whose firewall is wanted, and whose network devices do not take part in it."""
    for place in question.wanted or ():
        scope = place.scope
        if place.options.get("enable") == "1" and not all(now.devices.get(scope.guest_id, ())):
            which = (
                "one of its network devices lacks" if any(now.devices[scope.guest_id]) else "its network device lacks"
            )
            print(f"{scope.title}: {which} firewall=1, so its rules have no effect there", file=sys.stderr)


def _closed(question: FirewallQuestion, ahead: Outlook) -> str:
    """Return what stays closed once all is as declared, and how it would open; empty if nothing does.

    What can be tried from here, and works, is not closed, whatever the rules seem to say. A guest whose firewall leaves
    with this run gets back what it had before.
    """
    from phoenix_providers.operations.proxmox.connection_probes import tried_from_here

    allowed, leaving = (*question.allowed, *(one.name for one in question.until_removed)), question.leaving_guests
    found = [
        cut
        for now, wanted, needed in ahead.by_node()
        for cut in closed(now, wanted, needed, allowed)
        if cut.guest not in leaving
    ]
    works = tried_from_here(cut.connection for cut in found)
    found = [cut for cut in found if cut.connection.name not in works]
    clients_of_run.current().notes.closed_connections = frozenset(cut.connection.name for cut in found)
    if not found:
        return ""
    names, places = dict.fromkeys(cut.connection.name for cut in found), question.places
    steps = [*opening_steps(found, places), "or, if it is closed on purpose:", *allow_commands(names, allowed)]
    return Explanation(
        "The firewall keeps out connections that are needed",
        where=question.proxmox,
        seen=_NEXT_LINE.join(dict.fromkeys(closed_by(cut, places) for cut in found)),
        expected=_NEXT_LINE.join(missing_rules(found, places)),
        next_step=_NEXT_LINE.join(steps),
    ).text()


def _refusal(found: Sequence[Cut], question: FirewallQuestion) -> UnsafeError:
    places, lasting = question.places, [cut for cut in found if not cut.on_the_way]
    rules, steps = missing_rules(lasting, places), opening_steps(lasting, places)
    if any(cut.on_the_way for cut in found):
        rules.append("two runs: what opens first, then what closes (rules change before options)")
        steps.append("change the files in two steps, with a run after each")
    names = [cut.connection.name for cut in found]
    return UnsafeError(
        "This change of the firewall would cut connections that are needed; nothing was sent",
        where=question.proxmox,
        seen=_NEXT_LINE.join(closed_by(cut, places) for cut in found),
        expected=_NEXT_LINE.join(rules),
        next_step=_NEXT_LINE.join([*steps, "or, if the connection may go:", *allow_commands(names, question.allowed)]),
    )
