"""Clients of this process, made once and shared by all resources.

Addresses come with each resource (they are no secrets, and a refresh has nothing else); credentials and limits come
from the stack configuration and never become inputs or outputs.

Every client is imported where it is made: the program makes none, and has this module loaded by its resources.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import SecretStr

from phoenix_providers.clients.delivery.target import TRAEFIK
from phoenix_providers.clock import Clock, SystemClock
from phoenix_providers.models.consumer import Consumer
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.settings import SETTING_KEYS, Settings

if TYPE_CHECKING:
    from phoenix_providers.clients.delivery.target import Delivery
    from phoenix_providers.clients.docker.proxy import DockerProxy
    from phoenix_providers.clients.docker.registry_look import RegistryLook
    from phoenix_providers.clients.portainer.environments import PortainerEnvironments
    from phoenix_providers.clients.portainer.registries import PortainerRegistries
    from phoenix_providers.clients.portainer.server_state import ServerState
    from phoenix_providers.clients.portainer.session import PortainerSession
    from phoenix_providers.clients.portainer.stacks import PortainerStacks
    from phoenix_providers.clients.proxmox.api import ProxmoxApi
    from phoenix_providers.clients.proxmox.persistent_connection import PersistentConnection
    from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
    from phoenix_providers.clients.traefik import TraefikApi
    from phoenix_providers.operations.run_notes import RunNotes
    from phoenix_providers.operations.stacks.deploy_slots import DeploySlots


class Configuration(Protocol):
    """The configuration of the Pulumi stack, as the engine gives it to providers."""

    def get(self, key: str) -> Any:
        """Return a value; None if it is not set."""


@dataclass(frozen=True)
class PortainerAccess:
    """One Portainer with everything that is asked of it.

    Attributes:
        digests: What registries have under the names of images, as the engines of environments have told, by number.
    """

    session: PortainerSession
    server: ServerState
    environments: PortainerEnvironments
    stacks: PortainerStacks
    registries: PortainerRegistries
    clock: Clock
    slots: DeploySlots
    digests: dict[tuple[int, str], str] = field(default_factory=dict)
    _engines: dict[int, DockerProxy] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def docker(self, environment_id: int) -> DockerProxy:
        """Return the engine of an environment, shared by all its stacks."""
        from phoenix_providers.clients.docker.proxy import DockerProxy

        with self._lock:
            if environment_id not in self._engines:
                self._engines[environment_id] = DockerProxy(
                    self.session, environment_id, self.clock, self.registries, self.environments
                )
            return self._engines[environment_id]

    def registry_look(self, environment_id: int) -> RegistryLook:
        """Return the way in which an environment's engine asks registries."""
        from phoenix_providers.clients.docker.registry_look import RegistryLook

        return RegistryLook(self.session, environment_id)


class ClientsOfRun:
    """Makes clients and keeps them: one sign-in, one list call for all.

    Attributes:
        notes: What this run notes on its way.
    """

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        *,
        proxmox_token: SecretStr | None = None,
        proxmox_insecure: bool = False,
        clock: Clock | None = None,
    ) -> None:
        from phoenix_providers.operations.run_notes import RunNotes

        self.settings = settings
        self.clock = clock or SystemClock()
        self.notes = RunNotes()
        self._credentials = credentials
        self._proxmox_token = proxmox_token
        self._proxmox_insecure = proxmox_insecure
        self._portainers: dict[PortainerServer, PortainerAccess] = {}
        self._proxmoxes: dict[str, ProxmoxApi] = {}
        self._traefiks: dict[str, TraefikApi] = {}
        self._persistent: dict[str, PersistentConnection] = {}
        self._lock = threading.Lock()

    @property
    def setup_token(self) -> SecretStr | None:
        """What a fresh Portainer wants to be shown by whoever makes its first administrator."""
        return self._credentials.setup_token

    @property
    def secret_values(self) -> tuple[str, ...]:
        """All values that nobody may see, of whatever stack: a log of one may show what another one has."""
        held = (
            self._credentials.password,
            self._credentials.api_key,
            self._credentials.setup_token,
            self._proxmox_token,
            *self._credentials.secrets.values(),
        )
        return tuple(secret.get_secret_value() for secret in held if secret is not None)

    def secret(self, name: str) -> SecretStr | None:
        """Return a value of the map `secrets`; None if it is not set."""
        return self._credentials.secrets.get(name)

    def portainer(self, server: PortainerServer) -> PortainerAccess:
        """Return the Portainer that is reached like this."""
        with self._lock:
            if server not in self._portainers:
                self._portainers[server] = self._open_portainer(server)
            return self._portainers[server]

    def traefik(self, url: str) -> TraefikApi:
        """Return Traefik's API."""
        from phoenix_providers.clients.traefik import TraefikApi

        with self._lock:
            if url not in self._traefiks:
                self._traefiks[url] = TraefikApi(url, timeout=self.settings.request_timeout, clock=self.clock)
            return self._traefiks[url]

    def delivery(self, target: str, consumer: Consumer = TRAEFIK) -> Delivery:
        """Return the way to Traefik's directory, or to that of another reader."""
        from phoenix_providers.clients.delivery.open import open_delivery

        return open_delivery(target, timeout=self.settings.request_timeout, consumer=consumer)

    def proxmox(self, url: str) -> ProxmoxApi:
        """Return the Proxmox API."""
        with self._lock:
            if url not in self._proxmoxes:
                self._proxmoxes[url] = self.open_proxmox(url, self.settings.request_timeout)
            return self._proxmoxes[url]

    def open_proxmox(self, url: str, timeout: float) -> ProxmoxApi:
        """Return a client of its own, with a limit of its own."""
        from phoenix_providers.clients.proxmox.api import ProxmoxApi

        return ProxmoxApi(url, self._proxmox_token, timeout=timeout, insecure=self._proxmox_insecure)

    def persistent_connection(self, url: str) -> PersistentConnection:
        """Return the Proxmox API over one connection that stays open until it is let go; opened now unless it is."""
        from phoenix_providers.clients.proxmox.persistent_connection import PersistentConnection

        with self._lock:
            if url not in self._persistent:
                timeout, insecure = self.settings.request_timeout, self._proxmox_insecure
                self._persistent[url] = PersistentConnection(
                    url, self._proxmox_token, timeout=timeout, insecure=insecure
                )
            return self._persistent[url]

    def lasting_settings(self, url: str) -> ProxmoxSettings:
        """Return what to write through in the middle of a change of the firewall.

        That is the connection that outlives the change, if one is held: a new one might be shut out already, and the
        run would end before the change is confirmed or taken back.
        """
        settings = self.proxmox(url).settings
        with self._lock:
            held = self._persistent.get(url)
        if held is None:
            return settings
        # Who only looks has to look anew.
        settings.written += 1
        return held.settings

    def let_go(self, url: str) -> None:
        """End that connection, if there is one."""
        with self._lock:
            held = self._persistent.pop(url, None)
        if held is not None:
            held.close()

    def _open_portainer(self, server: PortainerServer) -> PortainerAccess:
        from phoenix_providers.clients.portainer.environments import PortainerEnvironments
        from phoenix_providers.clients.portainer.registries import PortainerRegistries
        from phoenix_providers.clients.portainer.server_state import ServerState
        from phoenix_providers.clients.portainer.session import PortainerSession
        from phoenix_providers.clients.portainer.stacks import PortainerStacks
        from phoenix_providers.clients.transport import TlsTrust
        from phoenix_providers.operations.stacks.deploy_slots import DeploySlots

        password = self._credentials.password
        if password is None and server.password_in:
            from phoenix_providers.models.files.loader import load_configuration

            site = load_configuration(Path(server.password_in), self.settings).site
            password = site.portainer_api.admin_password
        session = PortainerSession(
            server.url,
            user=server.user,
            password=password,
            api_key=self._credentials.api_key,
            timeout=self.settings.request_timeout,
            trust=TlsTrust(server.ca_file or None, server.insecure),
        )
        return PortainerAccess(
            session,
            ServerState(session),
            PortainerEnvironments(session, self.clock),
            PortainerStacks(session, self.clock, self.settings.deploy_timeout),
            PortainerRegistries(session, self.clock),
            self.clock,
            DeploySlots(self.settings.parallel_deploys, self.settings.parallel_deploys_per_environment),
        )


_current: ClientsOfRun | None = None
_configuring = threading.Lock()


def configure(config: Configuration) -> bool:
    """Open the connections of this process, and return whether it was the first call.

    Every provider of a process gets the same configuration.
    """
    global _current
    with _configuring:
        if _current is not None:
            return False
        _current = clients_for(config)
        return True


def proxmox_endpoint(config: Configuration) -> str:
    """Return the address of Proxmox's API; empty where nobody has said it."""
    return str(config.get("proxmoxve:endpoint") or os.environ.get("PROXMOX_VE_ENDPOINT", ""))


def clients_for(config: Configuration) -> ClientsOfRun:
    """Return new clients for a stack's configuration."""
    raw = {key: str(value) for key in SETTING_KEYS if (value := config.get(f"phoenix:{key}")) is not None}
    token = config.get("proxmoxve:apiToken") or os.environ.get("PROXMOX_VE_API_TOKEN")
    return ClientsOfRun(
        Settings.from_raw(raw),
        Credentials.from_raw(raw),
        proxmox_token=SecretStr(str(token)) if token else None,
        proxmox_insecure=str(config.get("proxmoxve:insecure")).lower() == "true",
    )


def use(connections: ClientsOfRun | None) -> None:
    """Take these connections instead: the seam for tests."""
    global _current
    _current = connections


def current() -> ClientsOfRun:
    """Return the connections of this process."""
    if _current is None:
        raise RuntimeError("a provider was called before it was configured")
    return _current


def opened() -> ClientsOfRun | None:
    """Return the connections of this process; None before it was configured, when nobody can be asked."""
    return _current


def notes() -> RunNotes:
    """Return what this run has noted; nothing before the process was configured."""
    from phoenix_providers.operations.run_notes import RunNotes

    return _current.notes if _current is not None else RunNotes()


def secret_values() -> tuple[str, ...]:
    """Return what nobody may see, as far as this process knows it."""
    return _current.secret_values if _current is not None else ()
