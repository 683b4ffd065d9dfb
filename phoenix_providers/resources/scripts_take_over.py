"""Our file takes over what the old scripts generated in Traefik's directory, so that no route is gone in between.

Both files define the same names for a moment. Traefik takes one of the two then, and neither is without an answer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.errors import ConfigurationError, Explanation, ProductError
from phoenix_providers.planning.config_faults import missing_ends, shadowed
from phoenix_providers.planning.file_refusal import causes
from phoenix_providers.planning.our_files import INFRASTRUCTURE_FILE, OUR_FILES
from phoenix_providers.planning.same_requests import same_requests
from phoenix_providers.planning.scripts_file import ScriptsFile, scripts_files
from phoenix_providers.planning.structure_faults import structure_faults
from phoenix_providers.planning.surroundings import Surroundings, defined_names, read_other, read_ours, united
from phoenix_providers.resources.connections import Connections

_NEXT_LINE = "\n            "


def taken_over(file: str, document: Mapping[str, Any], delivery: Delivery) -> tuple[ScriptsFile, ...]:
    """Return the generated files that go with this write.

    Raises:
        ConfigurationError: With one of them something would go that our file does not say.
    """
    if file != INFRASTRUCTURE_FILE:
        return ()
    found = scripts_files(document, delivery.neighbours(OUR_FILES))
    if reasons := tuple(reason for one in found for reason in _lost(one)):
        raise ConfigurationError(f"{file} does not take over what the old scripts generated", reasons)
    return found


def without(around: Surroundings, taken: Iterable[ScriptsFile]) -> Surroundings:
    """Return what is around once they are gone."""
    names = {one.name for one in taken}
    return replace(around, others=tuple(other for other in around.others if other.file not in names))


def set_aside(delivery: Delivery, taken: Iterable[ScriptsFile]) -> None:
    """Keep a copy of each, which Traefik does not load, and remove it."""
    for one in taken:
        copy = one.copy if delivery.read(one.copy) in {None, one.text} else one.other_copy
        delivery.write(copy, one.text)
        delivery.remove(one.name)
        print(f"{one.name}, which the old scripts generated, is taken over; {copy} is a copy", file=sys.stderr)


def bring_back(delivery: Delivery, taken: Iterable[ScriptsFile]) -> None:
    """Let them be as they were."""
    for one in taken:
        delivery.write(one.name, one.text)


def foresee(connections: Connections, target: str, file: str, document: Mapping[str, Any]) -> None:
    """Say before a first write what it takes over, and refuse what it cannot.

    Raises:
        ConfigurationError: A file of somebody else defines the same names.
    """
    if not target or structure_faults(document):
        return
    try:
        delivery = connections.delivery(target)
        neighbours = delivery.neighbours(OUR_FILES)
        standing = {name: read_ours(delivery.read(name)) for name in sorted(OUR_FILES)}
        taken = taken_over(file, document, delivery)
    except ProductError as error:
        print(f"not looked at: what others have in Traefik's directory ({error.explanation.what})", file=sys.stderr)
        return
    names = {one.name for one in taken}
    others = tuple(read_other(name, text) for name, text in neighbours.items() if name not in names)
    defined = {name: defined_names(document) for name, document in standing.items()}
    beside = united(found for name, found in defined.items() if name != file)
    around = Surroundings(defined[file], beside, others, running=None, standing=tuple(standing.values()))
    faults = (*shadowed(document, around), *same_requests(document, around))
    reasons = [
        Explanation(fault.reason, fault.path, "", fault.expected, "correct it there, then run again")
        for fault in faults
    ]
    if reasons := [*reasons, *causes(missing_ends(document, around))]:
        raise ConfigurationError(f"{file} cannot be written: Traefik would not take it", tuple(reasons))
    for one in taken:
        print(
            f"{one.name}, which the old scripts generated, will be taken over: {file} says all that it says, and "
            f"{one.copy} will be a copy",
            file=sys.stderr,
        )
        for line in one.changes:
            print(f"  {line}", file=sys.stderr)


def _lost(one: ScriptsFile) -> Iterable[Explanation]:
    if one.additions:
        move = "move these into a file of their own beside it, and run again"
        # Beside ours a moved route is one of two for the same requests, and its middlewares may be passed by.
        give_up = (
            f"what is declared as well ({', '.join(one.changed)}) stays yours alone: take the `traefik_service`"
            f"{_NEXT_LINE}of its guest out of the files; then {move}"
        )
        yield Explanation(
            f"{one.name} has more than the old scripts wrote",
            one.name,
            _NEXT_LINE.join(one.additions),
            "nothing in it that would be lost with it",
            give_up if one.changed else move,
        )
    transport = "http.serversTransports.internal-ca"
    if transport in one.undeclared:
        yield Explanation(
            f"nothing declares the servers transport of {one.name}",
            one.name,
            f"internal-ca, with {one.root_ca}",
            "the same in phoenix:serversTransport",
            f"pulumi config set --path phoenix:serversTransport.rootCa {one.root_ca}",
        )
    if rest := [path for path in one.undeclared if path != transport]:
        yield Explanation(
            f"{one.name} has routes that nothing declares any more",
            one.name,
            _NEXT_LINE.join(rest),
            "a guest with this traefik_service in the files",
            f"declare them, or take them out of {one.name}; then run again",
        )
