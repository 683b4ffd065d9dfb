"""Every request that a stand-in answers, one JSON object a line, so that tests can say who was touched."""

from __future__ import annotations

import json
import time
from pathlib import Path


class RequestLog:
    """Appends to a file; bodies are never written, since they may hold secrets."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, product: str, method: str, path: str, status: int, note: str = "", agent: str = "") -> None:
        """Add one request; `path` includes the query, `note` names what it was about, `agent` says who asked."""
        entry = {
            "time": round(time.time(), 3),
            "product": product,
            "method": method,
            "path": path,
            "status": status,
            "note": note,
            "agent": agent,
        }
        with self._file.open("a") as stream:
            stream.write(json.dumps(entry) + "\n")


def since(file: Path, offset: int) -> list[dict[str, str]]:
    """Return the requests written after `offset` bytes."""
    with file.open() as stream:
        stream.seek(offset)
        return [json.loads(line) for line in stream if line.strip()]


def named_in(entries: list[dict[str, str]]) -> set[str]:
    """Return whatever the requests were about, by name; list calls are about nobody."""
    return {entry["note"] for entry in entries if entry["note"]}
