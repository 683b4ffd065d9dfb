"""The engine's own forms: what it stores and passes around is whatever a resource declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

# Properties of a resource, or a property of that kind, as we give them to the engine.
Properties: TypeAlias = dict[str, Any]
# The same as the engine gives them to us: a state of another version may have others.
StoredProperties: TypeAlias = Mapping[str, Any]
# A resource of an exported state, or an event of a run.
EngineRecord: TypeAlias = Mapping[str, Any]
