"""What a command costs: seconds on the clock, seconds of CPU by kind of process, and memory at its peak."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_PAUSE_SECONDS = 0.1
PROGRAM, PROVIDER, PLUGIN, ENGINE, OTHER = "program", "provider", "plugin", "engine", "other"


@dataclass(frozen=True)
class Cost:
    """What a command cost.

    Attributes:
        cpu: Seconds of CPU of the whole tree, as the kernel counts those that have ended.
        cpu_by_kind: Seconds by kind of process, as seen last before each ended.
        memory: Most bytes that program and dynamic provider held together (resident; what they share counts twice).
        plugin_memory: Most bytes of the Proxmox plugin.
        stand_ins: Seconds of CPU that the lab took meanwhile, Traefik among it; not part of `cpu`.
    """

    code: int
    output: str
    wall: float
    cpu: float
    cpu_by_kind: Mapping[str, float]
    memory: int
    plugin_memory: int
    stand_ins: float = 0.0


@dataclass
class _Seen:
    cpu: dict[tuple[int, float], tuple[str, float]] = field(default_factory=dict)
    memory: int = 0
    plugin_memory: int = 0


def kind_of(words: Sequence[str]) -> str:
    """Name the kind of a process by its command line."""
    text = " ".join(words)
    if "pulumi.dynamic" in text:
        return PROVIDER
    if "pulumi-language-python-exec" in text:
        return PROGRAM
    if "proxmoxve" in text:
        return PLUGIN
    if words and Path(words[0]).name.startswith("pulumi"):
        return ENGINE
    return OTHER


def measured(command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> Cost:
    """Run a command and watch its tree of processes.

    Raises:
        subprocess.TimeoutExpired: It took longer than `seconds`.
    """
    seen, over = _Seen(), threading.Event()
    began, before = time.perf_counter(), _cpu_of_children()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        watch = threading.Thread(target=_watch, args=(psutil.Process(process.pid), seen, over))
        watch.start()
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            over.set()
            watch.join()
    wall = time.perf_counter() - began
    by_kind: dict[str, float] = defaultdict(float)
    for kind, cpu in seen.cpu.values():
        by_kind[kind] += cpu
    cpu = max(_cpu_of_children() - before, sum(by_kind.values()))
    return Cost(process.returncode, output, wall, cpu, dict(by_kind), seen.memory, seen.plugin_memory)


def _cpu_of_children() -> float:
    times = psutil.Process().cpu_times()
    return float(times.children_user + times.children_system)


def _watch(root: psutil.Process, seen: _Seen, over: threading.Event) -> None:
    while not over.wait(_PAUSE_SECONDS):
        memory: dict[str, int] = defaultdict(int)
        for process in _tree(root):
            try:
                with process.oneshot():
                    words = process.cmdline()
                    if not words:
                        # It has ended, and nobody has taken its exit status yet.
                        continue
                    times, kind = process.cpu_times(), kind_of(words)
                    seen.cpu[process.pid, process.create_time()] = kind, times.user + times.system
                    memory[kind] += process.memory_info().rss
            except psutil.Error:
                continue
        seen.memory = max(seen.memory, memory[PROGRAM] + memory[PROVIDER])
        seen.plugin_memory = max(seen.plugin_memory, memory[PLUGIN])


def _tree(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []
