"""When the plugin is ended, and when it is left alone."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from phoenix_providers.operations.proxmox.plugin_watchdog import PluginWatchdog, plugins_of


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

    watch = PluginWatchdog("https://10.0.0.13:8006", is_heard, plugins, clock, 20)
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
    watch = PluginWatchdog(
        "",
        lambda: bool(asked.append(clock.seconds)),
        lambda: [Plugin(clock)],
        clock,
        1000,
        is_over=lambda: clock.seconds > 12,
    )
    watch.run(print)
    assert asked == [0, 5, 10]


CHILD = """
import socket, sys
name, port = sys.argv[1], int(sys.argv[2])
connection = port and socket.create_connection(("127.0.0.1", port))
print(1, flush=True)
sys.stdin.read()
"""
# It stands for the engine, its children for a plugin that asks Proxmox, one that does not, and for something else.
ENGINE = """
import subprocess, sys
child, port = sys.argv[1:]
wanted = [("/opt/pulumi-resource-proxmoxve", port), ("/opt/pulumi-resource-proxmoxve", "0"), ("/opt/other", port)]
for one in wanted:
    started = subprocess.Popen([sys.executable, "-c", child, *one], stdout=subprocess.PIPE)
    started.stdout.readline()
print(1, flush=True)
sys.stdin.read()
"""


def test_only_a_plugin_of_this_engine_that_asks_proxmox_is_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxmox:
        port = proxmox.getsockname()[1]
        command = [sys.executable, "-c", ENGINE, CHILD, str(port)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as engine:
            assert engine.stdin
            assert engine.stdout
            engine.stdout.readline()
            (found,) = plugins_of(psutil.Process(engine.pid), port)
            assert found.cmdline()[-2:] == ["/opt/pulumi-resource-proxmoxve", str(port)]
            engine.stdin.close()
        assert plugins_of(psutil.Process(), port) == []


def test_the_user_is_told_why_and_what_to_do() -> None:
    (text,) = watched("." * 5)[1]
    for word in ("timed out: ", "has not answered for 20 s", "https://10.0.0.13:8006", "run the same command again"):
        assert word in text
