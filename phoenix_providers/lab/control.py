"""Starting, stopping and finding a lab from outside its process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from phoenix_providers.lab.site import LabSite

SUPERVISOR = "phoenix_providers.lab.supervisor"
_START_SECONDS = 40
_STOP_SECONDS = 20
_PAUSE_SECONDS = 0.1


# Labs that this process has started: whoever starts a process has to take its exit status.
_started: dict[int, subprocess.Popen[bytes]] = {}


class LabError(Exception):
    """The lab cannot be started or stopped; the message says why and what to do."""


@dataclass(frozen=True)
class RunningLab:
    """Addresses and credentials of a lab that runs; all of it is on loopback and made up for this lab."""

    pid: int
    proxmox_url: str
    proxmox_token: str
    portainer_url: str
    portainer_user: str
    portainer_password: str
    ca_file: str
    dns_server: str
    dnsmasq_target: str
    traefik_url: str
    traefik_api_url: str
    traefik_target: str
    request_log: str


def status(folder: Path) -> RunningLab | None:
    """Return the lab of this folder if its process is alive.

    Raises:
        LabError: It is, but says other things of itself than this version knows.
    """
    said = _said(folder)
    if not _alive(said.get("pid"), folder):
        return None
    try:
        return RunningLab(**said)
    except TypeError:
        raise LabError("The lab that runs was started by another version; stop it with `phoenix lab down`") from None


def up(site: LabSite, folder: Path) -> RunningLab:
    """Start a lab, or return the one that runs already.

    Raises:
        LabError: It did not get ready; the end of its log is in the message.
    """
    if running := status(folder):
        return running
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "running.json").unlink(missing_ok=True)
    site.save(folder / "site.json")
    log = folder / "lab.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", SUPERVISOR, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    _started[process.pid] = process
    ready = None
    try:
        ready = _ready(process, folder)
    finally:
        # Whoever is interrupted while it starts has nothing yet to stop it by.
        if ready is None:
            _end(process)
    if ready:
        return ready
    raise LabError(f"The lab did not start. The end of {log}:\n{log.read_text()[-2000:]}")


def down(folder: Path) -> bool:
    """Stop the lab and wait until it is gone; return whether one was running.

    Raises:
        LabError: It did not stop in time.
    """
    pid = _said(folder).get("pid")
    if pid is None or not _alive(pid, folder):
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not _alive(pid, folder):
            return True
        time.sleep(_PAUSE_SECONDS)
    raise LabError(f"The lab (process {pid}) did not stop within {_STOP_SECONDS} s")


def _ready(process: subprocess.Popen[bytes], folder: Path) -> RunningLab | None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if running := status(folder):
            return running
        time.sleep(_PAUSE_SECONDS)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _said(folder: Path) -> dict[str, Any]:
    """Return what a lab of this folder has said of itself; nothing if that cannot be read."""
    try:
        said = json.loads((folder / "running.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _alive(pid: object, folder: Path) -> bool:
    """Whether a process is this folder's lab: after a crash somebody else may have got its number."""
    if not isinstance(pid, int):
        return False
    if child := _started.get(pid):
        return child.poll() is None
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return SUPERVISOR in words and str(folder) in words
