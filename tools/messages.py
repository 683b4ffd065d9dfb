"""What the set-up says: one line for a step, one line for a failure, a ticking line on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO

SECONDS_BETWEEN_PLAIN_LINES = 30.0
SECONDS_BETWEEN_TICKS = 0.2


class SetUpError(Exception):
    """The set-up cannot go on; the message is one line that names what is missing and what to do."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn the two ways a set-up may end early into one line and an exit code, without a traceback."""
    try:
        yield
    except SetUpError as error:
        raise SystemExit(f"set-up: {error}") from None
    except KeyboardInterrupt:
        print("\nset-up: interrupted; run `make setup` again to go on", file=sys.stderr)
        raise SystemExit(130) from None


def step(text: str) -> None:
    """Say what happens next."""
    print(f"set-up: {text}", flush=True)


class Progress:
    """A phase that takes long: a line that ticks on a terminal, and a plain line now and then elsewhere.

    Args:
        phase: What is going on, in a few words.
        out: Where to write; a terminal gets the ticking line.
    """

    def __init__(self, phase: str, out: TextIO | None = None) -> None:
        self._phase = phase
        self._out = out or sys.stdout
        self._ticking = self._out.isatty()
        self._started = time.monotonic()
        self._said = 0.0
        self._width = 0

    def __enter__(self) -> Progress:
        if not self._ticking:
            self._out.write(f"set-up: {self._phase} ...\n")
            self._out.flush()
            self._said = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        outcome = "done" if kind is None else "stopped"
        self._write(f"{self._phase}: {outcome} after {self._elapsed()}", last=True)

    def tick(self, counted: str = "") -> None:
        """Show how far it is; calls that come too soon after the last one are dropped.

        Args:
            counted: How much is done, such as `12 of 40 packages`.
        """
        pause = SECONDS_BETWEEN_TICKS if self._ticking else SECONDS_BETWEEN_PLAIN_LINES
        if time.monotonic() - self._said < pause:
            return
        self._said = time.monotonic()
        self._write(", ".join(part for part in (f"{self._phase}: {self._elapsed()}", counted) if part))

    def _elapsed(self) -> str:
        seconds = int(time.monotonic() - self._started)
        return f"{seconds // 60} min {seconds % 60:02d} s"

    def _write(self, text: str, *, last: bool = False) -> None:
        line = f"set-up: {text}"
        if self._ticking:
            # Blanks wipe what a longer line left behind.
            self._out.write("\r" + line.ljust(self._width) + ("\n" if last else ""))
            self._width = len(line)
        else:
            self._out.write(line + "\n")
        self._out.flush()
