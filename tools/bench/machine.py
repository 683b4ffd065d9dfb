"""On what the figures were taken; never its name."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

import psutil

from tools.pulumi_choice import ask_version


def machine(engine: Path) -> Mapping[str, str]:
    """Return what of this machine and its programs decides how long a run takes."""
    kernel = platform.release().partition("-")[0]
    return {
        "CPU": f"{cpu_model(_lines('/proc/cpuinfo')) or platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{os_name(_lines('/etc/os-release')) or platform.system()}, kernel {kernel}",
        "Pulumi": f"CLI {ask_version(engine)}, Python SDK {version('pulumi')}",
        "Python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def cpu_model(lines: Iterable[str]) -> str:
    """Return the first processor's name."""
    return _value(lines, "model name", ":")


def os_name(lines: Iterable[str]) -> str:
    """Return the distribution's name."""
    return _value(lines, "PRETTY_NAME", "=").strip('"')


def _value(lines: Iterable[str], key: str, sign: str) -> str:
    parts = (line.partition(sign) for line in lines)
    return next((value.strip() for name, _, value in parts if name.strip() == key), "")


def _lines(file: str) -> list[str]:
    path = Path(file)
    return path.read_text().splitlines() if path.is_file() else []
