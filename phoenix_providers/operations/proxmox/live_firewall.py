"""The firewall as it is now, read from Proxmox side by side."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import ProductError, UnauthorizedError, UnreachableError
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState, Level
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.proxmox.api_words import deciding_options, plain_rule
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

_AT_ONCE = 8


def live_firewalls(
    settings: ProxmoxSettings,
    networks: Mapping[str, str],
    guests: Iterable[ProxmoxScope],
    others: Iterable[ProxmoxScope] = (),
    with_names: Collection[int] = (),
) -> Mapping[str, FirewallState]:
    """Read datacenter, nodes and guests, and return what stands before each node.

    Names of guests are read only where their rules use any. A node that is asked in vain is named, and counts as one
    without rules of its own: whatever it has, what the datacenter's rules decide could matter there.

    Args:
        settings: What is set on Proxmox.
        networks: Each node's own network.
        guests: Whose firewall is asked for.
        others: Whose firewall counts as off where nobody tells it.
        with_names: Numbers of guests whose names are asked for in any case.
    """
    strangers = set(others)
    scopes = [*guests, *strangers]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        cluster = pool.submit(_level, settings, "cluster")
        own = pool.map(lambda node: _node(settings, node), networks)
        aliases, sets = pool.submit(settings.aliases, "cluster"), pool.submit(settings.ip_sets, "cluster")
        groups = pool.submit(settings.groups)
        devices = dict(zip(scopes, pool.map(lambda scope: _devices(settings, scope.path), scopes), strict=True))
        read = {scope: _stranger if scope in strangers else _level for scope in scopes}
        levels = dict(zip(scopes, pool.map(lambda one: read[one](settings, one.path), scopes), strict=True))
        named = [scope for scope, level in levels.items() if scope.guest_id in with_names or _uses_names(level)]
        guest_aliases = dict(zip(named, pool.map(lambda scope: settings.aliases(scope.path), named), strict=True))
        guest_sets = dict(zip(named, pool.map(lambda scope: settings.ip_sets(scope.path), named), strict=True))
        names = NamedNetworks(
            aliases=aliases.result(),
            sets=sets.result(),
            guest_aliases={scope.guest_id: found for scope, found in guest_aliases.items()},
            guest_sets={scope.guest_id: found for scope, found in guest_sets.items()},
        )
        firewall = FirewallState(
            cluster=cluster.result(),
            node=Level(),
            guests={scope.guest_id: level for scope, level in levels.items()},
            names=names,
            groups={name: [plain_rule(rule) for rule in rules] for name, rules in groups.result().items()},
            devices={scope.guest_id: found for scope, found in devices.items() if found},
        )
        return {
            node: replace(firewall, node=level, network=networks[node], node_name=node)
            for node, level in zip(networks, own, strict=True)
        }


def _node(settings: ProxmoxSettings, node: str) -> Level:
    try:
        return _level(settings, f"nodes/{node}")
    except UnauthorizedError:
        raise
    except ProductError as error:
        counts = "it counts as switched on, without rules of its own"
        print(f"the firewall of the node {node} cannot be asked ({error.explanation.seen}); {counts}", file=sys.stderr)
        return Level()


def _stranger(settings: ProxmoxSettings, path: str) -> Level:
    """Read a guest's firewall that nobody declares; it is no reason to end a run."""
    try:
        return _level(settings, path)
    except (UnreachableError, UnauthorizedError):
        raise
    except ProductError as error:
        print(
            f"the firewall of {path} cannot be asked ({error.explanation.seen}); it counts as switched off",
            file=sys.stderr,
        )
        return Level()


def _level(settings: ProxmoxSettings, path: str) -> Level:
    rules = tuple(plain_rule(rule) for rule in settings.rules(path))
    return Level(rules, deciding_options(settings.options(path)))


def _devices(settings: ProxmoxSettings, path: str) -> Sequence[bool]:
    """Return nothing for a guest that is not there yet, or any more."""
    try:
        return settings.filtered_devices(path)
    except (UnreachableError, UnauthorizedError):
        raise
    except ProductError:
        return ()


def _uses_names(level: Level) -> bool:
    words = (str(rule.get(key) or "") for rule in level.rules for key in ("source", "dest"))
    return any(word.startswith("+") or word[:1].isalpha() for word in words)
