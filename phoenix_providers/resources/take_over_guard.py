"""One guard for each place on Proxmox: nothing that is there already is overwritten by a first run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.proxmox.take_over import FirstWrite, FoundOnProxmox, examine
from phoenix_providers.planning.proxmox.wanted_place import WantedPlace, wanted_of_input
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties, has_unknown, without_provider_key
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

if TYPE_CHECKING:
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings


class TakeOverGuardProvider(StateOnlyProvider):
    """Stands before the resources of the Proxmox plugin, which overwrite what they find or stop half-way.

    What is missing is asked of the state anew by every run.
    """

    of_one_run = ("missing",)
    stored_once = ("proxmox", "wanted")
    stored_as_text = ("wanted",)
    unshown = ("wanted",)

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Look before anything is sent, in preview too; where Proxmox does not answer, the run itself looks."""
        from phoenix_providers.operations.proxmox.take_over_look import look

        proxmox = clients_of_run.current().proxmox(str(news["proxmox"]))
        if news.get("missing") and not has_unknown(news) and proxmox.answers():
            _refuse_losses(news, _examine(news, look(proxmox.seen, _scope(news))))
        return CheckResult(news, [])

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Report work only where something would be created, or another file of the place becomes ours or is left."""
        changes = has_unknown(news) or bool(news.get("missing"))
        return DiffResult(changes=changes or _files(olds) != _files(news))

    def id_of(self, props: Properties) -> str:
        """Name it by its place."""
        return f"takeover-{_scope(props).suffix}"

    def settled(self, olds: Properties, news: Properties) -> Properties:
        """Remember what is there, so that it can be put back; later only files that become ours by then.

        Where the state does not say what was ours, as when an older version has been at it, what is remembered counts.
        """
        found = _clear_the_way(news).as_output()
        memory = olds.get("found") or found
        later = _files(news) - _files(olds) if "wanted" in olds else _files(news) - memory.keys()
        return without_provider_key(news) | {"found": memory | {file: found[file] for file in later}}


class TakeOverGuard(PhoenixResource, module="phoenix", name="TakeOverGuard"):
    """Comes before the plugin's resources of one place.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        scope: The place.
        missing: Names of the place's resources that are not in the state.
        wanted: What is declared for the place.
        opts: Options for the engine.
    """

    found: pulumi.Output[Properties]

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        scope: ProxmoxScope,
        missing: Sequence[str],
        wanted: WantedPlace,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "proxmox": proxmox,
            "scope": scope.as_input(),
            "missing": sorted(missing),
            "wanted": wanted.as_input(),
            "found": None,
        }
        super().__init__(TakeOverGuardProvider(), name, inputs, opts)


def _clear_the_way(props: Properties) -> FoundOnProxmox:
    """Refuse losses, take away what an interrupted run of ours has left, and return what was there before us."""
    from phoenix_providers.operations.proxmox.take_over_look import look

    settings, scope = _settings(props), _scope(props)
    found = look(settings, scope)
    plan = _examine(props, found)
    _refuse_losses(props, plan)
    if not plan.leftovers:
        return found
    count = len(plan.leftovers)
    print(f"{scope.title}: {count} rules that an interrupted run has left are written again", file=sys.stderr)
    settings.delete_rules(scope.path, plan.leftovers)
    return look(settings, scope)


def _examine(props: Properties, found: FoundOnProxmox) -> FirstWrite:
    return examine(_scope(props), props.get("missing") or (), found, wanted_of_input(props["wanted"]))


def _refuse_losses(props: Properties, plan: FirstWrite) -> None:
    from phoenix_providers.operations.proxmox.take_over_look import refuse_losses

    refuse_losses(str(props["proxmox"]), {_scope(props): plan.losses})


def _files(props: StoredProperties) -> set[str]:
    """Return which files of a node are ours; none for other places."""
    wanted = props.get("wanted") or {}
    return {file for file in ("hosts", "resolver") if wanted.get(file)}


def _scope(props: StoredProperties) -> ProxmoxScope:
    return ProxmoxScope.from_input(props["scope"])


def _settings(props: StoredProperties) -> ProxmoxSettings:
    return clients_of_run.current().proxmox(str(props["proxmox"])).settings
