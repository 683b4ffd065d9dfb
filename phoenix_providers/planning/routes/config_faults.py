"""Judging one of our files before it is written: by itself, and by what is around it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from phoenix_providers.models.traefik_records import DynamicConfiguration, TraefikItem
from phoenix_providers.planning.findings import nearest
from phoenix_providers.planning.routes.same_requests import same_requests
from phoenix_providers.planning.traefik.structure_check import Fault, structure_faults
from phoenix_providers.planning.traefik.surroundings import Kind, Surroundings, defined_names, united

_FILE = "@file"
_DEFAULT_TLS_OPTIONS = "default"
# The running Traefik lists these, the rest of what files define cannot be asked for.
_LISTED = ("routers", "services", "middlewares")


class Reference(NamedTuple):
    """What an item of a file leads to; `name` as it stands there, with `@file` or not."""

    path: str
    kind: Kind
    name: str


def config_faults(document: DynamicConfiguration, around: Surroundings) -> tuple[Fault, ...]:
    """Return everything for which the file must not be written."""
    faults = structure_faults(document)
    if faults:
        return faults
    own = defined_names(document)
    return (
        *_taken_names(own, around),
        *same_requests(document, around),
        *_missing_ends(document, around),
        *_unknown_entry_points(document, around),
        *_unknown_resolvers(document, around),
    )


def shadowed(document: DynamicConfiguration, around: Surroundings) -> tuple[Fault, ...]:
    """Return the names that a file of somebody else defines too; Traefik takes the first and says nothing."""
    return tuple(_taken_names(defined_names(document), around))


def _taken_names(own: Mapping[Kind, frozenset[str]], around: Surroundings) -> Iterator[Fault]:
    for kind, names in sorted(own.items()):
        for name in sorted(names):
            path = f"{'.'.join(kind)}.{name}"
            files = [other.file for other in around.others if name in other.names.get(kind, ())]
            if files:
                yield Fault(
                    path, f"{files[0]} defines it too; Traefik takes one of them without a word", "another name"
                )
            elif _is_elsewhere(kind, name, around):
                templates = ", ".join(other.file for other in around.others if other.opaque)
                yield Fault(path, f"Traefik has it from another file already (one of {templates})", "another name")


def _is_elsewhere(kind: Kind, name: str, around: Surroundings) -> bool:
    """Whether Traefik has a name from a template, which we cannot look into.

    Without templates, a name that is in no file is what Traefik still has of ours.
    """
    templates = any(other.opaque for other in around.others)
    if around.running is None or not templates or name in around.ours.get(kind, ()):
        return False
    return name + _FILE in around.running.names.get(kind, ())


def _missing_ends(document: DynamicConfiguration, around: Surroundings) -> Iterator[Fault]:
    """Yield what a document without faults in its structure leads to, and nobody defines."""
    own = defined_names(document)
    known = united(iter([own, around.beside, *(other.names for other in around.others)]))
    for path, kind, reference in all_references(document):
        name, _, provider = reference.partition("@")
        if kind == ("tls", "options") and name == _DEFAULT_TLS_OPTIONS:
            continue
        in_files = known.get(kind, frozenset())
        running = around.running.names.get(kind, frozenset()) if around.running else frozenset()
        # Traefik has what is about to leave our file.
        running -= {left + _FILE for left in around.ours.get(kind, frozenset()) - in_files}
        if provider in {"", "file"}:
            missing = name not in in_files and name + _FILE not in running and around.all_known
        else:
            # Only what the running Traefik lists can be said to be missing there.
            missing = around.running is not None and kind[1] in _LISTED and reference not in running
        if missing:
            hint = nearest(name, [*in_files, *(full.partition("@")[0] for full in running)])
            in_ours = (*kind, name) if provider in {"", "file"} else None
            yield Fault(path, f"there is no {_singular(kind)} {reference}", hint, in_ours)


def all_references(document: DynamicConfiguration) -> Iterator[Reference]:
    """Yield what routers, services and middlewares lead to, of a document without faults in its structure."""
    for protocol in ("http", "tcp", "udp"):
        part = document.get(protocol, {})
        for name, router in part.get("routers", {}).items():
            path = f"{protocol}.routers.{name}"
            yield Reference(f"{path}.service", (protocol, "services"), router["service"])
            yield from _middlewares(router, protocol, path)
            if options := router.get("tls", {}).get("options"):
                yield Reference(f"{path}.tls.options", ("tls", "options"), options)
        for name, service in part.get("services", {}).items():
            yield from _from_service(service, protocol, f"{protocol}.services.{name}")
        for name, middleware in part.get("middlewares", {}).items():
            path = f"{protocol}.middlewares.{name}"
            yield from _middlewares(middleware.get("chain", {}), protocol, f"{path}.chain")
            if service := middleware.get("errors", {}).get("service"):
                yield Reference(f"{path}.errors.service", (protocol, "services"), service)


def _middlewares(item: TraefikItem, protocol: str, path: str) -> Iterator[Reference]:
    for name in item.get("middlewares", ()):
        yield Reference(f"{path}.middlewares", (protocol, "middlewares"), name)


def _from_service(service: TraefikItem, protocol: str, path: str) -> Iterator[Reference]:
    yield from _middlewares(service, protocol, path)
    services: Kind = (protocol, "services")
    for kind, options in service.items():
        if not isinstance(options, Mapping):
            continue
        if transport := options.get("serversTransport"):
            yield Reference(f"{path}.{kind}.serversTransport", (protocol, "serversTransports"), transport)
        for key in ("service", "fallback"):
            if key in options:
                yield Reference(f"{path}.{kind}.{key}", services, options[key])
        for key in ("services", "mirrors"):
            for part in options.get(key, ()):
                yield Reference(f"{path}.{kind}.{key}", services, str(part.get("name", "")))


def _unknown_entry_points(document: DynamicConfiguration, around: Surroundings) -> Iterator[Fault]:
    if around.running is None:
        return
    known = around.running.entry_points
    for path, router in _routers(document):
        for name in router.get("entryPoints", ()):
            if name not in known:
                yield Fault(f"{path}.entryPoints", f"Traefik has no entry point {name}", _known(name, known))


def _unknown_resolvers(document: DynamicConfiguration, around: Surroundings) -> Iterator[Fault]:
    if around.running is None or around.running.cert_resolvers is None:
        return
    known = around.running.cert_resolvers
    for path, router in _routers(document):
        name = router.get("tls", {}).get("certResolver")
        if name and name not in known:
            reason = f"Traefik has no certificate resolver {name}"
            yield Fault(f"{path}.tls.certResolver", reason, _known(name, known))


def _routers(document: DynamicConfiguration) -> Iterator[tuple[str, TraefikItem]]:
    for protocol in ("http", "tcp", "udp"):
        for name, router in document.get(protocol, {}).get("routers", {}).items():
            yield f"{protocol}.routers.{name}", router


def _known(name: str, known: Collection[str]) -> str:
    return nearest(name, known) or f"it has {', '.join(sorted(known)) or 'none'}"


def _singular(kind: Kind) -> str:
    return {"options": "TLS options"}.get(kind[1], kind[1].removesuffix("s"))
