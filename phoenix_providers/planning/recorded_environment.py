"""An environment of Portainer as the state has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordedEnvironment:
    """One environment that the state has.

    Attributes:
        name: environment@VMID.
        environment: Its name at Portainer.
        number: Portainer's number of it; 0 if it was never there.
        url: Where it leads.
        by_address: The same without a name; empty if the VM had no fixed address.
        instance: To which data of Portainer the number belongs; empty if the state does not tell.
    """

    name: str
    environment: str
    number: int
    url: str
    by_address: str = ""
    instance: str = ""

    @property
    def vmid(self) -> int:
        """Number of its VM."""
        return int(self.name.rpartition("@")[2])
