"""Asking a registry for an image through the Docker of an environment, without fetching anything."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import SecretStr

from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.models.image_name import registry_of


@dataclass(frozen=True)
class RegistrySignIn:
    """User and password for one host."""

    host: str
    user: str
    password: SecretStr


class RegistryLook:
    """What the engine of one environment finds at registries.

    Portainer puts a sign-in of its own into pulls, but not here (up to 2.23 at least): whoever asks has to bring it.
    """

    def __init__(self, session: PortainerSession, environment_id: int) -> None:
        self._session = session
        self._base = f"/api/endpoints/{environment_id}/docker/distribution"

    def ask(self, image: str, sign_in: RegistrySignIn | None = None) -> str:
        """Have the registry asked, and return the digest of what it has under that name; empty if it tells none.

        Raises:
            ProductError: With the engine's words; whether the registry said so itself is in them.
        """
        headers = {"X-Registry-Auth": _encoded(sign_in)} if sign_in and sign_in.host == registry_of(image) else {}
        answer = self._session.read(f"{self._base}/{quote(image, safe='/:@')}/json", headers=headers).data
        return str(((answer or {}).get("Descriptor") or {}).get("digest") or "")


def _encoded(sign_in: RegistrySignIn) -> str:
    said = {
        "username": sign_in.user,
        "password": sign_in.password.get_secret_value(),
        "serveraddress": sign_in.host,
    }
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
