"""Labels of Traefik's docker provider, turned into the structure that its file provider reads.

Keys are matched whatever their case; names that users choose (routers, services, headers) keep their spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.traefik_records import DynamicConfiguration, NewSection
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.label_prefix import is_traefik_label
from phoenix_providers.planning.traefik.label_options import OPTIONS, Fields, Items, Named, Scalar, Shape
from phoenix_providers.planning.traefik.option_values import scalar_problem

_INDEXED = re.compile(r"(.+)\[(\d+)\]")
_TRUE = {"1", "t", "true"}
_FALSE = {"0", "f", "false"}
_ON = {"", "true"}
_FILE_ONLY = {"weighted", "mirroring", "failover", "serverstransports", "highestrandomweight"}

_ROUTER, _SERVICE = "traefik.http.routers.NAME", "traefik.http.services.NAME.loadbalancer"
_OF_TRAEFIK_1 = {
    "frontend": f"{_ROUTER}.…, which is the form since Traefik 2",
    "frontend.rule": f"{_ROUTER}.rule=Host(`…`)",
    "frontend.entrypoints": f"{_ROUTER}.entrypoints=…",
    "frontend.auth": "traefik.http.middlewares.NAME.basicauth.users=…",
    "port": f"{_SERVICE}.server.port=…",
    "protocol": f"{_SERVICE}.server.scheme=…",
    "backend": "traefik.http.services.NAME.…, which is the form since Traefik 2",
}


@dataclass(frozen=True)
class LabelProblem:
    """A label that cannot become part of a file; `harmless` when leaving it out changes nothing here."""

    label: str
    message: str
    expected: str = ""
    harmless: bool = False


@dataclass(frozen=True)
class TraefikLabels:
    """What a container's labels say.

    Attributes:
        enabled: None when `traefik.enable` is not given.
        structure: `http`, `tcp`, `udp` as in a file, except that a load balancer may have a single `server`.
    """

    enabled: bool | None
    structure: DynamicConfiguration
    problems: tuple[LabelProblem, ...]


@dataclass(frozen=True)
class _Entry:
    """One label, or what is left of its key on the way down."""

    label: str
    path: tuple[str, ...]
    value: str

    @property
    def rest(self) -> _Entry:
        return _Entry(self.label, self.path[1:], self.value)


def read_labels(labels: Mapping[str, str]) -> TraefikLabels:
    """Read all labels of one container; labels of others are left alone."""
    problems: list[LabelProblem] = []
    enabled: bool | None = None
    entries: list[_Entry] = []
    for key, value in labels.items():
        if not is_traefik_label(key):
            continue
        path = tuple(key.split("."))[1:]
        section = path[0].lower()
        if section == "enable":
            enabled = _switch(key, value, problems)
        elif section in {"docker", "swarm"}:
            message = "it has no meaning here: Traefik reaches the VM's address and the published port"
            problems.append(LabelProblem(key, message, harmless=True))
        elif section == "tls":
            message = "TLS stores and options concern all of Traefik, so they cannot come from one stack"
            problems.append(LabelProblem(key, message, "a file of your own in Traefik's directory"))
        elif (word := section.partition("[")[0]) not in OPTIONS.fields and not nearest(
            word, (*OPTIONS.fields, "enable")
        ):
            problems.append(LabelProblem(key, "Traefik 3 does not read it", _successor(path), harmless=True))
        else:
            entries.append(_Entry(key, path, value))
    return TraefikLabels(enabled, _fields(OPTIONS, entries, problems), tuple(problems))


def _successor(path: tuple[str, ...]) -> str:
    """Return what stands in the place of a label of Traefik 1; nothing for labels of other programs."""
    return _OF_TRAEFIK_1.get(".".join(path).lower(), _OF_TRAEFIK_1.get(path[0].lower(), ""))


def _switch(label: str, value: str, problems: list[LabelProblem]) -> bool | None:
    converted = _boolean(value)
    if converted is None:
        problems.append(LabelProblem(label, f"{value!r} is neither true nor false", "true or false"))
    return converted


def _convert(shape: Shape, entries: Sequence[_Entry], problems: list[LabelProblem]) -> Any:
    if isinstance(shape, Scalar):
        return _scalar(shape, entries, problems)
    if isinstance(shape, Fields):
        return _struct(shape, entries, problems)
    if isinstance(shape, Items):
        return _items(shape, entries, problems)
    if isinstance(shape, Named):
        return _named(shape, entries, problems)
    return _anything(entries, problems)


def _struct(shape: Fields, entries: Sequence[_Entry], problems: list[LabelProblem]) -> Any:
    """Return the options; None when it is switched off or when nothing of it is left."""
    flags = [entry for entry in entries if not entry.path]
    options = _fields(shape, [entry for entry in entries if entry.path], problems)
    if shape.may_be_empty and flags:
        return options if all(_switched_on(flag, problems) for flag in flags) else None
    for flag in flags if not options else ():
        message = "it needs an option"
        problems.append(LabelProblem(flag.label, message, f"one of {', '.join(shape.fields)} behind it"))
    return options or None


def _switched_on(flag: _Entry, problems: list[LabelProblem]) -> bool:
    value = flag.value.lower()
    if value not in _ON | _FALSE:
        message = f"{flag.value!r} switches it off, only true switches it on"
        problems.append(LabelProblem(flag.label, message, "true or false", harmless=True))
    return value in _ON


def _fields(shape: Fields, entries: Sequence[_Entry], problems: list[LabelProblem]) -> NewSection:
    by_folded = {name.lower(): name for name in shape.fields}
    groups: dict[str, list[_Entry]] = {}
    for entry in entries:
        word = entry.path[0]
        indexed = _INDEXED.fullmatch(word)
        name = by_folded.get((indexed[1] if indexed else word).lower())
        if name is None:
            problems.append(_unknown(entry, word, shape))
        elif indexed is not None and not isinstance(shape.fields[name], Items):
            problems.append(LabelProblem(entry.label, f"{indexed[1]} is no indexed list"))
        else:
            groups.setdefault(name, []).append(entry if isinstance(shape.fields[name], Items) else entry.rest)
    converted = {name: _convert(shape.fields[name], group, problems) for name, group in groups.items()}
    return {name: value for name, value in converted.items() if value is not None}


def _unknown(entry: _Entry, word: str, shape: Fields) -> LabelProblem:
    if word.lower() in _FILE_ONLY:
        message = f"{word} has no label form: Traefik knows it in files only"
        return LabelProblem(entry.label, message, "a file of your own in Traefik's directory")
    known = (*shape.fields, "enable") if shape is OPTIONS else shape.fields
    expected = nearest(word, known) or f"one of {', '.join(shape.fields)}"
    return LabelProblem(entry.label, f"Traefik does not know {word or 'an empty name'} here", expected)


def _items(shape: Items, entries: Sequence[_Entry], problems: list[LabelProblem]) -> Any:
    groups: dict[int, list[_Entry]] = {}
    for entry in entries:
        indexed = _INDEXED.fullmatch(entry.path[0])
        if indexed is None:
            problems.append(LabelProblem(entry.label, f"{entry.path[0]} needs an index", f"{entry.path[0]}[0]"))
        else:
            groups.setdefault(int(indexed[2]), []).append(entry.rest)
    items = [_struct(shape.item, groups[index], problems) for index in sorted(groups)]
    return [item for item in items if item is not None] or None


def _named(shape: Named, entries: Sequence[_Entry], problems: list[LabelProblem]) -> Any:
    """Return the items by name: names are one whatever their case, spelled as in the first label in their order."""
    groups: dict[str, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.label):
        if not entry.path or not entry.path[0]:
            problems.append(LabelProblem(entry.label, "a name is missing in the label's key"))
        elif "@" in entry.path[0]:
            problems.append(LabelProblem(entry.label, "@ is not allowed in a name"))
        else:
            groups.setdefault(entry.path[0].lower(), []).append(entry)
    converted = {
        group[0].path[0]: _convert(shape.value, [entry.rest for entry in group], problems) for group in groups.values()
    }
    return {name: value for name, value in converted.items() if value is not None} or None


def _scalar(shape: Scalar, entries: Sequence[_Entry], problems: list[LabelProblem]) -> Any:
    value: Any = None
    for entry in entries:
        if entry.path:
            message = "nothing can follow here: it takes a single value"
            problems.append(LabelProblem(entry.label, message, shape.value))
            continue
        value = _SCALARS[shape](entry.value)
        if value is None:
            problems.append(LabelProblem(entry.label, f"{entry.value!r} is not {shape.value}", shape.value))
        elif reason := scalar_problem(shape, value):
            problems.append(LabelProblem(entry.label, f"{entry.value!r}: {reason}", shape.value))
            value = None
    return value


def _anything(entries: Sequence[_Entry], problems: list[LabelProblem]) -> Any:
    """Nest a plugin's options; all its values stay text, and indexes make lists."""
    groups: dict[str, list[_Entry]] = {}
    for entry in entries:
        if not entry.path:
            if len(entries) > 1:
                problems.append(LabelProblem(entry.label, "it has a value and options as well"))
            return entry.value
        groups.setdefault(entry.path[0], []).append(entry.rest)
    nested: NewSection = {}
    lists: dict[str, dict[int, Any]] = {}
    for name, group in groups.items():
        value = _anything(group, problems)
        if indexed := _INDEXED.fullmatch(name):
            lists.setdefault(indexed[1], {})[int(indexed[2])] = value
        else:
            nested[name] = value
    return nested | {name: [items[index] for index in sorted(items)] for name, items in lists.items()}


def _boolean(value: str) -> bool | None:
    folded = value.strip().lower()
    return True if folded in _TRUE else False if folded in _FALSE else None


def _integer(value: str) -> int | None:
    return int(value) if re.fullmatch(r"[+-]?[0-9]{1,20}", value.strip()) else None


def _list(value: str) -> list[str]:
    return [part for item in value.split(",") if (part := item.strip())]


_SCALARS: Mapping[Scalar, Callable[[str], Any]] = {
    Scalar.TEXT: lambda value: value,
    Scalar.BOOLEAN: _boolean,
    Scalar.INTEGER: _integer,
    Scalar.LIST: _list,
    Scalar.DURATION: lambda value: value,
    Scalar.PATTERN: lambda value: value,
    Scalar.PATTERNS: _list,
}
