"""What the program declares of a stack that its manifest holds, and that the run is no failure for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.resources.verdict import VerdictProvider

ROOT = Path(__file__).parents[2]
FAILED = {"grafana@113": {"failure": "web: exited (1)", "live_routes": {}}}


@pytest.fixture
def hold(tmp_path: Path) -> Any:
    """Return a function that holds the example's grafana, and gives the settings for it."""

    def write(value: object) -> dict[str, str]:
        config = shutil.copytree(ROOT / "config", tmp_path / "config")
        manifest = config / "stacks" / "grafana" / "phoenix.yaml"
        manifest.write_text(f"{manifest.read_text()}\nx-phoenix: {json.dumps({'hold': value})}\n")
        return {"configDir": str(config)}

    return write


@pytest.mark.parametrize(("value", "withdrawn"), [(True, False), ("without-routes", True)])
def test_it_is_left_alone_and_the_run_ends_well(run_program: Any, hold: Any, value: object, withdrawn: bool) -> None:
    declared = run_program(hold(value), answers=FAILED)
    stack = declared.inputs["grafana@113"]
    assert stack["blocked"] == "held"
    assert stack.get("withdraw", False) is withdrawn
    assert declared.inputs["whoami@111"]["blocked"] == ""
    verdict = declared.inputs["verdict"]
    assert verdict["failures"]["grafana@113"] == ""
    VerdictProvider().create({**verdict, "blocked": {}})
    assert "grafana@113" not in verdict["blocked"]


def test_what_is_wrong_with_its_files_is_told_all_the_same(run_program: Any, hold: Any, tmp_path: Path) -> None:
    settings = hold("without-routes")
    compose = next((tmp_path / "config" / "stacks" / "grafana").glob("*compose.y*ml"))
    compose.write_text(compose.read_text().replace("image:", "imgae:", 1))
    declared = run_program(settings)
    stack = declared.inputs["grafana@113"]
    assert stack["blocked"] not in {"", "held"}
    assert "withdraw" not in stack
    assert "grafana@113" in declared.inputs["verdict"]["blocked"]


def _published(address: str) -> dict[str, Any]:
    """What the state has of grafana, under a name that its files do not say any more."""
    service = {"loadBalancer": {"servers": [{"url": f"http://{address}:8199"}]}}
    router = {"rule": "Host(`old.home.example`)", "service": "grafana"}
    names = [{"address": "127.50.0.12", "hostnames": ["old.home.example", "gone.home.example"]}]
    return {
        "traefik-stacks": {
            "__parts": {"grafana@113": {"http": {"routers": {"g": router}, "services": {"grafana": service}}}}
        },
        "hosts@pve": {"entry": names},
    }


def _names(declared: Any) -> set[str]:
    return {name for entry in declared.inputs["hosts@pve"]["entry"] for name in entry["hostnames"]}


@pytest.mark.parametrize("value", [True, False, "without-routes"])
def test_the_name_of_a_route_that_stays_stays_in_dns(run_program: Any, hold: Any, value: object) -> None:
    names = _names(run_program(hold(value), state=_published("127.50.0.113")))
    assert ("old.home.example" in names) is (value is True)
    assert "gone.home.example" not in names


def test_of_one_that_is_blocked_as_well(run_program: Any, hold: Any, tmp_path: Path) -> None:
    settings = hold(False)
    compose = next((tmp_path / "config" / "stacks" / "grafana").glob("*compose.y*ml"))
    compose.write_text(compose.read_text().replace("image:", "imgae:", 1))
    assert "old.home.example" in _names(run_program(settings, state=_published("127.50.0.113")))


def test_the_firewall_has_to_let_through_what_is_published_of_it(run_program: Any, hold: Any) -> None:
    def back_ends(state: dict[str, Any]) -> set[str]:
        needed = run_program(settings, state=state).inputs["firewall-check"]["connections"]
        return {one["name"] for one in needed if one["name"].startswith("backend@113")}

    settings = hold(True)
    without = back_ends({"traefik-stacks": {"__parts": {"whoami@111": {}}}})
    assert back_ends(_published("127.50.0.113")) - without == {"backend@113:8199"}
    # Nothing is known where no state tells it.
    assert back_ends({}) - without == {"backend@113:8302"}


@pytest.mark.parametrize(("middleware", "stays"), [("nothere@file", True), ("mine@file", False)])
def test_so_does_that_of_a_route_whose_successor_traefik_would_not_take(
    run_program: Any, hold: Any, tmp_path: Path, middleware: str, stays: bool
) -> None:
    settings = hold(False)
    manifest = tmp_path / "config" / "stacks" / "grafana" / "phoenix.yaml"
    manifest.write_text(manifest.read_text().replace("middlewares=", f"middlewares={middleware},", 1))
    (tmp_path / "traefik").mkdir()
    (tmp_path / "traefik" / "mine.yml").write_text("http: {middlewares: {mine: {compress: {}}}}\n")
    settings["traefikTarget"] = str(tmp_path / "traefik")
    names = _names(run_program(settings, state=_published("127.50.0.113")))
    assert ("old.home.example" in names) is stays
    assert "grafana.home.example" in names
