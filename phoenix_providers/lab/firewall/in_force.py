"""What is set counts only some time later, as on Proxmox, where a service looks every ten seconds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any


class RulesInForce:
    """Remembers what was set when; `delay` in seconds.

    On Proxmox the delay is anything up to ten seconds; here it is always the same.
    """

    def __init__(self, first: Mapping[str, Any], delay: float, now: Callable[[], float]) -> None:
        self._delay = delay
        self._now = now
        self._current: Mapping[str, Any] = copy.deepcopy(dict(first))
        self._coming: list[tuple[float, Mapping[str, Any]]] = []

    def set(self, firewall: Mapping[str, Any]) -> None:
        """Take what is set from now on."""
        self._coming.append((self._now() + self._delay, copy.deepcopy(dict(firewall))))

    def firewall(self) -> Mapping[str, Any]:
        """Return what is in force."""
        while self._coming and self._coming[0][0] <= self._now():
            self._current = self._coming.pop(0)[1]
        return self._current
