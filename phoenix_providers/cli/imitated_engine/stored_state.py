"""The last applied state, from the engine's own export with secrets in clear: it is never kept anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.models.engine_properties import EngineRecord, Properties

# How the engine marks values that are more than JSON.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark in front of one
# The engine's own resources that no program declares: providers whose settings are the stack's.
PROVIDERS = "pulumi:providers:"


@dataclass(frozen=True)
class StoredResource:
    """One resource of the state.

    Attributes:
        is_custom: Whether a provider makes it; a component is nothing anywhere.
        is_condemned: Whether an interrupted run has left it to be deleted.
    """

    urn: str
    type: str
    id: str = ""
    is_custom: bool = True
    is_condemned: bool = False
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        return self.urn.rpartition("::")[2]


def stored_resources(records: Iterable[EngineRecord]) -> list[StoredResource]:
    """Read the resources of an export, without the engine's providers."""
    return [
        StoredResource(
            urn=str(one["urn"]),
            type=str(one["type"]),
            id=str(one.get("id") or ""),
            is_custom=bool(one.get("custom")),
            is_condemned=bool(one.get("delete")),
            inputs=in_clear(one.get("inputs") or {}),
            outputs=in_clear(one.get("outputs") or {}),
        )
        for one in records
        if not str(one["type"]).startswith(PROVIDERS)
    ]


def in_clear(value: Any) -> Any:
    """Return a value of an export without the marks of secrets, at any depth."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET and "plaintext" in value:
            return in_clear(json.loads(str(value["plaintext"])))
        return {key: in_clear(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_clear(item) for item in value]
    return value
