"""What checks work from; the first of them find it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_interface

from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.clients_of_run import ClientsOfRun, clients_for, proxmox_endpoint
from phoenix_providers.planning.site_plan import SitePlan


@dataclass
class Case:
    """One site as far as it is known by now; empty where nobody has said it.

    Attributes:
        raw: The stack's configuration by full names, with what secrets could be read.
        has_secrets: Whether they could.
        settings: What of it is right, with absolute paths.
        configuration: What could be read of the files; None where nothing could.
        plan: What follows from them.
        ahead: By how many seconds each server's clock is ahead of ours.
    """

    raw: Mapping[str, str] = field(default_factory=dict)
    has_secrets: bool = False
    settings: Settings = field(default_factory=Settings)
    configuration: Configuration | None = None
    plan: SitePlan | None = None
    request_seconds: float = 5.0
    ahead: dict[str, float] = field(default_factory=dict)
    _clients: ClientsOfRun | None = None

    def open(self) -> None:
        """Make the clients, which wait for no answer for long."""
        known = {key: value for key, value in self.raw.items() if not key.startswith("phoenix:")}
        ours = {
            f"phoenix:{key}": self.raw[f"phoenix:{key}"]
            for key in ("portainerPassword", "portainerApiKey", "secrets")
            if self.raw.get(f"phoenix:{key}") and self.has_secrets
        }
        try:
            clients = clients_for(known | ours)
        except ConfigurationError:
            # What is wrong with the map of secrets is told with the settings.
            clients = clients_for({**known, **ours, "phoenix:secrets": "{}"})
        seconds = min(self.settings.request_timeout, self.request_seconds)
        clients.settings = self.settings.model_copy(update={"request_timeout": seconds})
        self._clients = clients

    @property
    def clients(self) -> ClientsOfRun:
        """What asks the products."""
        if self._clients is None:
            self.open()
        assert self._clients is not None  # noqa: S101 - just opened
        return self._clients

    @property
    def proxmox(self) -> str:
        """The address of Proxmox's API."""
        return proxmox_endpoint(self.raw)

    @property
    def proxmox_unchecked(self) -> bool:
        """Whether nobody checks its certificate."""
        return str(self.raw.get("proxmoxve:insecure")).lower() == "true"

    @property
    def portainer(self) -> PortainerServer | None:
        """How Portainer is reached; None where neither settings nor files say it."""
        if self.configuration is not None:
            site = self.configuration.site
            if self.settings.portainer_url or site.network.portainer_server_ip:
                return PortainerServer.declared(site, self.settings)
            return None
        if self.settings.portainer_url is None:
            return None
        of = self.settings
        return PortainerServer(
            of.portainer_url or "", of.portainer_user or "admin", of.portainer_ca_file or "", of.portainer_insecure
        )

    @property
    def dns_server(self) -> str:
        """The DNS server that is asked: the one of the settings, else the Proxmox host."""
        if self.settings.dns_server:
            return self.settings.dns_server
        address = self.configuration.site.network.interfaces.address if self.configuration else None
        return str(ip_interface(address).ip) if address else ""
