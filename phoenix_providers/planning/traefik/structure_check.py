"""Judging a whole file for Traefik by its structure: one that Traefik does not load would stop its whole directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.traefik_records import DynamicConfiguration, TraefikItem
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.traefik.file_structure import FILE
from phoenix_providers.planning.traefik.file_text import UnreadableDocumentError, to_document
from phoenix_providers.planning.traefik.label_options import Anything, Fields, Items, Named, Scalar, Shape
from phoenix_providers.planning.traefik.option_values import scalar_problem
from phoenix_providers.planning.traefik.rule_grammar import Kind, RuleError, needs_tls, parse

_TEMPLATE = "{{"
_SERVICE_OPTIONS = {"middlewares"}


@dataclass(frozen=True)
class Fault:
    """Why Traefik would not take a file.

    Attributes:
        path: Where in the file, keys joined by dots.
        missing: What it leads to and is nowhere, as (protocol, kind, name).
        in_force: Whether Traefik takes it all the same, for now.
        holder: Whose routes would have to give way.
    """

    path: str
    reason: str
    expected: str = ""
    missing: tuple[str, str, str] | None = None
    in_force: bool = False
    holder: str = ""

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.path}: {self.reason}" + (f" ({self.expected})" if self.expected else "")


def loadable(text: str | None) -> DynamicConfiguration | None:
    """Return what a text says; None if Traefik could not load it."""
    try:
        document = to_document(text or "")
    except UnreadableDocumentError:
        return None
    return None if structure_faults(document) else document


def structure_faults(document: Any) -> tuple[Fault, ...]:
    """Return everything that keeps Traefik from loading the file or from taking one of its routers."""
    if document is None:
        return ()
    if not isinstance(document, Mapping):
        return (Fault("", "the file is no map"),)
    found = [*_templates(document, ())]
    if document:
        found += _faults(FILE, document, ())
    if not found:
        found += [*_router_faults(document), *kind_faults(document)]
    return tuple(found)


def _faults(shape: Shape, value: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(shape, Scalar):
        if problem := scalar_problem(shape, value):
            yield Fault(_joined(path), f"{problem}: {value!r}", shape.value)
    elif isinstance(shape, Items):
        yield from _item_faults(shape, value, path)
    elif isinstance(shape, Fields | Named):
        if not isinstance(value, Mapping):
            yield Fault(_joined(path), f"it is no map: {value!r}")
        elif not value and not (isinstance(shape, Fields) and shape.may_be_empty):
            yield Fault(_joined(path), "it is an empty map, which stops Traefik's whole directory", "leave it out")
        else:
            yield from _map_faults(shape, value, path)


def _item_faults(shape: Items, value: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(_joined(path), f"it is no list: {value!r}")
        return
    for index, item in enumerate(value):
        yield from _faults(shape.item, item, (*path[:-1], f"{path[-1]}[{index}]"))


def _map_faults(shape: Fields | Named, value: Mapping[Any, Any], path: tuple[str, ...]) -> Iterator[Fault]:
    for key, item in value.items():
        here = (*path, str(key))
        if isinstance(shape, Named):
            yield from _name_faults(key, here)
            if not isinstance(shape.value, Anything):
                yield from _faults(shape.value, item, here)
        elif key in shape.fields:
            yield from _faults(shape.fields[key], item, here)
        else:
            hint = nearest(str(key), shape.fields) or f"known are {', '.join(shape.fields)}"
            yield Fault(_joined(here), "Traefik does not know this key", hint)


def _name_faults(key: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(key, str) or not key:
        yield Fault(_joined(path), f"a name has to be a text, this is {key!r}")
    elif "@" in key:
        yield Fault(_joined(path), "@ is not allowed in a name")


def _router_faults(document: DynamicConfiguration) -> Iterator[Fault]:
    for protocol in ("http", "tcp", "udp"):
        for name, router in document.get(protocol, {}).get("routers", {}).items():
            path = f"{protocol}.routers.{name}"
            if not router.get("service"):
                yield Fault(path, "it leads to no service")
            if protocol != "udp":
                yield from _rule_faults("http" if protocol == "http" else "tcp", router, path)


def _rule_faults(kind: Kind, router: TraefikItem, path: str) -> Iterator[Fault]:
    if router.get("ruleSyntax") == "v2":
        return
    try:
        rule = parse(str(router.get("rule", "")), kind)
    except RuleError as error:
        yield Fault(f"{path}.rule", str(error), error.rule)
        return
    if kind == "tcp" and needs_tls(rule) and "tls" not in router:
        yield Fault(f"{path}.rule", "a host name is seen in TLS only, and the router has no `tls`")


def kind_faults(document: DynamicConfiguration) -> Iterator[Fault]:
    """Yield services and middlewares of several kinds, or of none: Traefik refuses them, or takes one of the kinds."""
    for protocol in ("http", "tcp", "udp"):
        for section in ("services", "middlewares"):
            for name, item in document.get(protocol, {}).get(section, {}).items():
                kinds = [key for key in item if key not in _SERVICE_OPTIONS]
                if len(kinds) != 1:
                    path = f"{protocol}.{section}.{name}"
                    yield Fault(path, f"it has to be of one kind, and is of {len(kinds)}", ", ".join(kinds))


def _templates(value: Any, path: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _templates(str(key), path)
            yield from _templates(item, (*path, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from _templates(item, path)
    elif isinstance(value, str) and _TEMPLATE in value:
        yield Fault(_joined(path), f"Traefik would execute the template in {value!r}")


def _joined(path: tuple[str, ...]) -> str:
    return ".".join(path)
