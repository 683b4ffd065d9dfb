"""Whether Portainer reaches the engine of an environment now."""

from __future__ import annotations

from phoenix_providers.clients.portainer.session import PortainerSession

_UP = 1


def reaches(session: PortainerSession, environment_id: int) -> bool:
    """Have Portainer look at an environment, for which it makes new connections, and return what it found.

    Its answer to the request itself says nothing: it is the same when the engine is dead.
    """
    session.write("POST", f"/api/endpoints/{environment_id}/snapshot")
    found = session.read(f"/api/endpoints/{environment_id}", {"excludeSnapshot": "true"}).data
    return int(found["Status"]) == _UP
