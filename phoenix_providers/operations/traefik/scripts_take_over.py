"""Our file takes over what the old scripts generated in Traefik's directory, so that no route is gone in between.

Both files define the same names for a moment. Traefik takes one of the two then, and neither is without an answer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace

from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.errors import ConfigurationError, Explanation, ProductError
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.traefik.surroundings import broken_neighbours, look_ahead
from phoenix_providers.planning.routes.config_faults import config_faults
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE, OUR_FILES
from phoenix_providers.planning.traefik.file_refusal import causes
from phoenix_providers.planning.traefik.scripts_file import ScriptsFile, scripts_files
from phoenix_providers.planning.traefik.structure_check import structure_faults
from phoenix_providers.planning.traefik.surroundings import Surroundings, united

_NEXT_LINE = "\n            "


def taken_over(file: str, document: DynamicConfiguration, delivery: Delivery) -> tuple[ScriptsFile, ...]:
    """Return the generated files that go with this write.

    Raises:
        ConfigurationError: With one of them something would go that our file does not say.
    """
    if file != INFRASTRUCTURE_FILE:
        return ()
    found = leaving(document, delivery)
    if reasons := tuple(reason for one in found for reason in _lost(one)):
        raise ConfigurationError(f"{file} does not take over what the old scripts generated", reasons)
    return found


def without(around: Surroundings, taken: Iterable[ScriptsFile]) -> Surroundings:
    """Return what is around once they are gone; what the running Traefik has of them is ours by then."""
    names = {one.name for one in taken}
    going = (other.names for other in around.others if other.file in names)
    staying = tuple(other for other in around.others if other.file not in names)
    return replace(around, others=staying, ours=united(iter([around.ours, *going])))


def leaving(infrastructure: DynamicConfiguration, delivery: Delivery) -> tuple[ScriptsFile, ...]:
    """Return the generated files that go once our file says this; whether they may is another matter."""
    return scripts_files(infrastructure, delivery.other_files(OUR_FILES))


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


def foresee(connections: ClientsOfRun, file: str, target: str, api: str, document: DynamicConfiguration) -> None:
    """Say before a write what it takes over, and refuse what Traefik would not take.

    Raises:
        ConfigurationError: A file of somebody else defines the same names, for example.
    """
    if structure_faults(document) or (around := look_ahead(connections, file, target, api)) is None:
        return
    try:
        taken = taken_over(file, document, connections.delivery(target))
    except ProductError:
        return
    around = without(around, taken)
    # Unknown entry points are told by the gate, for stacks as well.
    faults = [fault for fault in config_faults(document, around) if not fault.path.endswith(".entryPoints")]
    if reasons := (*broken_neighbours(around), *causes(faults)):
        raise ConfigurationError(f"{file} cannot be written: Traefik would not take it", reasons)
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
