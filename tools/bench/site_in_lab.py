"""A made-up site on a lab of its own, and the commands that users type."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from phoenix_providers.cli.rehearsal.imitation import imitate
from phoenix_providers.cli.rehearsal.workspace import STACK, connect, prepare
from phoenix_providers.lab import control
from phoenix_providers.lab.control import RunningLab
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.network import free_network
from phoenix_providers.lab.request_log import since
from phoenix_providers.lab.traefik import access_log
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings

from tools.bench.made_up_site import compose_text, write_site
from tools.bench.process_tree import Cost, measured

_BIN = Path(sys.executable).parent
# Waits that would be measured instead of work: the stand-ins answer at once, and rules are in force at once.
_NO_WAITS = {"settle": "0", "firewallDelay": "0.1"}


class SiteInLab:
    """The running site.

    Args:
        home: Its lab's folder.
        lab: The stand-ins.
        seconds: How long one run may take.
    """

    def __init__(self, home: LabHome, lab: RunningLab, seconds: float) -> None:
        self._home, self._lab, self._seconds = home, lab, seconds
        self._stand_ins = psutil.Process(json.loads((home.products / "running.json").read_text())["pid"])

    @property
    def state_file(self) -> Path:
        """The file that the engine writes."""
        return self._home.folder / "state" / ".pulumi" / "stacks" / self._home.site.name / f"{STACK}.json"

    @property
    def _stand_in_seconds(self) -> float:
        times = [process.cpu_times() for process in (self._stand_ins, *self._stand_ins.children(recursive=True))]
        return float(sum(one.user + one.system for one in times))

    def change(self, number: int, edition: str) -> None:
        """Give one stack another compose text."""
        file = self._home.site / "config" / "stacks" / f"stack{number}" / "docker-compose.yml"
        file.write_text(compose_text(number, edition))

    def up(self, *arguments: str) -> Cost:
        """Run the engine, as users do."""
        return self._run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", *arguments)

    def phoenix(self, *arguments: str) -> Cost:
        """Run a command of ours."""
        return self._run("phoenix", *arguments)

    def export(self) -> str:
        """Return the state as the engine prints it."""
        return self._run("pulumi", "stack", "export", "--non-interactive").output

    @contextmanager
    def requests(self) -> Iterator[list[Mapping[str, Any]]]:
        """Collect the requests that reach the stand-ins meanwhile; the list is filled at the end."""
        own, traefik = Path(self._lab.request_log), access_log(self._home.products)
        before, before_traefik = _size(own), _size(traefik)
        collected: list[Mapping[str, Any]] = []
        yield collected
        collected.extend(since(own, before))
        collected.extend({"product": "traefik", **entry} for entry in since(traefik, before_traefik))

    def _run(self, program: str, *arguments: str) -> Cost:
        command: Sequence[str] = [str(_BIN / program), *arguments]
        environment = {**os.environ, **self._home.environment()}
        before = self._stand_in_seconds
        cost = measured(command, self._home.site, environment, self._seconds)
        return replace(cost, stand_ins=self._stand_in_seconds - before)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


@contextmanager
def site_in_lab(folder: Path, stacks: int, seconds: float) -> Iterator[SiteInLab]:
    """Write a site, start its lab, and stop it at the end."""
    home = LabHome(folder / "lab")
    write_site(folder / "config", stacks)
    prepare(home, folder / "config", free_network(anywhere=True))
    site = imitate(load_configuration(home.site / "config", Settings()))
    running = control.up(replace(site, firewall_delay=0.0, deploy_seconds=0.0), home.products)
    try:
        connect(home, running, _NO_WAITS)
        yield SiteInLab(home, running, seconds)
    finally:
        control.down(home.products)
