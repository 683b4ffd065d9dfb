"""One of our files as it stands before a first run: what the site declares of it goes on, and nothing else is lost."""

from __future__ import annotations

import os
from collections.abc import Mapping

from phoenix_providers.errors import ProductError, UnreachableError, UnsafeError
from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.traefik.file import TraefikFile
from phoenix_providers.planning.routes.declared_routes import DeclaredRoutes
from phoenix_providers.planning.routes.names import Parts
from phoenix_providers.planning.routes.route_checks import WHOLE
from phoenix_providers.planning.routes.standing_routes import standing_routes
from phoenix_providers.planning.routes.uses_by_others import lost_to_others, uses_by_others
from phoenix_providers.planning.safety import ALLOW_DELETE_VARIABLE, allowing
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, OUR_FILES, STACKS_FILE
from phoenix_providers.planning.traefik.file_text import UnreadableDocumentError, to_document
from phoenix_providers.planning.traefik.structure_check import structure_faults
from phoenix_providers.planning.traefik.surroundings import defined_names

_NEXT_LINE = "\n            "
_OWN = f"or move them into a file of your own beside it;{_NEXT_LINE}"
_GUESTS = "a guest with this traefik_service in the files", f"declare them, {_OWN}"
_STACKS = (
    "a stack whose labels say them",
    f"declare them (labels make none where `x-phoenix: {{routes: false}}` stands), {_OWN}",
)


def first_look(connections: ClientsOfRun, target: str, file: str, declared: Mapping[str, DeclaredRoutes]) -> Parts:
    """Return what the file says already, by who declares it.

    Args:
        connections: Ways to Traefik's directory.
        target: That directory.
        file: File name.
        declared: By owner.

    Raises:
        UnsafeError: A first run would drop routes that nobody declares.
        ProductError: The directory does not answer.
    """
    delivery = connections.delivery(target)
    routes = {owner: one.routes for owner, one in declared.items()}
    homes = {owner: one.address for owner, one in declared.items() if one.address}
    # One number is said for both: who allows it has seen all that goes.
    both = (INFRASTRUCTURE_FILE, STACKS_FILE) if file == INFRASTRUCTURE_FILE else (file,)
    documents = {name: _document(name, delivery.read(name), target) for name in both}
    found = {name: standing_routes(document, routes, homes) for name, document in documents.items()}
    used = uses_by_others(delivery.other_files(OUR_FILES)) if any(documents.values()) else {}
    undeclared = {
        name: lost
        for name, standing in found.items()
        if (lost := [*standing.undeclared, *lost_to_others(documents[name], {**standing.parts, **routes}, used)])
    }
    count = sum(map(len, undeclared.values()))
    allowed = connections.notes.standing_judged or os.environ.get(ALLOW_DELETE_VARIABLE, "").strip() == str(count)
    if count and not allowed:
        expected, declaring = _STACKS if INFRASTRUCTURE_FILE not in undeclared else _GUESTS
        if len(undeclared) > 1:
            expected = f"{expected}, or {_STACKS[0]}"
        raise UnsafeError(
            f"{' and '.join(undeclared)} {'have' if len(undeclared) > 1 else 'has'} routes that nothing declares, "
            "and a first run would drop them",
            where=target,
            seen=_NEXT_LINE.join(route for several in undeclared.values() for route in several),
            expected=expected,
            next_step=declaring + allowing(count),
        )
    connections.notes.standing_judged = True
    return found[file].parts


def _document(file: str, text: str | None, target: str) -> DynamicConfiguration:
    """Return what a file says; Traefik may serve more than can be read here.

    Raises:
        UnsafeError: It is there, and cannot be read.
    """
    try:
        document = to_document(text or "")
        faults = structure_faults(document) if any(defined_names(document).values()) else ()
        reason = "; ".join(map(str, faults[:1]))
    except UnreadableDocumentError as error:
        document, reason = {}, " ".join(str(error).split())
    if not reason:
        return document
    raise UnsafeError(
        f"{file} is there already, and a first run would replace what cannot be read of it",
        where=target,
        seen=reason,
        expected="a file as Phoenix Sync writes it",
        next_step=f"correct it, or move {file} out of the directory if all of it may go; then run again",
    )


def standing_parts(
    connections: ClientsOfRun | None, place: tuple[str, str, str], declared: Mapping[str, DeclaredRoutes]
) -> Parts:
    """Return the same of stacks alone; nothing where nobody answers, which is remembered for the write."""
    file, target, _ = place
    if connections is None or not target:
        return {}
    try:
        found = first_look(connections, target, file, declared)
    except ProductError as error:
        connections.notes.unseen[file] = error.explanation.what
        return {}
    # A preview of the same process may have found silence.
    connections.notes.unseen.pop(file, None)
    return {name: part for name, part in found.items() if name != WHOLE}


def refuse_unseen(connections: ClientsOfRun, props: StoredProperties) -> None:
    """Overwrite nothing that could not be looked at.

    Raises:
        UnreachableError: The file is there, and nobody knows what it says.
    """
    what = connections.notes.unseen.get(str(props["file"]))
    if what and TraefikFile.of(connections, props).read():
        raise UnreachableError(
            f"{props['file']} was there before this run, and could not be looked at",
            where=str(props["target"]),
            seen=what,
            expected="what it says, since a first run might drop it",
            next_step="phoenix sync all",
        )
