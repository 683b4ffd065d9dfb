"""Changed items of which the running Traefik still has the old form: what it says of them proves nothing yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.traefik_records import DynamicConfiguration, RunningConfiguration, TraefikItem
from phoenix_providers.planning.traefik.live_check import PLACES, NotLive, live_items, spoken_name, without_provider
from phoenix_providers.planning.traefik.option_values import is_duration
from phoenix_providers.planning.traefik.surroundings import Kind

_NANOSECONDS = {"ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 6e10, "h": 3.6e12, "": 1e9}
_DURATION_PART = re.compile(r"([\d.]+)(ns|us|µs|μs|ms|s|m|h|)")
# What Traefik says of an item besides its configuration.
_STATE = frozenset({"error", "name", "provider", "serverStatus", "status", "type", "usedBy", "using"})
# Traefik 3.7 does not show the first three; what is secret may be hidden by others.
_HIDDEN = frozenset({"fenced", "disableRequestBuffer", "disableResponseBuffer", "users", "password"})


# Of one item: its kind and name, as the file has it, what Traefik has now, and what it had.
_Changed = tuple[Kind, str, TraefikItem, list[TraefikItem], list[TraefikItem]]


@dataclass(frozen=True)
class PendingChanges:
    """What was declared, what is declared now, and what Traefik had before it was written."""

    previous: DynamicConfiguration
    document: DynamicConfiguration
    before: RunningConfiguration

    def unseen(self, running: RunningConfiguration) -> tuple[NotLive, ...]:
        """Return the changed items that may still be in their old form; some changes Traefik never shows."""
        return tuple(
            _told(kind, name) for kind, name, _, now, then in self._changed(running) if now == then or not then
        )

    def refused(self, running: RunningConfiguration) -> tuple[NotLive, ...]:
        """Return the changed items that Traefik shows as before, and otherwise than they are declared."""
        return tuple(
            _told(kind, name)
            for kind, name, item, now, then in self._changed(running)
            if now == then and not all(_shows(item, live) for live in now)
        )

    def _changed(self, running: RunningConfiguration) -> Iterator[_Changed]:
        """Yield each changed item that Traefik has, with what it has now and what it had."""
        for kind in PLACES:
            old = (self.previous.get(kind[0]) or {}).get(kind[1]) or {}
            for name, item in self.document.get(kind[0], {}).get(kind[1], {}).items():
                now, then = (_configured(kind, name, one) for one in (running, self.before))
                if name in old and old[name] != item and now:
                    yield kind, name, item, now, then


def _told(kind: Kind, name: str) -> NotLive:
    return NotLive(f"{kind[0]}.{kind[1]}.{name}", f"{spoken_name(kind)} {name} still has its old options")


def _configured(kind: Kind, name: str, running: RunningConfiguration) -> list[TraefikItem]:
    return [
        {key: value for key, value in live.items() if key not in _STATE} for live in live_items(kind, name, running)
    ]


def _shows(wanted: Any, live: Any) -> bool:
    """Whether everything declared is there; what is empty or zero may be left out, or replaced by a default."""
    if not wanted:
        return True
    if isinstance(wanted, Mapping):
        found = live if isinstance(live, Mapping) else {}
        return all(_shows(value, found.get(key)) for key, value in wanted.items() if key not in _HIDDEN)
    if isinstance(wanted, list):
        items = live if isinstance(live, list) else []
        return len(wanted) == len(items) and all(map(_shows, wanted, items))
    return wanted == live or _alike(str(wanted), str(live))


def _alike(wanted: str, live: str) -> bool:
    if is_duration(wanted):
        length = _nanoseconds(wanted)
        return not length or (is_duration(live) and length == _nanoseconds(live))
    return without_provider(wanted) == without_provider(live)


def _nanoseconds(duration: str) -> float:
    """Return a length; signs are left out, since a change of one alone is shown as another text."""
    return sum(float(number) * _NANOSECONDS[unit] for number, unit in _DURATION_PART.findall(duration))
