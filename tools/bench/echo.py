"""The floor's provider: it remembers what it is given, and asks nobody."""

from __future__ import annotations

from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult


class EchoProvider(ResourceProvider):
    """As little as the engine accepts of a dynamic provider."""

    # As ours: an encrypted provider would cost the floor more.
    serialize_as_secret_always: ClassVar[bool] = False  # type: ignore[misc]

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Store what is given."""
        return CreateResult("echo", dict(props))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return what is stored."""
        return ReadResult(id_, dict(props), dict(props))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the one value."""
        return DiffResult(changes=olds.get("value") != news.get("value"))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Store what is given now."""
        return UpdateResult(dict(news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Forget it."""


class Echo(Resource, module="bench", name="Echo"):
    """A trivial resource with one value."""

    def __init__(self, name: str, value: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__(EchoProvider(), name, {"value": value}, opts)
