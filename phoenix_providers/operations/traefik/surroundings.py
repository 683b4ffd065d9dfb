"""Looking at what is around our files on Traefik's side."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.clients.probes.connection_attempt import connects
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.errors import Explanation, ProductError
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.traefik.file_names import OUR_FILES
from phoenix_providers.planning.traefik.live_check import running_names
from phoenix_providers.planning.traefik.surroundings import (
    RunningTraefik,
    Surroundings,
    defined_names,
    read_other,
    read_ours,
    united,
)

Say = Callable[[str], None]
_CONNECT_SECONDS = 2.0
_DEFAULT_PORTS = {"https": 443, "http": 80}


def to_the_user(line: str) -> None:
    """Say it as the engine shows it."""
    print(line, file=sys.stderr)


def read_context(own: str, delivery: Delivery, api: TraefikApi | None, *, is_look: bool = False) -> Surroundings:
    """Read all files in Traefik's directory and ask Traefik itself; no API means nobody to ask.

    `own` is the name of our file that is looked at. If this `is_look` alone, others' answers of just now will do.

    Raises:
        ProductError: The directory or the API does not answer.
    """
    standing = {name: read_ours(delivery.read(name)) for name in sorted(OUR_FILES)}
    names = {name: defined_names(document) for name, document in standing.items()}
    return Surroundings(
        ours=united(iter(names.values())),
        beside=united(found for name, found in names.items() if name != own),
        others=tuple(read_other(name, text) for name, text in delivery.other_files(OUR_FILES).items()),
        running=_running(api, is_look=is_look) if api else None,
        standing=tuple(standing.values()),
    )


def look_ahead(
    connections: ClientsOfRun,
    file: str,
    target: str,
    api: str,
    beside: DynamicConfiguration | None = None,
    say: Say = to_the_user,
) -> Surroundings | None:
    """Return the same as a preview sees it, which waits for nobody; None where the directory does not answer.

    `beside` is what our other file will say; None where it stays as it is.
    """
    if not target or "traefik_target" in connections.notes.not_ready:
        return None
    try:
        around = read_context(file, connections.delivery(target), None)
    except ProductError as error:
        say(f"not looked at: what others have in Traefik's directory ({error.explanation.what})")
        return None
    if beside is not None:
        around = replace(around, beside=defined_names(beside))
    address = urlsplit(api)
    port = address.port or _DEFAULT_PORTS.get(address.scheme)
    if address.hostname and port and not connects(address.hostname, port, timeout=_CONNECT_SECONDS):
        # Who is silent has been told.
        live = connections.traefik(api)
        with suppress(ProductError):
            around = replace(around, running=_running(live))
    return around


def broken_neighbours(around: Surroundings) -> tuple[Explanation, ...]:
    """Return what keeps Traefik from loading anything new."""
    return tuple(
        Explanation(
            f"Traefik cannot load {other.file}, and while that is so it loads nothing new",
            other.file,
            other.broken,
            "a file that Traefik loads",
            "correct it, or move it out of the directory; then run again",
        )
        for other in around.broken
    )


def _running(api: TraefikApi, *, is_look: bool = False) -> RunningTraefik:
    return RunningTraefik(
        names=running_names(api.running_lately() if is_look else api.running()),
        entry_points=frozenset(api.entry_points(is_look=is_look)),
        cert_resolvers=api.cert_resolvers(is_look=is_look),
    )
