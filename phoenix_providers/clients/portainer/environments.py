"""Portainer's environments."""

from __future__ import annotations

from phoenix_providers.clients.cache import Cached
from phoenix_providers.clients.portainer.records import Environment
from phoenix_providers.clients.portainer.seen_writes import write_until_seen
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clock import Clock

_AGENT_TLS = {"TLS": "true", "TLSSkipVerify": "true", "TLSSkipClientVerify": "true"}
_SOCKET, _AGENT = "1", "2"
_LOCAL_SOCKET = "unix:///var/run/docker.sock"


class PortainerEnvironments:
    """List, create, update and delete environments; the list is read once for all who ask."""

    def __init__(self, session: PortainerSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._all = Cached(self._list, clock)

    def all(self) -> tuple[Environment, ...]:
        """Return every environment."""
        return self._all.get()

    def fresh(self) -> tuple[Environment, ...]:
        """Return every environment, read now."""
        return self._all.fresh()

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
        """Change name and, if given, URL, keeping the id; an unclear answer is settled by looking."""
        body: dict[str, object] = {"Name": name}
        if url is not None:
            body |= {"URL": url, "TLS": True, "TLSSkipVerify": True, "TLSSkipClientVerify": True}

        def is_done() -> bool:
            now = self._by_id(environment_id)
            same_url = url is None or (now is not None and _address(now.url) == _address(url))
            return now is not None and now.name == name and same_url

        self._all.forget()
        write_until_seen(
            lambda: self._session.write("PUT", f"/api/endpoints/{environment_id}", json=body), is_done, self._clock
        )

    def delete(self, environment_id: int) -> None:
        """Delete one; "already gone" is fine. Stacks have to go first: the server leaves them as orphans."""
        self._all.forget()
        write_until_seen(
            lambda: self._session.write("DELETE", f"/api/endpoints/{environment_id}"),
            lambda: self._by_id(environment_id) is None,
            self._clock,
        )

    def _by_id(self, environment_id: int) -> Environment | None:
        return next((item for item in self.fresh() if item.id == environment_id), None)

    def _list(self) -> tuple[Environment, ...]:
        data = self._session.read("/api/endpoints", {"excludeSnapshots": "true"}).data
        return tuple(Environment.from_api(item) for item in data or ())


def _address(url: str) -> str:
    """Return a URL without its scheme, which some versions drop."""
    return url.partition("://")[2] or url
