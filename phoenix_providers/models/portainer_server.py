"""Where Portainer is, and how it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phoenix_providers.models.settings import Settings
    from phoenix_providers.models.site import SiteFile


@dataclass(frozen=True)
class PortainerServer:
    """How Portainer is reached, without credentials.

    Attributes:
        url: Address of its API.
        user: Who signs in.
        ca_file: CA that signed its certificate; empty: the system's.
        insecure: Whether its certificate is not looked at.
        password_in: Folder of an existing installation whose site file has the password, or empty.
    """

    url: str
    user: str = "admin"
    ca_file: str = ""
    insecure: bool = False
    password_in: str = ""

    def as_input(self) -> dict[str, str | bool]:
        """Return it as a property of a resource."""
        return asdict(self)

    @classmethod
    def from_input(cls, value: Mapping[str, object]) -> PortainerServer:
        """Read what `as_input` gave; states of earlier versions lack what is younger."""
        return cls(
            url=str(value["url"]),
            user=str(value.get("user") or "admin"),
            ca_file=str(value.get("ca_file") or ""),
            insecure=bool(value.get("insecure")),
            password_in=str(value.get("password_in") or ""),
        )

    @classmethod
    def declared(cls, site: SiteFile, settings: Settings) -> PortainerServer:
        """Return what site file and settings say of it."""
        network, api = site.network, site.portainer_api
        url = settings.portainer_url or f"https://{network.portainer_server_ip}:{network.portainer_server_port}"
        in_settings = settings.has_portainer_password or settings.has_portainer_api_key
        return cls(
            url=url,
            user=settings.portainer_user or api.admin_user or "admin",
            ca_file=_from_here(settings.portainer_ca_file or ""),
            insecure=settings.portainer_insecure,
            password_in="" if in_settings or api.admin_password is None else _from_here(settings.config_dir),
        )


def _from_here(path: str) -> str:
    """Return a path as it holds wherever the site's folder lies, if it is in there: program and providers run there."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if path and Path(path).is_relative_to(here) else path
