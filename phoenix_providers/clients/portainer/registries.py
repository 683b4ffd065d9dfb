"""Portainer's registries of images."""

from __future__ import annotations

from pydantic import SecretStr

from phoenix_providers.clients.cache import Cached
from phoenix_providers.clients.portainer.records import Registry
from phoenix_providers.clients.portainer.seen_writes import write_until_seen
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clock import Clock
from phoenix_providers.errors import ProductError

# Portainer's numbers for Docker Hub, and for any other registry with user and password.
_DOCKER_HUB, _CUSTOM = 6, 3
_DOCKER_HUB_HOST = "docker.io"
_FORBIDDEN = 403


class PortainerRegistries:
    """List, create, update and delete registries; the list is read once for all who ask.

    An administrator's deploys sign in to all of them, whatever the environment.
    """

    def __init__(self, session: PortainerSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._all = Cached(self._list, clock)

    def all(self) -> tuple[Registry, ...]:
        """Return every registry."""
        return self._all.get()

    def fresh(self) -> tuple[Registry, ...]:
        """Return every registry, read now."""
        self._all.forget()
        return self._all.get()

    def at(self, host: str) -> Registry | None:
        """Return the registry with a sign-in to this host; of several the last one, as in a deploy.

        Who is no administrator may not list them, and uses none.
        """
        try:
            known = self.all()
        except ProductError as error:
            if error.status != _FORBIDDEN:
                raise
            return None
        return next((item for item in reversed(known) if item.user and item.host == host), None)

    def create(self, name: str, host: str, user: str, password: SecretStr) -> None:
        """Create one; after an unclear answer it is looked for before it is asked for again.

        Raises:
            ConflictError: The name, or the host with this user, is there already.
        """
        kind = _DOCKER_HUB if host == _DOCKER_HUB_HOST else _CUSTOM
        body = {"Name": name, "Type": kind, "URL": host, **_sign_in(user, password)}
        self._all.forget()
        write_until_seen(
            lambda: self._session.write("POST", "/api/registries", json=body),
            lambda: any((item.name, item.host, item.user) == (name, host, user) for item in self.fresh()),
            self._clock,
        )

    def update(self, registry_id: int, *, name: str, host: str, user: str, password: SecretStr) -> None:
        """Change one in place; the password is always sent, since nobody can read the one that is there.

        So nobody can see whether it arrived, and after an unclear answer all is sent again.
        """
        body = {"Name": name, "URL": host, **_sign_in(user, password)}
        self._all.forget()
        # The answer of older servers repeats the password.
        path = f"/api/registries/{registry_id}"
        write_until_seen(lambda: self._session.write("PUT", path, json=body), lambda: False, self._clock)

    def admit(self, registry_id: int, environment_id: int) -> None:
        """Add an environment to those of a registry; one that is there already stays as it is, with whom it lets in."""
        path = f"/api/endpoints/{environment_id}/registries"

        def is_there() -> bool:
            present = (Registry.from_api(item) for item in self._session.read(path).data or ())
            return any(item.id == registry_id and environment_id in item.accesses for item in present)

        if is_there():
            return
        self._all.forget()
        body: dict[str, object] = {"UserAccessPolicies": {}, "TeamAccessPolicies": {}}
        write_until_seen(lambda: self._session.write("PUT", f"{path}/{registry_id}", json=body), is_there, self._clock)

    def delete(self, registry_id: int) -> None:
        """Delete one; "already gone" is fine.

        Newer servers answer that with a 500, and 2.23 cuts the connection, so it is looked for.
        """
        self._all.forget()
        write_until_seen(
            lambda: self._session.write("DELETE", f"/api/registries/{registry_id}"),
            lambda: all(item.id != registry_id for item in self.fresh()),
            self._clock,
        )

    def _list(self) -> tuple[Registry, ...]:
        data = self._session.read("/api/registries").data
        return tuple(Registry.from_api(item) for item in data or ())


def _sign_in(user: str, password: SecretStr) -> dict[str, object]:
    return {"Authentication": True, "Username": user, "Password": password.get_secret_value()}
