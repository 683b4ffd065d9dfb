"""Telling services that somebody stopped from jobs that take longer than a deploy is watched.

Of both it is remembered that they ran after the deploy. Whatever has ended since is brought back; what then ends by
itself again and again is a job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from phoenix_providers.operations.stacks.content import LiveStack, StackContent, StackHistory

_MOST_TIMES = 2


def brought_back(live: LiveStack | None, memory: StackHistory, wanted: StackContent) -> StackHistory:
    """Return the memory after a deploy that brought back what had ended; another content begins anew."""
    if live is None or not live.content.same_as(wanted):
        return replace(memory, revived=())
    return replace(memory, revived=(*memory.revived, *live.ended))


def lasting(running: Sequence[str], memory: StackHistory) -> Sequence[str]:
    """Return which of the running services are expected to run on."""
    return tuple(name for name in running if memory.revived.count(name) < _MOST_TIMES)
