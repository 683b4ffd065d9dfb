"""What an update would change: the state as it was read against the checked inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from phoenix_providers.lab.proxmoxve.inputs import plain
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
    properties: Sequence[Property], state: Mapping[str, Any], wanted: Mapping[str, Any], prefix: str = ""
) -> Iterator[Difference]:
    """Compare property by property; nothing, an empty text, zero and false are the same, as Terraform has it."""
    for item in properties:
        if not item.computed:
            yield from _of_value(item, state.get(item.name), plain(wanted.get(item.name)), prefix + item.name)


def _of_value(item: Property, had: Any, wants: Any, place: str) -> Iterator[Difference]:
    if not had and not wants:
        return
    if isinstance(had, Mapping) and isinstance(wants, Mapping):
        yield from differences(item.fields, had, wants, f"{place}.")
    elif isinstance(had, list) and isinstance(wants, list):
        yield from _of_lists(item, had, wants, place)
    elif had != wants:
        yield Difference(place, _kind(had, wants), item.replaces)


def _of_lists(item: Property, had: list[Any], wants: list[Any], place: str) -> Iterator[Difference]:
    for index in range(max(len(had), len(wants))):
        one = had[index] if index < len(had) else None
        other = wants[index] if index < len(wants) else None
        yield from _of_value(item, one, other, f"{place}[{index}]")


def _kind(had: Any, wants: Any) -> str:
    # A switch that is off is there, a text that is empty is not.
    if had is None or had in ("", [], {}):
        return "ADD"
    return "DELETE" if wants is None or wants in ("", [], {}) else "UPDATE"
