"""When the plugin is ended, and when it is left alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from phoenix_providers.resources.silence_watch import SilenceWatch, plugins_of


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Plugin:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ended_at = 0.0

    def kill(self) -> None:
        self.ended_at = self._clock.seconds


class EnoughError(Exception):
    """The story is over, and nothing was ended."""


def watched(story: str, *, plugin_from: float = 0) -> tuple[float, list[str]]:
    """Play a story, a letter each 5 s: `+` is an answer, `.` is silence; return when the plugin was ended."""
    clock, said = Clock(), list[str]()
    plugin = Plugin(clock)
    letters: Iterator[str] = iter(story)

    def is_heard() -> bool:
        letter = next(letters, None)
        if letter is None:
            raise EnoughError
        return letter == "+"

    def plugins() -> list[Plugin]:
        if clock.seconds > 200:
            raise EnoughError
        return [plugin] if clock.seconds >= plugin_from else []

    watch = SilenceWatch("https://10.0.0.13:8006", is_heard, plugins, clock, 20)
    try:
        watch.run(said.append)
    except EnoughError:
        assert not said
    return plugin.ended_at, said


@pytest.mark.parametrize(
    ("story", "ended_at"),
    [("....." + "." * 9, 20), ("+++.....", 30), ("+...+...+", 0), ("....+...+", 0), ("...+.....", 35)],
)
def test_only_silence_in_a_row_counts(story: str, ended_at: float) -> None:
    assert watched(story)[0] == ended_at


def test_without_a_plugin_proxmox_is_not_asked() -> None:
    assert watched("", plugin_from=1000) == (0, [])
    assert watched("." * 8, plugin_from=30)[0] == 25 + 20


def test_it_ends_with_what_it_watches() -> None:
    clock, asked = Clock(), list[float]()
    watch = SilenceWatch(
        "",
        lambda: bool(asked.append(clock.seconds)),
        lambda: [Plugin(clock)],
        clock,
        1000,
        is_over=lambda: clock.seconds > 12,
    )
    watch.run(print)
    assert asked == [0, 5, 10]


def test_only_the_plugin_of_one_engine_is_ended() -> None:
    """A process stands for the engine: its children are a plugin of Proxmox and something else."""
    wait = "import sys; sys.stdin.read()"
    starts = (
        "import subprocess as s, sys; [s.Popen([sys.executable, '-c', %r, name]) for name in %r]; print(1, flush=True)"
    )
    code = starts % (wait, ["/opt/pulumi-resource-proxmoxve", "/opt/other"]) + f"; {wait}"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as engine:
        assert engine.stdin
        assert engine.stdout
        engine.stdout.readline()
        (found,) = plugins_of(psutil.Process(engine.pid))
        assert "/opt/pulumi-resource-proxmoxve" in found.cmdline()
        engine.stdin.close()
    assert plugins_of(psutil.Process()) == []


def test_the_user_is_told_why_and_what_to_do() -> None:
    (text,) = watched("." * 5)[1]
    for word in ("timed out: ", "has not answered for 20 s", "https://10.0.0.13:8006", "run the same command again"):
        assert word in text
