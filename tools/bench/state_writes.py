"""Counts how often a state file is written; the kernel tells each time, so none is missed."""

from __future__ import annotations

import ctypes
import os
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_EVENT = struct.Struct("iIII")
# Words of inotify(7). New files tell nothing here, but two alike in a row would be told as one without them.
_MOVED_TO, _CREATE, _OVERFLOW = 0x80, 0x100, 0x4000
_BUFFER = 1 << 20


class StateWrites:
    """Watches the folder of a state file while it is entered; the engine writes a new file and moves it there."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._events: Counter[str] = Counter()
        self._descriptor = -1

    def __enter__(self) -> StateWrites:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK)
        if self._libc.inotify_add_watch(self._descriptor, os.fsencode(self._file.parent), _MOVED_TO | _CREATE) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(self._file.parent))
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            while raw := self._read():
                self._events.update(names_written(raw))
        finally:
            os.close(self._descriptor)

    @property
    def count(self) -> int:
        """How often the file was written while this was entered."""
        return self._events[self._file.name]

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, _BUFFER)
        except BlockingIOError:
            return b""


def names_written(raw: bytes) -> Iterator[str]:
    """Yield the name of each file that was moved to its place, from what the kernel tells.

    Raises:
        RuntimeError: There was more than the kernel remembers.
    """
    at = 0
    while at < len(raw):
        _, mask, _, length = _EVENT.unpack_from(raw, at)
        at += _EVENT.size
        name = raw[at : at + length].rstrip(b"\0").decode()
        at += length
        if mask & _OVERFLOW:
            raise RuntimeError("more writes than the kernel remembers (fs.inotify.max_queued_events)")
        if mask & _MOVED_TO:
            yield name
