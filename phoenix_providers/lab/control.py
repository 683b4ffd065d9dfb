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

from phoenix_providers.lab.site import LabSite

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
    """Return the lab of this folder if its process is alive."""
    try:
        lab = RunningLab(**json.loads((folder / "running.json").read_text()))
    except FileNotFoundError:
        return None
    return lab if _alive(lab.pid) else None


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
            [sys.executable, "-m", "phoenix_providers.lab.supervisor", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    _started[process.pid] = process
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if running := status(folder):
            return running
        time.sleep(_PAUSE_SECONDS)
    if process.poll() is None:
        process.terminate()
    raise LabError(f"The lab did not start. The end of {log}:\n{log.read_text()[-2000:]}")


def down(folder: Path) -> bool:
    """Stop the lab and wait until it is gone; return whether one was running.

    Raises:
        LabError: It did not stop in time.
    """
    running = status(folder)
    if running is None:
        return False
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not _alive(running.pid):
            return True
        time.sleep(_PAUSE_SECONDS)
    raise LabError(f"The lab (process {running.pid}) did not stop within {_STOP_SECONDS} s")


def _alive(pid: int) -> bool:
    if child := _started.get(pid):
        return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
