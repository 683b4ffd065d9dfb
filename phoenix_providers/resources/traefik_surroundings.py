"""Looking at what is around our files on Traefik's side."""

from __future__ import annotations

from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.planning.our_files import OUR_FILES
from phoenix_providers.planning.proof import running_names
from phoenix_providers.planning.surroundings import (
    RunningTraefik,
    Surroundings,
    defined_names,
    read_other,
    read_ours,
    united,
)


def look_around(own: str, delivery: Delivery, api: TraefikApi | None) -> Surroundings:
    """Read all files in Traefik's directory and ask Traefik itself; no API means nobody to ask.

    `own` is the name of our file that is looked at.

    Raises:
        ProductError: The directory or the API does not answer.
    """
    standing = {name: read_ours(delivery.read(name)) for name in sorted(OUR_FILES)}
    names = {name: defined_names(document) for name, document in standing.items()}
    return Surroundings(
        ours=united(iter(names.values())),
        beside=united(found for name, found in names.items() if name != own),
        others=tuple(read_other(name, text) for name, text in delivery.neighbours(OUR_FILES).items()),
        running=_running(api) if api else None,
        standing=tuple(standing.values()),
    )


def _running(api: TraefikApi) -> RunningTraefik:
    return RunningTraefik(
        names=running_names(api.running()),
        entry_points=frozenset(api.entry_points()),
        cert_resolvers=api.cert_resolvers(),
    )
