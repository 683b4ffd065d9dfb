"""How closed connections open: the rules, where they belong, and how to say that something stays closed on purpose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.remedy import remedy_of


def missing_rules(found: Iterable[Cut], places: Mapping[str, str]) -> list[str]:
    """Return each rule once, with the guest or the datacenter and the place in the files."""
    return list(dict.fromkeys(remedy_of(cut, places).expected for cut in found))


def opening_steps(found: Iterable[Cut], places: Mapping[str, str]) -> list[str]:
    """Return what to do so that all of them open, each step once."""
    return list(dict.fromkeys(remedy_of(cut, places).step for cut in found))


def allow_commands(names: Iterable[str], allowed: Collection[str]) -> list[str]:
    """Return the commands that let connections go."""
    return [
        f"pulumi config set --path 'phoenix:allowCut[{len(allowed) + index}]' '{name}'"
        for index, name in enumerate(names)
    ]
