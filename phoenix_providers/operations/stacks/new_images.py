"""A stack whose images are others than before, as it notes itself while it is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Redact = Callable[[str], str]


@dataclass(frozen=True)
class NewImages:
    """Its properties as they were and as they become, and who takes secrets out of a text about it."""

    olds: Mapping[str, Any] = field(repr=False)
    news: Mapping[str, Any] = field(repr=False)
    redact: Redact
