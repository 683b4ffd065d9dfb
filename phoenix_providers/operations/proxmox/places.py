"""Rules and options of all places of a change, read side by side and written one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.operations.proxmox.name_writing import NameWriting
from phoenix_providers.planning.firewall.names.snapshot import ChangeName
from phoenix_providers.planning.firewall.revert import AddRule, DeleteRule, PlaceContent, Places, SetOptions, Step
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

_AT_ONCE = 8


def live_places(settings: ProxmoxSettings, scopes: Iterable[ProxmoxScope]) -> Places:
    """Read what is set."""
    wanted = list(scopes)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        contents = pool.map(lambda scope: _content(settings, scope), wanted)
        return dict(zip(wanted, contents, strict=True))


def differ(settings: ProxmoxSettings, places: Places) -> bool:
    """Whether one of them is otherwise than this; nothing is read behind the first that is."""
    return any(_content(settings, scope) != content for scope, content in places.items())


def live_names(settings: ProxmoxSettings, names: Iterable[FirewallName]) -> Mapping[str, FirewallName | None]:
    """Read what stands under these names, by name of the resource."""
    wanted = list(names)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = pool.map(lambda one: NameWriting(settings, one).live(), wanted)
        return {one.resource_name: live for one, live in zip(wanted, found, strict=True)}


def carry_out(settings: ProxmoxSettings, step: Step) -> None:
    """Send one request of a revert."""
    match step:
        case SetOptions():
            settings.write_options(step.path, step.values, step.unset)
        case DeleteRule():
            settings.delete_rules(step.path, [step.position])
        case AddRule():
            settings.add_rule(step.path, step.fields)
        case ChangeName():
            # Whether one that stays open was done is seen when what was lost is tried again.
            settings.names.send(step.verb, step.path, step.fields, lambda: False)


def _content(settings: ProxmoxSettings, scope: ProxmoxScope) -> PlaceContent:
    return PlaceContent.of(scope, settings.rules(scope.path), settings.options(scope.path))
