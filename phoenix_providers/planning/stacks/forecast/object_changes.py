"""Networks and volumes of a service that are declared otherwise than they are.

Compose 2.31 and later compare them. A network with another definition is made anew: what is on it is stopped, and
started again. A network or volume of another name has the containers made anew that are to be on it. A volume with
another definition stays as it is, since nobody is there to be asked about its data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from phoenix_providers.models.compose_records import ComposeNode, ComposeTree
from phoenix_providers.planning.compose.compose_file import Compose

_OTHER_SECTIONS = "x-"
_PAIRS = frozenset({"labels", "driver_opts"})


@dataclass(frozen=True)
class ObjectChanges:
    """In words; empty for none.

    Attributes:
        renamed: Why the containers are made anew.
        redefined: Why they are stopped, and started again.
    """

    renamed: str = ""
    redefined: str = ""


NONE = ObjectChanges()


def object_changes(running: Compose, declared: Compose, service: str) -> ObjectChanges:
    """Return what differs for one service."""
    renamed, redefined = "", ""
    for section, key in _used(declared.model["services"][service]):
        was, has = _entry(running.model, section, key), _entry(declared.model, section, key)
        word = f"{section.removesuffix('s')} {key}"
        if (was.get("name"), bool(was.get("external"))) != (has.get("name"), bool(has.get("external"))):
            renamed = renamed or f"{word} is another one"
        elif section == "networks" and not has.get("external") and was != has:
            redefined = redefined or f"{word} is made anew"
    return ObjectChanges(renamed, redefined)


def _used(service: ComposeNode) -> Iterator[tuple[str, str]]:
    if not service.get("network_mode"):
        networks = service.get("networks") or ["default"]
        yield from (("networks", str(key)) for key in networks)
    for entry in service.get("volumes") or ():
        if isinstance(entry, Mapping):
            source = str(entry.get("source") or "") if entry.get("type") == "volume" else ""
        else:
            source, colon, _ = str(entry).partition(":")
            source = source if colon else ""
        if source and source[0] not in "/.~":
            yield "volumes", source


def _entry(model: ComposeTree, section: str, key: str) -> dict[str, object]:
    entries = model.get(section)
    entry = entries.get(key) if isinstance(entries, Mapping) else None
    if not isinstance(entry, Mapping):
        return {}
    return {
        name: _paired(value) if name in _PAIRS else value
        for name, value in entry.items()
        if not name.startswith(_OTHER_SECTIONS) and value not in (None, [], {}, False, "")
    }


def _paired(value: object) -> object:
    if isinstance(value, list):
        return dict(str(item).partition("=")[::2] for item in value)
    if not isinstance(value, Mapping):
        return value
    return {str(name): "" if item is None else str(item) for name, item in value.items()}
