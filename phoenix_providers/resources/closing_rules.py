"""Switches on, in their places, the rules that would have cut a connection from where the Proxmox plugin put them."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.firewall.lockout.waiting_rule import WaitingRule
from phoenix_providers.planning.proxmox.api_words import is_switched_on, plain_rule, rule_signature
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties, without_provider_key
from phoenix_providers.resources.state_only_provider import StateOnlyProvider


class ClosingRulesProvider(StateOnlyProvider):
    """Has work to do exactly when the check has found such rules.

    A run that was cut before it leaves them switched off; for the next one they are rules that are there, and the
    plugin switches them on where they stand.
    """

    own_id = "closing-rules"

    def diff(self, _id: str, _olds: Properties, news: Properties) -> DiffResult:
        """Ask what the check has found."""
        return DiffResult(changes=bool(news.get("later")))

    def settled(self, _olds: Properties, news: Properties) -> Properties:
        """Switch them on, if there are any; the check finds such rules anew in every run."""
        _switch_on(news)
        return without_provider_key(news) | {"later": []}


class ClosingRules(PhoenixResource, module="phoenix", name="ClosingRules"):
    """Comes behind the rules of all places, and before the datacenter's switch.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        later: What waits, see `FirewallCheck.later`.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        later: pulumi.Input[Sequence[StoredProperties]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(ClosingRulesProvider(), name, {"proxmox": proxmox, "later": later}, opts)


def _switch_on(props: Properties) -> None:
    from phoenix_providers.operations.proxmox.written_rules import changed_since

    settings = clients_of_run.current().lasting_settings(str(props["proxmox"]))
    for one in map(WaitingRule.from_output, props.get("later") or ()):
        scope, position = one.scope, one.position
        wanted, live = plain_rule(one.rule), settings.rules(scope.path)[position:]
        if not live or rule_signature(plain_rule(live[0])) != rule_signature(wanted):
            seen = f"{'another' if live else 'no'} rule at position {position}"
            raise changed_since(str(props["proxmox"]), scope, seen, "the rules that are declared, in their order")
        if not is_switched_on(live[0]):
            settings.change_rule(scope.path, position, {"enable": "1"})
