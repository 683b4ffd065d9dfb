"""What the real program exports, by what its resources say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.program import outputs

ROOT = Path(__file__).parents[2]
SITE = "phoenix-test"
HOST = "grafana.home.example"
BEFORE = {"http": {"routers": {"grafana": {"rule": "Host(`old.home.example`)", "service": "grafana"}}}}


def test_they_say_what_the_site_is_and_no_secret(run_program: Callable[..., Any]) -> None:
    told = run_program().told[SITE]
    assert told.keys() == {"routes", "records", "environments", "stacks", "verdict", "version"}
    assert told["routes"][HOST] == {"url": f"http://{HOST}/", "stack": "grafana@113", "guest": "tools"}
    assert told["records"]["nas.home.example"] == "127.50.0.20"
    # What the system itself has in its hosts file is nobody's record.
    assert not [name for name in told["records"] if not name.endswith(".home.example")]
    assert told["environments"]["tools"] == {"id": 1, "url": "tcp://tools-agent.home.example:9001", "vm": "tools"}
    assert told["stacks"]["grafana@113"] == {
        "environment": "tools",
        "project": "grafana-production",
        "health": "Healthy",
        "images": [],
    }
    assert told["verdict"]["wrong"].keys() == {"paperless@112", "backup@113"}
    assert "canary" not in json.dumps(told)


def test_records_are_told_by_whichever_back_end(run_program: Callable[..., Any], tmp_path: Path) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    site, text = config / "site.yaml", (config / "site.yaml").read_text()
    records = run_program({"configDir": str(config)}).told[SITE]["records"]
    site.write_text(text.replace("dns_server:\n", "dns_server:\n  backend: dnsmasq\n  target: dns.d\n", 1))
    written = "127.50.0.20 nas.home.example\n127.50.0.99 other.example\n"
    told = run_program({"configDir": str(config)}, answers={"dnsmasq": {"written": written}}).told[SITE]
    assert told["records"] == {"nas.home.example": "127.50.0.20"}
    assert records["nas.home.example"] == "127.50.0.20"
    site.write_text(text.replace("dns_server:\n", "dns_server:\n  backend: none\n", 1))
    assert run_program({"configDir": str(config)}).told[SITE]["records"] == {}


def test_what_was_never_made_is_left_out(run_program: Callable[..., Any]) -> None:
    """The engine skips it in a run for something else."""
    # Mocks give what was declared where there is nothing.
    nothing: dict[str, Any] = {"project": "", "environment": "", "live_routes": {}}
    told = run_program(answers={"grafana@113": nothing, "environment@113": nothing}).told[SITE]
    assert "grafana@113" not in told["stacks"]
    assert "tools" not in told["environments"]
    assert HOST not in told["routes"]
    assert "whoami@111" in told["stacks"]


def test_routes_that_are_refused_stay_what_they_were(run_program: Callable[..., Any]) -> None:
    refused = {"grafana@113": {"by_traefik": True, "reasons": []}}
    state = {"traefik-stacks": {"__parts": {"grafana@113": BEFORE}}}
    told = run_program(answers={"traefik-stacks": {"refused": refused}}, state=state).told[SITE]
    assert told["routes"]["old.home.example"]["stack"] == "grafana@113"
    assert HOST not in told["routes"]
    # Without any from before there is none.
    assert HOST not in run_program(answers={"traefik-stacks": {"refused": refused}}).told[SITE]["routes"]


def test_a_stack_that_failed_is_told_with_its_reason(run_program: Callable[..., Any]) -> None:
    failed = {"failure": "grafana: is restarting\n  next:     look at its log", "live_routes": {}}
    told = run_program(answers={"grafana@113": failed}).told[SITE]
    assert told["stacks"]["grafana@113"]["health"] == "Degraded"
    assert told["verdict"]["wrong"]["grafana@113"] == "grafana: is restarting"


def test_a_version_that_is_being_installed_keeps_nothing_from_running(
    run_program: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_name: str) -> str:
        raise PackageNotFoundError

    assert run_program().told[SITE]["version"] == version("phoenix-sync")
    monkeypatch.setattr(outputs, "version", missing)
    assert run_program().told[SITE]["version"] == ""


def test_a_run_for_one_stack_keeps_what_has_left_the_files(run_program: Callable[..., Any]) -> None:
    """It runs on, and is published, until the next full run."""
    scope = "grafana@113 traefik-stacks verdict"
    stack = {"compose": "services: {}", "environment": "apps", "project": "old", "stack_id": 3}
    state = {"old@111": stack, "traefik-stacks": {"__parts": {"old@111": BEFORE}}}
    told = run_program(scope=scope, state=state).told[SITE]
    assert told["stacks"]["old@111"]["health"] == "Unknown"
    assert told["routes"]["old.home.example"]["stack"] == "old@111"
    told = run_program(state=state).told[SITE]
    assert "old@111" not in told["stacks"]
    assert "old.home.example" not in told["routes"]
