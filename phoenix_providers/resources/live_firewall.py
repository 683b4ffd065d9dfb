"""The firewall as it is now, read from Proxmox side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from phoenix_providers.clients.proxmox_settings import ProxmoxSettings
from phoenix_providers.errors import ProductError, UnauthorizedError, UnreachableError
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.proxmox_words import deciding_options, plain_rule
from phoenix_providers.planning.rule_match import NamedNetworks
from phoenix_providers.planning.wall import Level, Wall

_AT_ONCE = 8


def live_wall(settings: ProxmoxSettings, node: str, guests: Iterable[ProxmoxScope], network: str) -> Wall:
    """Read datacenter, node and guests; names of guests are read only where their rules use any."""
    scopes = list(guests)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        cluster = pool.submit(_level, settings, "cluster")
        own = pool.submit(_level, settings, f"nodes/{node}")
        aliases, sets = pool.submit(settings.aliases, "cluster"), pool.submit(settings.ip_sets, "cluster")
        groups = pool.submit(settings.groups)
        devices = dict(zip(scopes, pool.map(lambda scope: _devices(settings, scope.path), scopes), strict=True))
        levels = dict(zip(scopes, pool.map(lambda scope: _level(settings, scope.path), scopes), strict=True))
        named = [scope for scope, level in levels.items() if _uses_names(level)]
        guest_aliases = dict(zip(named, pool.map(lambda scope: settings.aliases(scope.path), named), strict=True))
        guest_sets = dict(zip(named, pool.map(lambda scope: settings.ip_sets(scope.path), named), strict=True))
        names = NamedNetworks(
            aliases=aliases.result(),
            sets=sets.result(),
            guest_aliases={scope.guest_id: found for scope, found in guest_aliases.items()},
            guest_sets={scope.guest_id: found for scope, found in guest_sets.items()},
        )
        return Wall(
            cluster=cluster.result(),
            node=own.result(),
            guests={scope.guest_id: level for scope, level in levels.items()},
            names=names,
            groups={name: [plain_rule(rule) for rule in rules] for name, rules in groups.result().items()},
            network=network,
            devices={scope.guest_id: found for scope, found in devices.items() if found},
        )


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
