"""A stack whose images are others than before, as it notes itself while it is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from phoenix_providers.models.engine_properties import StoredProperties

Redact = Callable[[str], str]


@dataclass(frozen=True)
class NewImages:
    """Its properties as they were and as they become, and who takes secrets out of a text about it."""

    olds: StoredProperties = field(repr=False)
    news: StoredProperties = field(repr=False)
    redact: Redact
