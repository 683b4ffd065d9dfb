"""Settings of the Pulumi stack, namespace `phoenix`."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class ServersTransport(BaseModel):
    """How Traefik reaches https back ends.

    Attributes:
        name: Name in Traefik's file provider. Without `root_ca` it is only referred to, and must exist there.
        root_ca: File on Traefik's side with the CA that signed the back ends' certificates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    name: str = "internal-ca"
    root_ca: str | None = None


class Settings(BaseModel):
    """Every setting with its default. Times are seconds.

    Attributes:
        config_dir: Folder of the configuration files, relative to the project.
        environment: Which environment of the manifests counts.
        gateway: Guest name or IP behind which routed names live; None: the guest named as Traefik's.
        traefik_guest: Name of the guest that runs Traefik.
        address_overrides: IP by host name.
        node: Proxmox node of guests that name none.
        firewall_placement: Where guests' rules go; None: `cluster` for the old spelling, `guest` for the new.
        portainer_url: None: from the site file, `https://SERVER_IP:PORT`.
        portainer_user: None: from the site file, else `admin`.
        portainer_ca_file: CA that signed Portainer's certificate; None: the system's.
        portainer_insecure: Do not check Portainer's certificate at all.
        traefik_target: A directory, `ssh://user@host/dir`, or `pct://user@proxmox-host/CTID/dir`.
        traefik_api_url: None: routes cannot be proven, and the run says so.
        readiness_timeout: How long the gate waits for products.
        request_timeout: How long one request may take.
        deploy_timeout: How long a stack may take to deploy and get healthy.
        settle: How long a stack's containers have to stay healthy.
        delete_threshold: Percentage of a kind that one run may delete, from three items.
        allow_delete: Names whose deletion beyond the threshold is wanted.
        retry: Stacks (NAME@VMID) whose failed content shall be sent again unchanged.
        secrets: Names of the secrets that are set. Values are never held here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    config_dir: str = "config"
    environment: str = "production"
    gateway: str | None = None
    traefik_guest: str = "traefik"
    address_overrides: Mapping[str, str] = {}
    servers_transport: ServersTransport = ServersTransport()
    entry_points: tuple[str, ...] = ("web",)
    node: str = "pve"
    firewall_placement: str | None = None
    portainer_url: str | None = None
    portainer_user: str | None = None
    portainer_ca_file: str | None = None
    portainer_insecure: bool = False
    traefik_target: str | None = None
    traefik_api_url: str | None = None
    readiness_timeout: float = 60
    request_timeout: float = 30
    deploy_timeout: float = 300
    settle: float = 3
    delete_threshold: float = 30
    allow_delete: tuple[str, ...] = ()
    retry: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
