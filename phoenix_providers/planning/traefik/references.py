"""References between the named items of a dynamic configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phoenix_providers.models.traefik_records import (
    ConfigurationSection,
    DynamicConfiguration,
    NewItem,
    NewSection,
    TraefikItem,
)

PROTOCOLS = ("http", "tcp", "udp")
_DOCKER = "@docker"

# Given the kind ("services" or "middlewares") and a reference, return what shall stand there.
Rewrite = Callable[[str, str], str]


@dataclass(frozen=True)
class _Recorder:
    """A rewriting that changes nothing and remembers what it met."""

    seen: list[tuple[str, str]]

    def __call__(self, kind: str, reference: str) -> str:
        self.seen.append((kind, reference))
        return reference


def rewritten(protocol: ConfigurationSection, rewrite: Rewrite) -> NewSection:
    """Return one protocol's part with every reference passed through `rewrite`."""
    result: NewSection = {kind: dict(items) for kind, items in protocol.items()}
    for kind, items in result.items():
        for name, item in items.items():
            items[name] = _item(kind, item, rewrite)
    return result


def references(protocol: ConfigurationSection) -> Iterator[tuple[str, str, str]]:
    """Yield (name of the item that refers, kind referred to, reference)."""
    for kind, items in protocol.items():
        for name, item in items.items():
            seen: list[tuple[str, str]] = []
            _item(kind, item, _Recorder(seen))
            yield from ((name, to, reference) for to, reference in seen)


def without_docker(reference: str) -> str:
    """Return a reference to something of the docker provider as one within our own files."""
    return reference.removesuffix(_DOCKER)


def _item(kind: str, item: TraefikItem, rewrite: Rewrite) -> NewItem:
    result = dict(item)
    if "middlewares" in result:
        result["middlewares"] = [rewrite("middlewares", reference) for reference in result["middlewares"]]
    if kind == "routers" and "service" in result:
        result["service"] = rewrite("services", result["service"])
    if kind == "middlewares":
        if "middlewares" in result.get("chain", {}):
            chain = [rewrite("middlewares", reference) for reference in result["chain"]["middlewares"]]
            result["chain"] = {**result["chain"], "middlewares": chain}
        if "service" in result.get("errors", {}):
            result["errors"] = {**result["errors"], "service": rewrite("services", result["errors"]["service"])}
    return result


def reached(document: DynamicConfiguration, path: str) -> frozenset[str]:
    """Return the paths of everything that an item such as `http.routers.app` leads to, however far."""
    found: set[str] = set()
    protocol, kind, name = [*path.split(".", 2), "", ""][:3]
    part = document.get(protocol) or {}
    open_ends = [(kind, name)]
    while open_ends:
        kind, name = open_ends.pop()
        item = (part.get(kind) or {}).get(name)
        for _, to, reference in references({kind: {name: item}}) if item is not None else ():
            here = f"{protocol}.{to}.{reference.removesuffix('@file')}"
            if here not in found:
                found.add(here)
                open_ends.append((to, reference.removesuffix("@file")))
    return frozenset(found)
