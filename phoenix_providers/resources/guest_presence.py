"""Guests have to be where the state has them, before anything is asked of them or written for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.guest_presence import forget_commands, misplaced_guests
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.take_over import examine
from phoenix_providers.resources import connections
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import (
    CreateResult,
    DiffResult,
    PhoenixProvider,
    Properties,
    ReadResult,
    UpdateResult,
    has_unknown,
    own,
)
from phoenix_providers.resources.take_over_look import look, refuse_losses


class GuestPresenceProvider(PhoenixProvider):
    """Proxmox takes rules for guests that do not exist; so somebody has to look."""

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Refuse what the files do not know yet; where Proxmox does not answer, the gate says so."""
        if has_unknown(news):
            return CheckResult(news, [])
        if news.get("renames"):
            raise UnsafeError(
                "A guest has another node in the files than before; nothing was sent",
                seen="resources of the same guest under another name",
                expected="the same resources, renamed, so that its rules stay",
                next_step="\n            ".join(news["renames"]),
            )
        if connections.current().proxmox(str(news["proxmox"])).answers():
            _refuse_misplaced(news)
            _refuse_overwriting(news)
        # What a first run would write is asked about here and remembered by the guards.
        return CheckResult({**news, "missing": []}, [])

    def create(self, props: Properties) -> CreateResult:
        """Nothing is made anywhere."""
        return CreateResult("guests", own(props))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return what is remembered; every check looks for itself."""
        return ReadResult(id_, own(props))

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """There is never anything to do."""
        return DiffResult(changes=False)

    def update(self, _id: str, _olds: Properties, news: Properties) -> UpdateResult:
        """Remember."""
        return UpdateResult(own(news))

    def delete(self, _id: str, _props: Properties) -> None:
        """Nothing of it is anywhere but in the state."""


class GuestPresence(PhoenixResource, module="phoenix", name="GuestPresence"):
    """Comes before the guards.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        expected: Guests whose firewall is declared and in the state.
        renames: Commands that have to be run first.
        missing: Places with resources that are not in the state: {scope, missing, wanted}, as for their guards. Each
            guard looks for itself, but the first one that refuses ends the run; here all are named.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        expected: Iterable[ProxmoxScope],
        renames: Sequence[str],
        missing: Sequence[Mapping[str, Any]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs: dict[str, Any] = {
            "proxmox": proxmox,
            "expected": [scope.as_input() for scope in expected],
            "renames": list(renames),
            "missing": [dict(place) for place in missing],
        }
        super().__init__(GuestPresenceProvider(), name, inputs, opts)


def _refuse_overwriting(props: Properties) -> None:
    settings = connections.current().proxmox(str(props["proxmox"])).settings
    losses = {}
    for place in props.get("missing") or ():
        scope = ProxmoxScope.from_input(place["scope"])
        losses[scope] = examine(scope, place["missing"], look(settings, scope), place["wanted"]).losses
    refuse_losses(str(props["proxmox"]), losses)


def _refuse_misplaced(props: Properties) -> None:
    expected = [ProxmoxScope.from_input(item) for item in props.get("expected") or ()]
    if not expected:
        return
    settings = connections.current().proxmox(str(props["proxmox"])).settings
    live = settings.guests()
    gone = {scope.guest_id for scope in expected if scope.guest_id not in live and settings.is_gone(scope.path)}
    if found := misplaced_guests(expected, live, gone):
        steps = ["edit the files as said, then run again"]
        if gone:
            steps.append("if Proxmox then refuses to delete what is left of a guest: phoenix sync all --forget-gone")
            steps.append("the same in plain Pulumi: pulumi up --refresh=false, then")
            steps += [step for scope in expected if scope.guest_id in gone for step in forget_commands(scope)]
        raise UnsafeError(
            "Guests are not where the files and the state have them; nothing was sent",
            where=str(props["proxmox"]),
            seen="\n            ".join(found),
            expected="every guest with a `firewall` on its node",
            next_step="\n            ".join(steps),
        )
