"""Portainer's environments."""

from __future__ import annotations

from phoenix_providers.clients.cache import Cached
from phoenix_providers.clients.portainer.records import Environment
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clock import Clock
from phoenix_providers.errors import NotFoundError

_AGENT_TLS = {"TLS": "true", "TLSSkipVerify": "true", "TLSSkipClientVerify": "true"}
_SOCKET, _AGENT = "1", "2"
_LOCAL_SOCKET = "unix:///var/run/docker.sock"


class PortainerEnvironments:
    """List, create, update and delete environments; the list is read once for all who ask."""

    def __init__(self, session: PortainerSession, clock: Clock) -> None:
        self._session = session
        self._all = Cached(self._list, clock)

    def all(self) -> tuple[Environment, ...]:
        """Return every environment."""
        return self._all.get()

    def fresh(self) -> tuple[Environment, ...]:
        """Return every environment, read now."""
        self._all.forget()
        return self._all.get()

    def create(self, name: str, url: str) -> Environment:
        """Create one; `tcp://` addresses are agents, `unix://` is the server's own socket.

        An agent needs all three TLS flags. After any error the caller has to look: some failures save all the same.
        """
        agent = url.startswith("tcp://")
        form = {"Name": name, "EndpointCreationType": _AGENT if agent else _SOCKET}
        if agent:
            form |= {"URL": url, **_AGENT_TLS}
        elif url != _LOCAL_SOCKET:
            form |= {"URL": url}
        self._all.forget()
        return Environment.from_api(self._session.write("POST", "/api/endpoints", form=form).data)

    def update(self, environment_id: int, *, name: str, url: str | None) -> None:
        """Change name and, if given, URL, keeping the id."""
        body: dict[str, object] = {"Name": name}
        if url is not None:
            body |= {"URL": url, "TLS": True, "TLSSkipVerify": True, "TLSSkipClientVerify": True}
        self._all.forget()
        self._session.write("PUT", f"/api/endpoints/{environment_id}", json=body)

    def delete(self, environment_id: int) -> None:
        """Delete one; "already gone" is fine. Stacks have to go first: the server leaves them as orphans."""
        self._all.forget()
        try:
            self._session.write("DELETE", f"/api/endpoints/{environment_id}")
        except NotFoundError:
            return

    def _list(self) -> tuple[Environment, ...]:
        data = self._session.read("/api/endpoints", {"excludeSnapshots": "true"}).data
        return tuple(Environment.from_api(item) for item in data or ())
