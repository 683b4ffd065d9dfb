"""What Proxmox has set, asked once for all who look at the same time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.clock import Clock, SystemClock

# A look is no promise: whoever writes looks again right before.
_SECONDS = 30.0


@dataclass
class _Answer:
    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Any = None
    asked_at: float | None = None
    written: int = 0


class RememberedSettings(ProxmoxSettings):
    """For whoever only looks, in preview and before a run has written anything.

    An answer is used again for half a minute, unless something was written meanwhile; a failure is not remembered.

    Args:
        origin: What is asked, and written through.
        clock: How time passes.
    """

    def __init__(self, origin: ProxmoxSettings, clock: Clock | None = None) -> None:
        super().__init__(origin.transport, origin.token_id)
        self._origin = origin
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, ...], _Answer] = {}

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        key = (path, *(f"{name}={value}" for name, value in sorted((params or {}).items())))
        with self._lock:
            answer = self._answers.setdefault(key, _Answer())
        with answer.lock:
            if not self._is_fresh(answer):
                written = self._origin.written
                answer.value = super()._get(path, params)
                answer.asked_at, answer.written = self._clock.now(), written
            return answer.value

    def _is_fresh(self, answer: _Answer) -> bool:
        if answer.asked_at is None or answer.written != self._origin.written:
            return False
        return self._clock.now() - answer.asked_at < _SECONDS
