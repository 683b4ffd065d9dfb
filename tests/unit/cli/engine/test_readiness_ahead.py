"""What is asked before the engine starts, with an engine that answers from files."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.main import main
from phoenix_providers.errors import PhoenixError, UnreachableError
from phoenix_providers.operations import clients_of_run, readiness
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.product_addresses import ProductAddresses

# Nobody listens there.
SILENT = "http://127.0.0.1:9"
PORTAINER = {"url": SILENT, "user": "admin", "ca_file": "", "insecure": False, "password_in": ""}
EXAMPLE = Path(__file__).parents[4] / "config"
ENGINE = """#!/bin/sh
[ -t 0 ] && exit 99
echo "$PWD: $*" >> @FOLDER@/calls
cat "@FOLDER@/$1.err" >&2 2>/dev/null && exit 1
cat "@FOLDER@/$1.json"
"""


class Clock:
    """Time that passes while somebody waits, and not otherwise."""

    time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class World:
    """A project, and the engine's answers about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / "Pulumi.yaml").write_text("name: site\nruntime: python\n")
        (self.project / "routes").mkdir()
        self.program = folder / "engine"
        self.program.write_text(ENGINE.replace("@FOLDER@", str(folder)))
        self.program.chmod(0o755)
        self.target = str(self.project / "routes")
        self.gone = str(folder / "gone")
        self.state({"traefik_target": self.target})
        self.settings({})

    def state(self, gate: Mapping[str, Any], *more: Mapping[str, Any]) -> None:
        """Let the state have a gate that has asked this, behind other resources."""
        urn = "urn:pulumi:prod::site::phoenix:site:Readiness$pulumi-python:dynamic/phoenix:ReadinessGate::readiness"
        self.answer(
            "stack", {"deployment": {"resources": [*more, {"urn": urn, "outputs": {"__provider": "x"} | gate}]}}
        )

    def settings(self, values: Mapping[str, str]) -> None:
        """Set these, beside those of a site whose products are where the last run has asked them."""
        values = {"readinessTimeout": "7", "traefikApiUrl": SILENT, "traefikTarget": self.gone} | values
        keys = {key: key if ":" in key else f"phoenix:{key}" for key in values}
        self.answer("config", {keys[key]: {"value": value, "secret": False} for key, value in values.items()})

    def answer(self, verb: str, data: Any) -> None:
        (self.folder / f"{verb}.json").write_text(data if isinstance(data, str) else json.dumps(data))

    def fail(self, verb: str, message: str) -> None:
        (self.folder / f"{verb}.err").write_text(message)

    @property
    def calls(self) -> list[str]:
        return sorted((self.folder / "calls").read_text().splitlines())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path)
    monkeypatch.setattr(Engine, "_program", staticmethod(lambda: [str(world.program)]))
    monkeypatch.setattr(clients_of_run, "SystemClock", Clock)
    monkeypatch.chdir(world.project)
    return world


def ready(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Call it as the wrapper does; return the exit code."""
    monkeypatch.setattr("sys.argv", ["phoenix", "ready", *arguments])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_all_is_ready(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ready(monkeypatch, "up", "--yes") == 0
    assert capsys.readouterr() == ("PHOENIX_READY=0.0\n", "")
    assert world.calls == [
        f"{world.project}: config --json --show-secrets --non-interactive",
        f"{world.project}: stack export --show-secrets --non-interactive",
    ]


def test_what_is_not_ready_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.state({"traefik_target": world.gone, "traefik_api": SILENT})
    assert ready(monkeypatch, "up") == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("not ready: 2 products are not ready\n") == 1
    assert told.err.count("Traefik cannot be reached\n") == 1
    assert world.gone in told.err
    assert "Traceback" not in told.err


def test_what_may_come_yet_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.state({"traefik_api": SILENT})
    assert ready(monkeypatch, "up") == 3
    assert capsys.readouterr().err.startswith("waiting up to 7 s: Traefik cannot be reached")


def test_a_secret_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.state({"traefik_target": "/canary-of-portainer"})
    world.settings({"portainerPassword": "canary-of-portainer", "traefikTarget": "/canary-of-portainer"})
    assert ready(monkeypatch, "up") == 3
    assert "canary-of-portainer" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "state",
    [
        {"version": 3, "deployment": {}},
        {"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:prod::site::pulumi:pulumi:Stack::site-prod"}]}},
        {"version": 3, "deployment": {"resources": [{"urn": "::readiness", "outputs": {"portainer": {"user": "a"}}}]}},
        {"version": 3, "deployment": {"resources": [{"urn": "::readiness", "outputs": {"portainer": "an old form"}}]}},
        {"version": 3, "deployment": {"resources": [{"urn": "::readiness"}]}},
        {"version": 3},
        "{",
    ],
)
def test_a_state_that_has_no_such_gate_is_left_to_the_engine(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: Any
) -> None:
    world.answer("stack", state)
    assert ready(monkeypatch, "up") == 0
    assert capsys.readouterr() == ("", "")


def test_what_was_taken_over_is_read_before_any_gate_has_been_passed(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = {"urn": "urn:pulumi:prod::site::proxmoxve:firewall/rulesLegacy:RulesLegacy::rules@cluster"}
    world.answer(
        "stack", {"deployment": {"resources": [rules | {"type": "proxmoxve:firewall/rulesLegacy:RulesLegacy"}]}}
    )
    world.settings({"proxmoxve:endpoint": "https://127.0.0.1:9", "proxmoxve:apiToken": "phoenix@pve!sync=1"})
    assert ready(monkeypatch, "up") == 3
    assert "Proxmox cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verb", "message"),
    [
        ("stack", "error: no stack selected; please use `pulumi stack select`"),
        ("config", "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE"),
        ("config", "error: incorrect passphrase"),
    ],
)
def test_what_the_engine_lacks_it_says_itself(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str, message: str
) -> None:
    world.state({"traefik_target": world.gone})
    world.fail(verb, message)
    assert ready(monkeypatch, "up") == 0
    assert capsys.readouterr() == ("", "")


def test_settings_that_cannot_be_used_are_told_by_the_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.state({"traefik_target": world.gone})
    world.settings({"readinessTimeout": "soon"})
    assert ready(monkeypatch, "up") == 0


def test_outside_of_a_project_nobody_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.folder)
    assert ready(monkeypatch, "up") == 0
    assert not (world.folder / "calls").exists()


def test_the_command_line_says_where_and_with_which_settings(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are those of the project, wherever the command runs."""
    monkeypatch.chdir(world.folder)
    words = "-C project up -yfs prod --config-file other.yaml -c phoenix:readinessTimeout=9 --config plain=1"
    assert ready(monkeypatch, *words.split()) == 0
    assert world.calls == [
        f"{world.project}: config --json --show-secrets --config-file other.yaml --non-interactive --stack prod",
        f"{world.project}: stack export --show-secrets --non-interactive --stack prod",
    ]


@pytest.mark.parametrize(("limit", "said"), [("7", ""), ("8", "PULUMI_RUN_PROGRAM=true\n")])
def test_changed_settings_are_said(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: str, said: str
) -> None:
    inputs = {"phoenix:traefikApiUrl": SILENT, "phoenix:traefikTarget": world.gone, "phoenix:readinessTimeout": limit}
    urn, kind = "urn:pulumi:prod::site::pulumi:providers:pulumi-python::default", "pulumi:providers:pulumi-python"
    provider = {"urn": urn, "type": kind, "inputs": inputs}
    world.state({"traefik_target": world.target}, provider)
    assert ready(monkeypatch, "up") == 0
    assert capsys.readouterr() == (said + "PHOENIX_READY=0.0\n", "")
    world.answer("stack", {"deployment": {"resources": [provider]}})
    assert ready(monkeypatch, "up") == 0
    assert capsys.readouterr() == (said, "")


def test_settings_of_the_command_line_win(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.state({"traefik_api": SILENT})
    assert ready(monkeypatch, "up", "--config", "phoenix:readinessTimeout=9") == 3
    assert capsys.readouterr().err.startswith("waiting up to 9 s")


def test_answers_that_take_longer_than_the_wait_are_waited_for_once(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A product that hangs costs its limits, and not once more to be certain."""
    looks = []

    def hangs(connections: ClientsOfRun, _: ProductAddresses) -> dict[str, PhoenixError]:
        looks.append(connections.clock.sleep(90))
        return {"traefik_api": UnreachableError("Traefik does not answer")}

    monkeypatch.setattr(readiness, "failures_by_check", hangs)
    world.state({"traefik_api": SILENT})
    assert ready(monkeypatch, "up") == 3
    assert len(looks) == 1
    assert "Traefik does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("gate", "settings"),
    [
        ({"traefik_target": "/gone"}, {"traefikTarget": "routes"}),
        ({"traefik_target": "/gone"}, {"traefikTarget": "ssh://root@192.0.2.1/routes"}),
        ({"traefik_api": SILENT}, {"traefikApiUrl": "http://127.0.0.1:10"}),
        ({"proxmox": "https://127.0.0.1:9"}, {"proxmoxve:endpoint": "https://127.0.0.1:10"}),
        ({"portainer": PORTAINER}, {"portainerUrl": "https://127.0.0.1:10"}),
    ],
)
def test_what_has_another_address_by_now_is_asked_by_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch, gate: Mapping[str, Any], settings: Mapping[str, str]
) -> None:
    shutil.copytree(EXAMPLE, world.project / "config")
    world.state(gate)
    world.settings(settings)
    assert ready(monkeypatch, "up") == 0


def test_files_that_cannot_be_read_move_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.state({"portainer": PORTAINER})
    world.settings({"portainerUrl": "https://127.0.0.1:10"})
    assert ready(monkeypatch, "up") == 3
    assert "Portainer cannot be reached" in capsys.readouterr().err


IN_ITS_OWN_PROCESS = """
import sys
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.main import main
program = sys.argv.pop(1)
Engine._program = staticmethod(lambda: [program])
main()
"""


def test_ctrl_c_ends_it_at_once_though_nobody_answers(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        world.state({"traefik_api": f"http://127.0.0.1:{silent.getsockname()[1]}"})
        command = [sys.executable, "-c", IN_ITS_OWN_PROCESS, str(world.program), "ready", "up"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            silent.settimeout(60)
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            # Less than the time limit of a request.
            _, told = process.communicate(timeout=25)
            connection.close()
    assert (process.returncode, told) == (8, "\ninterrupted: stopped; run the same command again to go on\n")
