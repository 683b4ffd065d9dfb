"""What the plugin needs to know of one resource type."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from phoenix_providers.lab.proxmoxve.checks import Failure
from phoenix_providers.lab.proxmoxve.connection import Connection
from phoenix_providers.lab.proxmoxve.properties import Property

State = dict[str, Any]


class ResourceType(ABC):
    """One resource type. States and inputs are keyed by Pulumi's names; inputs come checked and with defaults."""

    token: ClassVar[str]
    properties: ClassVar[tuple[Property, ...]]

    def more_failures(self, inputs: Mapping[str, Any]) -> Iterator[Failure]:
        """Check what concerns several properties."""
        del inputs
        yield from ()

    @abstractmethod
    def state_of_import(self, import_id: str) -> State | None:
        """Return what an import id says about the object; None when it names none, which counts as not there."""

    @abstractmethod
    def id_of(self, state: Mapping[str, Any]) -> str:
        """Return the id of an object that was made or imported."""

    def id_after_update(self, identifier: str, wanted: Mapping[str, Any]) -> str:
        """Return the id that an update leaves; unless a type says otherwise it stays, wherever the object is now."""
        del wanted
        return identifier

    @abstractmethod
    def create(self, connection: Connection, wanted: State) -> State:
        """Make it and return its state.

        Errors:
            PluginError: nothing is recorded, whatever was done.
            IncompleteError: the object is recorded as incomplete.
        """

    @abstractmethod
    def read(self, connection: Connection, state: State) -> State:
        """Return the state as it is now.

        Errors:
            PluginError: it could not be read; an object is never reported as gone.
        """

    @abstractmethod
    def update(self, connection: Connection, state: State, wanted: State) -> State:
        """Change it in place and return its state; `state` is what was recorded.

        Errors:
            PluginError: recorded as wanted, but incomplete.
        """

    def delete(self, connection: Connection, state: State) -> None:
        """Give it up. Unless a type says otherwise, nothing is sent and Proxmox keeps what it has."""
        del connection, state
