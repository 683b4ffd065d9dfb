"""Compose's own forms: any tree that its specification allows (see `planning/compose/specification`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

# A whole compose file as ordinary data.
ComposeTree: TypeAlias = Mapping[str, Any]
# A map inside of one: a service, a network, a volume, or what one of their keys holds.
ComposeNode: TypeAlias = Mapping[str, Any]
# One that is being put together: as compose does before it computes a hash, or for a new file.
ComposeShape: TypeAlias = dict[str, Any]
