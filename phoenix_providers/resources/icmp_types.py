"""Kinds of ICMP messages in rules: what the Proxmox plugin cannot write is written behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from phoenix_providers.errors import ProductError
from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.rules.icmp_repairs import icmp_repairs, same_signatures
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    AS_DECLARED,
    DiffResult,
    Properties,
    ReadResult,
    differs,
    without_provider_key,
)
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

if TYPE_CHECKING:
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings


class IcmpTypesProvider(StateOnlyProvider):
    """Makes the rules of ICMP in one list as declared, once the plugin has put all rules in their places.

    Between the plugin's request and ours a new rule applies to every kind of ICMP.
    """

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Say whether the list is as declared; a Proxmox that does not answer is told by the gate."""
        kept = without_provider_key(props)
        kept["observed"] = _observed(kept)
        return ReadResult(id_, kept, dict(kept))

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare what is declared with what was, and with what is there."""
        return DiffResult(changes=differs(olds, news, ("proxmox", "scope", "rules", "observed")))

    def id_of(self, props: Properties) -> str:
        """Name it by its place."""
        return f"icmp-types-{ProxmoxScope.from_input(props['scope']).suffix}"

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Write what the plugin could not; the rules themselves are the plugin's."""
        _make_as_declared(news)
        return without_provider_key(news)


class IcmpTypes(PhoenixResource, module="phoenix", name="IcmpTypes"):
    """Comes behind the rules of one place, and before the switch that makes them count.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        scope: The place.
        rules: Its whole list, in Proxmox's words.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        scope: ProxmoxScope,
        rules: Sequence[RuleRecord],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "proxmox": proxmox,
            "scope": scope.as_input(),
            "rules": [dict(rule) for rule in rules],
            "observed": AS_DECLARED,
        }
        super().__init__(IcmpTypesProvider(), name, inputs, opts)


def _observed(props: Properties) -> str:
    proxmox, scope = clients_of_run.current().proxmox(str(props["proxmox"])), ProxmoxScope.from_input(props["scope"])
    try:
        # The plugin may have written them in this run.
        live = proxmox.settings.rules(scope.path) if proxmox.answers_now() else None
    except ProductError:
        live = None
    if live is None:
        return AS_DECLARED
    if not same_signatures(props["rules"], live):
        return "other rules"
    places = [str(repair.position) for repair in icmp_repairs(props["rules"], live)]
    return f"other ICMP rules at {', '.join(places)}" if places else AS_DECLARED


def _make_as_declared(props: Properties) -> None:
    from phoenix_providers.operations.proxmox.written_rules import changed_since

    settings, scope = _settings(props), ProxmoxScope.from_input(props["scope"])
    live = settings.rules(scope.path)
    if not same_signatures(props["rules"], live):
        expected = f"the {len(props['rules'])} that are declared, in their order"
        raise changed_since(str(props["proxmox"]), scope, f"{len(live)} rules", expected)
    for repair in icmp_repairs(props["rules"], live):
        settings.change_rule(scope.path, repair.position, repair.values, repair.unset)


def _settings(props: Properties) -> ProxmoxSettings:
    return clients_of_run.current().lasting_settings(str(props["proxmox"]))
