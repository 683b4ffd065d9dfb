"""The secrets of a run: kept apart from all that may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from phoenix_providers.models.raw_settings import secret_map

if TYPE_CHECKING:
    from phoenix_providers.models.site import PortainerApi


@dataclass(frozen=True)
class Credentials:
    """How to sign in to Portainer: with an API key if there is one, else with user and password.

    Attributes:
        secrets: Values of the map `secrets` by name.
    """

    user: str = "admin"
    password: SecretStr | None = field(default=None, repr=False)
    api_key: SecretStr | None = field(default=None, repr=False)
    setup_token: SecretStr | None = field(default=None, repr=False)
    secrets: Mapping[str, SecretStr] = field(default_factory=dict, repr=False)

    @classmethod
    def from_raw(cls, raw: Mapping[str, str], portainer_api: PortainerApi | None = None) -> Credentials:
        """Take them from the Pulumi stack's settings, else from the site file of an existing installation."""
        in_file = (portainer_api.admin_user, portainer_api.admin_password) if portainer_api else (None, None)
        password, api_key, setup_token = (
            raw.get(key) for key in ("portainerPassword", "portainerApiKey", "portainerSetupToken")
        )
        return cls(
            user=raw.get("portainerUser") or in_file[0] or "admin",
            password=SecretStr(password) if password else in_file[1],
            api_key=SecretStr(api_key) if api_key else None,
            setup_token=SecretStr(setup_token) if setup_token else None,
            secrets={name: SecretStr(value) for name, value in secret_map(raw).items()},
        )


def secret_values(raw: Mapping[str, str]) -> Mapping[str, str]:
    """Return the values of the map `secrets` by name, in clear; raises ConfigurationError without repeating any."""
    return secret_map(raw)
