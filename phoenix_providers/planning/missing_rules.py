"""How a closed connection opens: the rule, where it belongs, and how to say that it stays closed on purpose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from phoenix_providers.planning.lockout import Cut
from phoenix_providers.planning.rule_places import place_of


def missing_rules(found: Iterable[Cut], places: Mapping[str, str]) -> list[str]:
    """Return each rule once, with the guest or the datacenter and the place in the files."""
    return list(dict.fromkeys(f"on {_where(cut, places)}: {{{cut.rule}}}" for cut in found))


def allow_commands(names: Iterable[str], allowed: Collection[str]) -> list[str]:
    """Return the commands that let connections go."""
    return [
        f"pulumi config set --path 'phoenix:allowCut[{len(allowed) + index}]' '{name}'"
        for index, name in enumerate(names)
    ]


def _where(cut: Cut, places: Mapping[str, str]) -> str:
    return f"{cut.where} ({place_of(places, cut.guest)})" if places else cut.where
