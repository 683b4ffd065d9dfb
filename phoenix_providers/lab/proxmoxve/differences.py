"""What an update would change: the state as it was read against the planned one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from phoenix_providers.lab.proxmoxve.properties import Property


class Difference(NamedTuple):
    """One place that differs.

    Attributes:
        place: Property path such as `rules[0].dport`.
        kind: "ADD", "DELETE" or "UPDATE".
        replaces: The object is made anew.
    """

    place: str
    kind: str
    replaces: bool


def differences(
    properties: Sequence[Property], state: Mapping[str, Any], plan: Mapping[str, Any], prefix: str = ""
) -> Iterator[Difference]:
    """Compare property by property."""
    for item in properties:
        if not item.computed:
            yield from _of_value(item, state.get(item.name), plan.get(item.name), prefix + item.name)


def _of_value(item: Property, had: Any, wants: Any, place: str) -> Iterator[Difference]:
    if isinstance(had, Mapping) and isinstance(wants, Mapping):
        yield from differences(item.fields, had, wants, f"{place}.")
    elif isinstance(had, list) and isinstance(wants, list) and had and wants:
        yield from _of_lists(item, had, wants, place)
    elif item.is_list and not had and not wants:
        return
    elif had != wants:
        yield Difference(place, _kind(item, had, wants), item.replaces)


def _of_lists(item: Property, had: list[Any], wants: list[Any], place: str) -> Iterator[Difference]:
    for index in range(max(len(had), len(wants))):
        inner = f"{place}[{index}]"
        if index >= len(had):
            yield Difference(inner, "ADD", item.replaces)
        elif index >= len(wants):
            yield Difference(inner, "DELETE", item.replaces)
        elif isinstance(had[index], Mapping) and isinstance(wants[index], Mapping):
            yield from differences(item.fields, had[index], wants[index], f"{inner}.")
        elif had[index] != wants[index]:
            yield Difference(inner, "UPDATE", item.replaces)


def _kind(item: Property, had: Any, wants: Any) -> str:
    # A list without elements is not there; a text that is empty is.
    if had is None or (item.is_list and not had):
        return "ADD"
    return "DELETE" if wants is None or (item.is_list and not wants) else "UPDATE"
