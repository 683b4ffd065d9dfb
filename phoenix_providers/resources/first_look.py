"""One of our files as it stands before a first run: what the site declares of it goes on, and nothing else is lost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.our_files import STACKS_FILE
from phoenix_providers.planning.route_names import Parts
from phoenix_providers.planning.safety import ALLOW_DELETE_VARIABLE, allowing
from phoenix_providers.planning.standing_routes import standing_routes
from phoenix_providers.resources.connections import Connections
from phoenix_providers.resources.traefik_file import loadable

_NEXT_LINE = "\n            "
_OWN = f"or move them into a file of your own beside it;{_NEXT_LINE}"
_GUESTS = "a guest with this traefik_service in the files", f"declare them, {_OWN}"
_STACKS = (
    "a stack whose labels say them",
    f"declare them (labels make none where `x-phoenix: {{routes: false}}` stands), {_OWN}",
)


def first_look(connections: Connections, target: str, file: str, declared: Mapping[str, Mapping[str, Any]]) -> Parts:
    """Return what the file says already, by who declares it.

    Args:
        connections: Ways to Traefik's directory.
        target: That directory.
        file: File name.
        declared: By owner: {routes, address}; the address only where some of the routes may not be known.

    Raises:
        UnsafeError: A first run would drop routes that nobody declares.
        ProductError: The directory does not answer.
    """
    document = loadable(connections.delivery(target).read(file))
    if not document:
        return {}
    routes = {owner: one.get("routes") or {} for owner, one in declared.items()}
    homes = {owner: str(one["address"]) for owner, one in declared.items() if one.get("address")}
    standing = standing_routes(document, routes, homes)
    count = len(standing.undeclared)
    if count and os.environ.get(ALLOW_DELETE_VARIABLE, "").strip() != str(count):
        expected, declaring = _STACKS if file == STACKS_FILE else _GUESTS
        raise UnsafeError(
            f"{file} has routes that nothing declares, and a first run would drop them",
            where=target,
            seen=_NEXT_LINE.join(standing.undeclared),
            expected=expected,
            next_step=declaring + allowing(count),
        )
    return standing.parts
