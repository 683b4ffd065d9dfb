"""A stack as the state has it."""

from __future__ import annotations

from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration


@dataclass(frozen=True)
class RecordedStack:
    """One stack that the state has, deployed or not.

    Attributes:
        name: NAME@VMID.
        environment: Name of its environment at Portainer.
        environment_id: Portainer's number of that; 0 if it was never there.
        project: Its name at Portainer.
        compose: The text that was deployed.
        routes: Its share of the published routes.
        deployed: Whether Portainer has had it at all.
        proven: Whether it was ever healthy, and is not kept from the place of another one by the firewall.
        last_good: The content that worked last: {compose, env, services}; empty if none did.
        tried: What is remembered of content that could not be deployed: {failed_digest, unpulled}.
    """

    name: str
    environment: str
    environment_id: int
    project: str
    compose: str
    routes: DynamicConfiguration = field(default_factory=dict)
    deployed: bool = True
    proven: bool = True
    last_good: StoredProperties = field(default_factory=dict, repr=False)
    tried: StoredProperties = field(default_factory=dict, repr=False)

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return self.name.rpartition("@")[0]

    @property
    def vmid(self) -> int:
        """Number of its VM."""
        return int(self.name.rpartition("@")[2])
