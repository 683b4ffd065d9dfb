"""How long a deploy may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds: the bound for deploying and getting healthy, and how long health has to last."""

    deploy: float
    settle: float
