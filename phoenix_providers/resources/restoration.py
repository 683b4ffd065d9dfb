"""What was there before us comes back when our resources go, before any of our rules goes."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import CheckResult

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.proxmox.firewall_options import option_defaults
from phoenix_providers.planning.proxmox.restoration import restored_options
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.phoenix_resource import PhoenixResource
from phoenix_providers.resources.provider import DiffResult, Properties, differs, has_unknown, without_provider_key
from phoenix_providers.resources.state_only_provider import StateOnlyProvider

if TYPE_CHECKING:
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings


# A node's own files, by the kind of their resources.
_FILES = ("hosts", "resolver")


class RestorationProvider(StateOnlyProvider):
    """Does nothing until it is deleted.

    The plugin's own deletions leave options and files as they are: with the rules gone, a policy that drops would
    cut everybody off.
    """

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Add to what was ever ours; older versions wrote every option, and did not remember which."""
        if "touched" not in news or has_unknown([news["touched"], news.get("scope")]):
            return CheckResult(news, [])
        every = option_defaults(ProxmoxScope.from_input(news["scope"]))
        before = without_provider_key(olds).get("touched", every) if without_provider_key(olds) else ()
        return CheckResult({**news, "touched": sorted({*before, *news["touched"]})}, [])

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Compare the memory, and where Proxmox is."""
        return DiffResult(changes=differs(olds, news, ("proxmox", "scope", "ours", "found", "touched")))

    def id_of(self, props: Properties) -> str:
        """Name it by its place."""
        return f"restoration-{ProxmoxScope.from_input(props['scope']).suffix}"

    def settled(self, olds: Properties, news: Properties) -> Properties:
        """Remember what to put back; a file of a node that is no longer ours gets back what it had."""
        scope = ProxmoxScope.from_input(news["scope"])
        left = set(olds.get("ours") or ()) - set(news["ours"])
        if scope.kind == "node" and left:
            _restore_files(_settings(news), scope.node, olds.get("found") or {}, left)
        return without_provider_key(news)

    def delete(self, _id: str, props: Properties) -> None:
        """Put back options, hosts file and resolver."""
        settings = _settings(props)
        scope, found = ProxmoxScope.from_input(props["scope"]), props.get("found") or {}
        if scope.kind == "node":
            _restore_files(settings, scope.node, found, props.get("ours") or _FILES)
        elif scope.kind == "cluster" or not _is_gone(settings, scope):
            _restore_options(settings, scope, found.get("options") or {}, props.get("touched"))


class Restoration(PhoenixResource, module="phoenix", name="Restoration"):
    """Comes after all resources of one place, so that it is deleted before them.

    Args:
        name: Resource name.
        proxmox: The API's URL.
        scope: The place.
        ours: Kinds of its resources that are ours; only those are put back.
        found: What the guard of the place has found there.
        options: Names of the firewall's options that are ours.
        opts: Options for the engine.
    """

    def __init__(
        self,
        name: str,
        *,
        proxmox: str,
        scope: ProxmoxScope,
        ours: Collection[str],
        found: pulumi.Input[Properties],
        options: Collection[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"proxmox": proxmox, "scope": scope.as_input(), "ours": sorted(ours), "found": found}
        inputs |= {} if scope.kind == "node" else {"touched": sorted(options)}
        super().__init__(RestorationProvider(), name, inputs, opts)


def _restore_options(
    settings: ProxmoxSettings, scope: ProxmoxScope, found: StoredProperties, touched: Collection[str] | None
) -> None:
    write = restored_options(scope, found, touched)
    settings.write_options(scope.path, write.values, write.unset)
    if write.switched_off:
        print(f"{scope.title}: the firewall is left switched off, since its rules go", file=sys.stderr)


def _restore_files(settings: ProxmoxSettings, node: str, found: StoredProperties, which: Collection[str]) -> None:
    hosts, resolver = str(found.get("hosts") or ""), found.get("resolver") or {}
    if "hosts" in which and hosts and settings.hosts(node) != hosts:
        settings.write_hosts(node, hosts)
    if "resolver" in which and resolver.get("search") and settings.resolver(node) != dict(resolver):
        settings.write_resolver(node, resolver)


def _settings(props: Properties) -> ProxmoxSettings:
    return clients_of_run.current().proxmox(str(props["proxmox"])).settings


def _is_gone(settings: ProxmoxSettings, scope: ProxmoxScope) -> bool:
    """Whether the guest is no longer there: gone, or on another node, where its firewall is another resource's."""
    node = settings.guests().get(scope.guest_id)
    return settings.is_gone(scope.path) if node is None else node != scope.node
