"""Guests have to be where the state has them, before anything is asked of them or written for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import UnsafeError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.proxmox.guest_resources import forget_commands
from phoenix_providers.planning.proxmox.take_over import examine
from phoenix_providers.planning.proxmox.wanted_place import wanted_of_input
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties, has_unknown
from phoenix_providers.resources.state_only_provider import StateOnlyProvider


class GuestPresenceProvider(StateOnlyProvider):
    """Proxmox takes rules for guests that do not exist; so somebody has to look."""

    own_id = "guests"

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Refuse guests that are not there, or twice in the state; where Proxmox does not answer, the gate says so."""
        from phoenix_providers.operations.proxmox.guest_lookup import refuse_absent_inputs

        if has_unknown(news):
            return CheckResult(news, [])
        if news.get("surplus"):
            raise _twice_in_state(news["surplus"])
        refuse_absent_inputs(str(news["proxmox"]), news["guests"], news["known"])
        if clients_of_run.current().proxmox(str(news["proxmox"])).answers():
            _refuse_overwriting(news)
        # What is looked at in every run anew is not remembered.
        return CheckResult({**news, "guests": [], "known": [], "missing": []}, [])

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """There is never anything to do."""
        return DiffResult(changes=False)


class GuestPresence(PhoenixResource, module="phoenix", name="GuestPresence"):
    """Comes before the guards.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        guests: All guests that the files name.
        known: Numbers of those whose firewall is in the state.
        surplus: Names with which the state has a guest's firewall a second time.
        missing: Places with resources that are not in the state: {scope, missing, wanted}, as for their guards. Each
            guard looks for itself, but the first one that refuses ends the run; here all are named.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        guests: Iterable[DeclaredGuest],
        known: Sequence[int],
        surplus: Sequence[str],
        missing: Sequence[StoredProperties],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: Properties = {
            "proxmox": proxmox,
            "guests": [guest.as_input() for guest in guests],
            "known": list(known),
            "surplus": list(surplus),
            "missing": [dict(place) for place in missing],
        }
        super().__init__(GuestPresenceProvider(), name, inputs, opts)


def _twice_in_state(surplus: Sequence[str]) -> UnsafeError:
    commands = ["phoenix sync all --forget-gone", "or, once nothing depends on them any more:"]
    return UnsafeError(
        "The state has the firewall of a guest twice; nothing was sent",
        seen=", ".join(surplus),
        expected="one set of resources for one guest: on Proxmox both are one file, and who deletes one empties it",
        next_step="\n            ".join([*commands, *forget_commands(surplus)]),
    )


def _refuse_overwriting(props: Properties) -> None:
    from phoenix_providers.operations.proxmox.take_over_look import look, refuse_losses

    settings = clients_of_run.current().proxmox(str(props["proxmox"])).seen
    losses = {}
    for place in props.get("missing") or ():
        scope = ProxmoxScope.from_input(place["scope"])
        losses[scope] = examine(scope, place["missing"], look(settings, scope), wanted_of_input(place["wanted"])).losses
    refuse_losses(str(props["proxmox"]), losses)
