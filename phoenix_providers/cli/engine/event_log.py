"""The engine's event log while it is being written."""

from __future__ import annotations

import json
from pathlib import Path

from phoenix_providers.models.engine_properties import EngineRecord


class EventLog:
    """A file that grows by one event a line; there may be none yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def new(self) -> list[EngineRecord]:
        """Return the events that are whole and have not been returned yet."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                text = file.read()
        except FileNotFoundError:
            return []
        # An engine that writes, or was killed writing, leaves a line without its end.
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        return [event for line in whole.splitlines() if (event := _event(line)) is not None]


def _event(line: bytes) -> EngineRecord | None:
    """Read one line; None for one that a full disk or a crash has spoilt."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
