"""What is around one of our files in Traefik: our other file, files of others, and the running Traefik itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.traefik.file_text import UnreadableDocumentError, to_document

# (protocol, kind) of everything that has a name, for example ("http", "routers"), ("tls", "options").
Kind = tuple[str, str]
_TEMPLATE = "{{"


@dataclass(frozen=True)
class RunningTraefik:
    """What a running Traefik says of itself.

    Attributes:
        names: Full names (`NAME@PROVIDER`) by kind; only routers, services and middlewares can be asked for.
        entry_points: Names.
        cert_resolvers: Names; None when this Traefik does not tell.
    """

    names: Mapping[Kind, frozenset[str]]
    entry_points: frozenset[str]
    cert_resolvers: frozenset[str] | None = None


@dataclass(frozen=True)
class OtherFile:
    """A file of somebody else in Traefik's directory.

    Attributes:
        names: What it defines, by kind.
        broken: Why Traefik cannot load it, as far as can be seen from here; then Traefik loads no file at all.
        opaque: Whether it is a template, so that only Traefik knows what it defines.
        document: What it says, unjudged.
    """

    file: str
    names: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    broken: str = ""
    opaque: bool = False
    document: DynamicConfiguration = field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """All of it.

    Attributes:
        ours: What our files define as they are now on Traefik's side; one that cannot be read counts as empty.
        beside: What of it is in our other file, and so stays when this one is written.
        others: In the order in which Traefik reads them.
        running: None when there is no API to ask.
        standing: What our files say as they are now on Traefik's side.
    """

    ours: Mapping[Kind, frozenset[str]]
    beside: Mapping[Kind, frozenset[str]]
    others: tuple[OtherFile, ...]
    running: RunningTraefik | None
    standing: tuple[DynamicConfiguration, ...] = ()

    @property
    def broken(self) -> tuple[OtherFile, ...]:
        """Files of others that keep Traefik from loading any."""
        return tuple(other for other in self.others if other.broken)

    @property
    def all_known(self) -> bool:
        """Whether everything that files define can be seen."""
        return not any(other.opaque or other.broken for other in self.others)


def defined_names(document: DynamicConfiguration) -> dict[Kind, frozenset[str]]:
    """Return every name that a configuration defines, by kind."""
    return {
        (section, kind): frozenset(map(str, items))
        for section, kinds in document.items()
        if isinstance(kinds, Mapping)
        for kind, items in kinds.items()
        if isinstance(items, Mapping)
    }


def united(several: Iterator[Mapping[Kind, frozenset[str]]]) -> dict[Kind, frozenset[str]]:
    """Return all names of several configurations."""
    everything: dict[Kind, frozenset[str]] = {}
    for names in several:
        for kind, found in names.items():
            everything[kind] = everything.get(kind, frozenset()) | found
    return everything


def read_ours(text: str | None) -> DynamicConfiguration:
    """Return what one of our files says; nothing if somebody made it unreadable."""
    try:
        return to_document(text or "")
    except UnreadableDocumentError:
        return {}


def names_of_ours(text: str | None) -> dict[Kind, frozenset[str]]:
    """Return what one of our files defines; nothing if somebody made it unreadable."""
    return defined_names(read_ours(text))


def read_other(file: str, text: str) -> OtherFile:
    """Look at a file of somebody else, without judging what it says."""
    if _TEMPLATE in text:
        return OtherFile(file, opaque=True)
    try:
        document = tomllib.loads(text) if file.lower().endswith(".toml") else to_document(text)
    except (tomllib.TOMLDecodeError, UnreadableDocumentError) as error:
        return OtherFile(file, broken=" ".join(str(error).split()))
    return OtherFile(file, defined_names(document), broken=_empty_section(document), document=document)


def _empty_section(document: DynamicConfiguration) -> str:
    """Return the section without content that Traefik stumbles over."""
    for section in ("http", "tcp", "udp", "tls"):
        part = document.get(section)
        if isinstance(part, Mapping):
            empty = [kind for kind, items in part.items() if isinstance(items, Mapping) and not items]
            if not part or empty:
                return f"{'.'.join([section, *empty[:1]])} is an empty map"
    return ""
