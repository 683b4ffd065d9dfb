"""What the engine asks of whoever makes a resource."""

from __future__ import annotations

from typing import Protocol

from phoenix_providers.cli.imitated_engine.steps import Comparison
from phoenix_providers.cli.imitated_engine.stored_state import StoredResource
from phoenix_providers.models.engine_properties import Properties


class RefusedError(Exception):
    """A provider refuses what is declared; its text is as the engine shows it."""


class Kind(Protocol):
    """Makes resources of some types; nothing is ever made here."""

    def read(self, stored: StoredResource) -> StoredResource | None:
        """Return a resource as it is now; None if it is gone."""

    def check(self, urn: str, old: StoredResource | None, inputs: Properties) -> Properties:
        """Return what is declared, as it would be stored."""

    def compare(self, old: StoredResource, inputs: Properties, ignored: tuple[str, ...]) -> Comparison:
        """Compare what is there with what is declared."""
