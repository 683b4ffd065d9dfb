"""A lab of its own for each file of tests, and the real engine on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.rehearsal.imitation import imitate
from phoenix_providers.cli.rehearsal.workspace import connect, prepare
from phoenix_providers.lab import control
from phoenix_providers.lab.control import RunningLab
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.network import free_network
from phoenix_providers.lab.request_log import since
from phoenix_providers.lab.site import LabSite
from phoenix_providers.lab.tamper import PortainerByHand
from phoenix_providers.lab.tamper_proxmox import ProxmoxByHand
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan, StackPlan

EXAMPLE = Path(__file__).parents[2] / "config"
BIN = Path(sys.executable).parent
RUN_SECONDS = 240
# A third of an unchanged run is the state, written after each step. Only a run that is killed needs that: tests that
# kill start their runs themselves.
ONE_WRITE = {"PULUMI_SKIP_CHECKPOINTS": "true"}


@dataclass
class Done:
    """How a command ended."""

    code: int
    output: str


@dataclass
class Rehearsal:
    """A running lab, its site folder, and the commands that users type."""

    home: LabHome
    lab: RunningLab
    bin: Path = BIN

    def pulumi(self, *arguments: str, **environment: str) -> Done:
        return self._run("pulumi", *arguments, "--non-interactive", **environment)

    def phoenix(self, *arguments: str, without: str = "", **environment: str) -> Done:
        return self._run("phoenix", *arguments, without=without, **environment)

    def up(self, *arguments: str) -> Done:
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def must_up(self, *arguments: str) -> str:
        done = self.up(*arguments)
        assert done.code == 0, done.output
        return done.output

    def must_be_in_sync(self) -> None:
        done = self.up("--expect-no-changes")
        assert done.code == 0, done.output

    @property
    def config(self) -> Path:
        return self.home.site / "config"

    @property
    def plan(self) -> SitePlan:
        return plan_site(load_configuration(self.config, Settings(secrets=frozenset({"MINIFLUX_DB_PASSWORD"}))))

    def stack(self, name: str) -> StackPlan:
        return next(stack for stack in self.plan.stacks if stack.name == name)

    @property
    def by_hand(self) -> PortainerByHand:
        return PortainerByHand(self.lab)

    @property
    def by_hand_on_proxmox(self) -> ProxmoxByHand:
        return ProxmoxByHand(self.lab, LabSite.load(self.home.products / "site.json"))

    def state(self) -> Mapping[str, Mapping[str, Any]]:
        """Resources of the state by name."""
        deployment = json.loads(self.pulumi("stack", "export").output)["deployment"]
        return {item["urn"].rpartition("::")[2]: item for item in deployment.get("resources", ())}

    def must_be_taken_down(self) -> None:
        done = self.pulumi("destroy", "--yes", "--skip-preview")
        assert done.code == 0, done.output
        assert self.by_hand.stack_names() == []
        agents = {environment.name for environment in self.plan.environments if environment.role == "agent"}
        assert not agents & set(self.by_hand.environment_names())
        assert list(Path(self.lab.traefik_target).iterdir()) == []
        assert self.by_hand_on_proxmox.rules() == []

    def outputs(self) -> Mapping[str, Any]:
        """What `pulumi stack output` tells."""
        done = self.pulumi("stack", "output", "--json")
        assert done.code == 0, done.output
        return json.loads(done.output)

    def requests_of(self, action: Callable[[], object]) -> list[dict[str, str]]:
        """The requests that reached the lab's stand-ins during an action."""
        log = Path(self.lab.request_log)
        before = log.stat().st_size
        action()
        return since(log, before)

    def _run(self, program: str, *arguments: str, without: str = "", **environment: str) -> Done:
        variables = {**os.environ, **ONE_WRITE, **self.home.environment(), **environment}
        variables.pop(without, None)
        done = subprocess.run(
            [str(BIN / program), *arguments],
            cwd=self.home.site,
            env=variables,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=RUN_SECONDS,
        )
        return Done(done.returncode, done.stdout)


StartLab = Callable[..., Rehearsal]


@pytest.fixture(scope="module")
def start_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartLab]:
    """Return a function that starts a lab on addresses of its own; all are stopped at the end of the file.

    `edit` changes the example site's files before the lab imitates them.
    """
    started: list[LabHome] = []

    def start(
        style: str = "async",
        settings: Mapping[str, str] | None = None,
        edit: Callable[[Path], None] = lambda config: None,
    ) -> Rehearsal:
        home = LabHome(tmp_path_factory.mktemp("lab"))
        prepare(home, EXAMPLE, free_network(anywhere=True))
        edit(home.site / "config")
        site = imitate(load_configuration(home.site / "config", Settings()), style=style)
        started.append(home)
        running = control.up(site, home.products)
        connect(home, running, dict(settings or {}))
        return Rehearsal(home, running)

    yield start
    for home in started:
        control.down(home.products)


@pytest.fixture(scope="module")
def rehearsal(start_lab: StartLab) -> Rehearsal:
    """A lab on which the whole site is up."""
    rehearsal = start_lab()
    rehearsal.must_up()
    return rehearsal
