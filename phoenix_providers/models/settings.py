"""Settings of the Pulumi stack, namespace `phoenix`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel

from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.addresses import address, address_and_port
from phoenix_providers.models.delivery_target import delivery_target
from phoenix_providers.models.raw_settings import (
    SECRET_KEYS,
    parse_overrides,
    secret_map,
    structured,
    unknown_setting,
    wrong_setting,
)
from phoenix_providers.models.web_address import web_address

__all__ = ["SETTING_KEYS", "ServersTransport", "Settings", "parse_overrides"]

Seconds = Annotated[float, Field(gt=0)]


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
        site_id: By which the state is known as this site's own; None: no state is refused.
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
        dns_server: `IP` or `IP:PORT` that `phoenix check` asks (None: the Proxmox host), and every run for every record
            (None: nobody is asked).
        readiness_timeout: How long the gate waits for products.
        request_timeout: How long one request may take.
        deploy_timeout: How long a stack may take to deploy and get healthy.
        settle: How long a stack's containers have to stay healthy.
        parallel_deploys: How many stacks are looked at, fetched and deployed at the same time, in all.
        parallel_deploys_per_environment: The same on one environment, whose engine fetches all their images.
        delete_threshold: Percentage of a kind that one run may delete, from three items.
        allow_delete: Names whose deletion beyond the threshold is wanted.
        firewall_confirm: Try needed connections after a change of the firewall, and put it back if one is lost.
        firewall_delay: How long Proxmox may take until rules are in force.
        sync_address: IP of the machine that runs the sync, as Proxmox sees it; None: found out.
        allow_cut: Connections (such as ssh@pve) that a change of the firewall may cut, or that are closed on purpose.
        retry: Stacks (NAME@VMID) whose failed content shall be sent again unchanged.
        take_over: Stacks (NAME@VMID) whose project was started outside Portainer, or from git, and may be taken over
            even if that restarts something.
        secrets: Names of the secrets that are set. Values are never held here (see `Credentials`).
        has_portainer_password: Whether `portainerPassword` is set.
        has_portainer_api_key: Whether `portainerApiKey` is set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    site_id: str | None = None
    config_dir: str = "config"
    environment: str = "production"
    gateway: str | None = None
    traefik_guest: str = "traefik"
    address_overrides: Mapping[str, Annotated[str, BeforeValidator(address)]] = {}
    servers_transport: ServersTransport = ServersTransport()
    entry_points: tuple[str, ...] = ("web",)
    node: str = "pve"
    firewall_placement: Literal["guest", "cluster"] | None = None
    portainer_url: Annotated[str | None, BeforeValidator(web_address)] = None
    portainer_user: str | None = None
    portainer_ca_file: str | None = None
    portainer_insecure: bool = False
    traefik_target: Annotated[str | None, BeforeValidator(delivery_target)] = None
    traefik_api_url: Annotated[str | None, BeforeValidator(web_address)] = None
    dns_server: str | None = None
    readiness_timeout: Seconds = 60
    request_timeout: Seconds = 30
    deploy_timeout: Seconds = 300
    settle: Annotated[float, Field(ge=0)] = 3
    parallel_deploys: Annotated[int, Field(ge=1, le=64)] = 16
    parallel_deploys_per_environment: Annotated[int, Field(ge=1, le=64)] = 4
    delete_threshold: Annotated[float, Field(ge=0, le=100)] = 30
    allow_delete: tuple[str, ...] = ()
    firewall_confirm: bool = True
    firewall_delay: Seconds = 12
    sync_address: Annotated[str, BeforeValidator(address)] | None = None
    allow_cut: tuple[str, ...] = ()
    retry: tuple[str, ...] = ()
    take_over: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    has_portainer_password: bool = False
    has_portainer_api_key: bool = False

    @field_validator("dns_server")
    @classmethod
    def _name_server(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                address_and_port(value, 53)
            except ValueError:
                raise ValueError("expected IP or IP:PORT, such as 10.0.0.13") from None
        return value

    @classmethod
    def from_raw(cls, raw: Mapping[str, str]) -> Settings:
        """Read the values of the Pulumi stack, keys without namespace; raises ConfigurationError with every fault."""
        faults = [unknown_setting(key, SETTING_KEYS) for key in raw if key not in SETTING_KEYS]
        values = {_FIELDS[key]: structured(key, raw[key]) for key in sorted(_FIELDS.keys() & raw.keys())}
        try:
            secrets = frozenset(secret_map(raw))
        except ConfigurationError as error:
            faults += error.reasons
            secrets = frozenset()
        try:
            settings = cls(
                **values,
                secrets=secrets,
                has_portainer_password=bool(raw.get("portainerPassword")),
                has_portainer_api_key=bool(raw.get("portainerApiKey")),
            )
        except ValidationError as error:
            for details in error.errors(include_url=False):
                field = cls.model_fields[_FIELDS.get(str(details["loc"][0]), str(details["loc"][0]))]
                faults.append(wrong_setting(str(field.alias), details, field.default))
        if faults:
            raise ConfigurationError("The settings of the Pulumi stack are wrong; nothing was touched.", tuple(faults))
        return settings

    def resolve(self, root: Path) -> Settings:
        """Return the settings with absolute paths; `root` is the project's folder.

        `servers_transport.root_ca` stays as it is: that file is on Traefik's side.
        """
        changes: dict[str, Any] = {"config_dir": _absolute(root, self.config_dir)}
        if self.portainer_ca_file is not None:
            changes["portainer_ca_file"] = _absolute(root, self.portainer_ca_file)
        if self.traefik_target is not None and "://" not in self.traefik_target:
            changes["traefik_target"] = _absolute(root, self.traefik_target)
        return self.model_copy(update=changes)

    @property
    def config_folder(self) -> Path:
        """The folder of the configuration files; absolute after `resolve`."""
        return Path(self.config_dir)


# Fields that are derived from secrets are no settings of their own.
_DERIVED = frozenset({"secrets", "has_portainer_password", "has_portainer_api_key"})
_FIELDS = {to_camel(name): name for name in Settings.model_fields if name not in _DERIVED}
SETTING_KEYS = frozenset(_FIELDS) | SECRET_KEYS


def _absolute(root: Path, path: str) -> str:
    return str((root / Path(path).expanduser()).resolve())
