"""Where Portainer is, and how it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


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
