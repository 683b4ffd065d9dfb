"""No lock-out: a change of rules or policies that would cut a needed connection is refused before it is sent."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.clients.local_address import address_behind, address_towards
from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.connections import as_input, completed
from phoenix_providers.planning.firewall_options import DECIDING, SWITCHES
from phoenix_providers.planning.lockout import Cut, Wanted, cuts
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.proxmox_words import deciding_options, plain_rule
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.planning.wall import Level, Wall
from phoenix_providers.resources import connections
from phoenix_providers.resources.firewall_names_check import (
    PASSING,
    declared_names,
    guests_with_names,
    leaving_names,
    refuse_names,
)
from phoenix_providers.resources.live_firewall import live_walls
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    differs,
    has_unknown,
    own,
)


class FirewallCheckProvider(PhoenixProvider):
    """Compares the firewall as it is with what it becomes, in preview too."""

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Refuse in every run that would cut something; where Proxmox does not answer, the gate says so."""
        if not has_unknown(news) and connections.current().proxmox(str(news["proxmox"])).answers():
            _tell_unfiltered(news, _refuse_cuts(news))
        return CheckResult({key: value for key, value in news.items() if key not in PASSING}, [])

    def create(self, props: Properties) -> CreateResult:
        """Look again, right before anything is sent."""
        _refuse_cuts(props)
        return CreateResult("firewall-check", own(props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return what is remembered; every check looks for itself."""
        return ReadResult(id_, own(props))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what is declared."""
        return DiffResult(changes=differs(olds, news, ("wanted", "names", "connections", "allowed")))

    def update(self, _id: str, _olds: Properties, news: Properties) -> UpdateResult:
        """Look again, right before anything is sent."""
        _refuse_cuts(news)
        return UpdateResult(own(news))

    def delete(self, _id: str, _props: Properties) -> None:
        """Nothing of it is anywhere but in the state."""


class FirewallCheck(PhoenixResource, module="phoenix", name="FirewallCheck"):
    """Comes before all rules and options.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        node: The node of the settings.
        networks: Its own network, and that of every other node that is known.
        wanted: What is declared, by place.
        needed: The connections.
        allowed: Names of connections that may be cut.
        sync_address: This machine's address as Proxmox sees it; empty to find it out.
        guests: Number of the guest by address; this machine may be one.
        kept: What stays as it is in this run, by place.
        naming: Names that rules use: `names` that are declared, resources that are `leaving` or `new`, and `uses`.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        node: str,
        networks: Mapping[str, str],
        wanted: Mapping[ProxmoxScope, Mapping[str, Any]],
        needed: Iterable[Connection],
        allowed: Sequence[str],
        sync_address: str,
        guests: Mapping[str, int],
        kept: Mapping[ProxmoxScope, Sequence[str]],
        naming: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "proxmox": proxmox,
            "node": node,
            "networks": dict(networks),
            "wanted": [
                {"scope": scope.as_input(), "rules": content["rules"], "options": _deciding(content["options"])}
                | ({"kept": list(kept[scope])} if kept.get(scope) else {})
                for scope, content in wanted.items()
                if scope.kind != "node"
            ],
            "connections": [as_input(connection) for connection in needed],
            "allowed": list(allowed),
            "sync_address": sync_address,
            "guests": dict(guests),
            **naming,
        }
        super().__init__(FirewallCheckProvider(), name, inputs, opts)


def _refuse_cuts(props: Properties) -> Wall:
    """Return the firewall as it is, at the node of the settings."""
    places = [(ProxmoxScope.from_input(item["scope"]), item) for item in props["wanted"]]
    guests = [scope for scope, _ in places if scope.guest_id]
    settings = connections.current().proxmox(str(props["proxmox"])).settings
    first, networks, allowed = str(props["node"]), props["networks"], props.get("allowed") or ()
    walls = live_walls(settings, networks, guests, guests_with_names(props))
    refuse_names(props, settings, walls[first])
    names, leaving = declared_names(props), leaving_names(props)
    by_node: dict[str, list[Connection]] = {}
    for one in _needed(props):
        by_node.setdefault(one.node or first, []).append(one)
    found = [
        cut
        for node, needed in by_node.items()
        for cut in cuts(
            walls[node], replace(_wanted(places, walls[node]), names=names, leaving=leaving), needed, allowed
        )
    ]
    if found:
        raise _refusal(found, str(props["proxmox"]), len(allowed))
    return walls[first]


def _tell_unfiltered(props: Properties, now: Wall) -> None:
    """Name guests whose firewall is wanted, and whose network devices do not take part in it."""
    for item in props["wanted"]:
        scope = ProxmoxScope.from_input(item["scope"])
        if item["options"].get("enable") == "1" and not all(now.devices.get(scope.guest_id, ())):
            which = (
                "one of its network devices lacks" if any(now.devices[scope.guest_id]) else "its network device lacks"
            )
            print(f"{scope.title}: {which} firewall=1, so its rules have no effect there", file=sys.stderr)


def _wanted(places: Iterable[tuple[ProxmoxScope, Mapping[str, Any]]], now: Wall) -> Wanted:
    cluster, guests = now.cluster, {}
    for scope, item in places:
        before = now.guests[scope.guest_id] if scope.guest_id else now.cluster
        level = _becomes(before, item)
        if scope.guest_id:
            guests[scope.guest_id] = level
        else:
            cluster = level
    return Wanted(cluster, guests)


def _becomes(before: Level, item: Mapping[str, Any]) -> Level:
    """Return what a place will be: as declared, but for what stays as it is, by the files' or for this run."""
    kept = item.get("kept") or ()
    rules = before.rules if "rules" in kept else tuple(plain_rule(rule) for rule in item["rules"])
    staying = [SWITCHES[field] for field in kept if field in SWITCHES]
    changing = {key: value for key, value in item["options"].items() if key not in staying}
    return Level(rules, deciding_options({**before.options, **changing}))


def _deciding(options: Mapping[str, str]) -> dict[str, str]:
    return {key: options[key] for key in DECIDING if key in options}


def _needed(props: Properties) -> list[Connection]:
    url = str(props["proxmox"])
    here = str(props.get("sync_address") or "") or address_towards(url)
    return completed(props["connections"], here, address_behind(url), props.get("guests") or {})


def _refusal(found: Sequence[Cut], where: str, allowed: int) -> UnsafeError:
    rules = dict.fromkeys(f"on {cut.where}: {{{cut.rule}}}" for cut in found if not cut.on_the_way)
    if any(cut.on_the_way for cut in found):
        rules["a policy that drops instead of a rule that does (new rules stand on top until they are moved)"] = None
        rules["two runs: what opens first, then what closes (rules change before options)"] = None
    commands = [
        f"pulumi config set --path 'phoenix:allowCut[{allowed + index}]' '{cut.connection.name}'"
        for index, cut in enumerate(found)
    ]
    return UnsafeError(
        "This change of the firewall would cut connections that are needed; nothing was sent",
        where=where,
        seen="\n            ".join(cut.text() for cut in found),
        expected="\n            ".join(rules),
        next_step="\n            ".join(["add the rule; or, if the connection may go:", *commands]),
    )
