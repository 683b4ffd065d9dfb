"""What files of others in Traefik's directory lead to, and do not define themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.routes.config_faults import all_references
from phoenix_providers.planning.routes.names import Parts
from phoenix_providers.planning.traefik.structure_check import structure_faults
from phoenix_providers.planning.traefik.surroundings import Kind, defined_names, read_other, united


def uses_by_others(other_files: Mapping[str, str]) -> dict[tuple[Kind, str], str]:
    """Return the first file that leads to each; what cannot be read leads nowhere.

    Args:
        other_files: Texts by file name.
    """
    others = [read_other(file, text) for file, text in other_files.items()]
    defined = united(other.names for other in others)
    found: dict[tuple[Kind, str], str] = {}
    for other in others:
        for _, kind, reference in () if structure_faults(other.document) else all_references(other.document):
            name, _, provider = reference.partition("@")
            if provider in {"", "file"} and name not in defined.get(kind, ()):
                found.setdefault((kind, name), other.file)
    return found


def lost_to_others(
    document: DynamicConfiguration, staying: Parts, used: Mapping[tuple[Kind, str], str]
) -> Iterator[str]:
    """Yield, in words, what one of our files defines, nobody of `staying` does, and a file of others leads to."""
    there, kept = defined_names(document), united(map(defined_names, staying.values()))
    for (kind, name), file in used.items():
        if name in there.get(kind, ()) and name not in kept.get(kind, ()):
            yield f"{kind[1].removesuffix('s')} {name}: {file} leads to it"
