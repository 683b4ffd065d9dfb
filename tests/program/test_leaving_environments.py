"""What the program declares of a VM that the files have no more, while something of it cannot go yet."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.resources.verdict import VerdictProvider

ROOT = Path(__file__).parents[2]
AGENT = "tools-agent.home.example"
ENDPOINT = {
    "__type": "pulumi-python:dynamic/phoenix:PortainerEndpoint",
    "environment": "tools",
    "environment_id": 3,
    "url": f"tcp://{AGENT}:9001",
    "by_address": "tcp://127.50.0.113:9001",
}
STACK = {"compose": "services: {}\n", "stack_id": 7, "environment": "tools", "environment_id": 3}
PUBLISHED = {"http": {"routers": {"g": {"rule": "Host(`old.home.example`)", "service": "g"}}}}
STATE = {
    "environment@113": ENDPOINT,
    "grafana@113": STACK | {"project": "grafana-production", "live_routes": PUBLISHED},
    "backup@113": STACK | {"project": "backup-production"},
    "hosts@pve": {"entry": [{"address": "127.50.0.113", "hostnames": [AGENT, "gone.home.example"]}]},
    "traefik-stacks": {"__parts": {"grafana@113": PUBLISHED}},
}


@pytest.fixture
def files(tmp_path: Path) -> Any:
    """Return a function that edits the list of VMs without the one that leaves, and gives the settings for it."""

    def write(edit: Any) -> dict[str, str]:
        config = shutil.copytree(ROOT / "config", tmp_path / "config")
        yaml = YAML(typ="safe")
        found = yaml.load((config / "vms.yaml").read_text())["vms"]
        vms = {vm["vmid"]: vm for vm in found if vm["vmid"] != 113}
        edit(config, vms)
        (config / "vms.yaml").unlink()
        (config / "vms.json").write_text(json.dumps({"vms": [*vms.values()]}))
        return {"configDir": str(config)}

    return write


def names(declared: Any) -> set[str]:
    return {name for entry in declared.inputs["hosts@pve"]["entry"] for name in entry["hostnames"]}


def give_its_address_away(_config: Path, vms: dict[int, Any]) -> None:
    vms[112]["network_config"] = {"ip": "127.50.0.113/24"}


def test_at_whose_address_another_one_is_it_stays_and_the_run_fails_for_it(run_program: Any, files: Any) -> None:
    declared = run_program(files(give_its_address_away), state=STATE)
    environment = declared.inputs["environment@113"]
    assert "its address is that of 112 now" in environment["blocked"]
    assert (environment["environment"], environment["url"]) == ("tools", f"tcp://{AGENT}:9001")
    for name in ("grafana@113", "backup@113"):
        assert declared.inputs[name]["blocked"] == environment["blocked"]
        assert "environment@113" in declared.direct[name]
    assert AGENT in names(declared)
    assert "gone.home.example" not in names(declared)
    assert "grafana@113" not in declared.inputs["traefik-stacks"]["__parts"]
    inventory = declared.inputs["inventory"]
    assert {"grafana@113", "backup@113"} <= {one["name"] for one in inventory["stacks"]}
    assert "environment@113" in {one["name"] for one in inventory["environments"]}
    verdict = declared.inputs["verdict"]
    assert not {"grafana@113", "environment@113"} & set(verdict["blocked"])
    assert not {"grafana@113", "environment@113"} & set(verdict["leaving"])
    with pytest.raises(Exception, match="backup@113, environment@113, grafana@113: not reachable: VM 113 leaves"):
        VerdictProvider().create({**verdict, "leaving": [], "blocked": {}})


def hold_what_takes_its_place(config: Path, vms: dict[int, Any]) -> None:
    vms[112]["docker_stacks"] = [*vms[112]["docker_stacks"], "grafana"]
    manifest = config / "stacks" / "grafana" / "phoenix.yaml"
    manifest.write_text(f"{manifest.read_text()}\nx-phoenix: {{hold: true}}\n")


def test_with_a_stack_that_waits_for_another_one_its_environment_stays(run_program: Any, files: Any) -> None:
    state = {name: one for name, one in STATE.items() if name != "backup@113"}
    declared = run_program(files(hold_what_takes_its_place), state=state)
    assert "grafana@112" in declared.inputs["grafana@113"]["blocked"]
    assert declared.inputs["environment@113"]["blocked"] == "it stays for as long as grafana@113 stays"
    assert "environment@113" in declared.direct["grafana@113"]
    assert AGENT in names(declared)
    verdict = declared.inputs["verdict"]
    assert not {"environment@113", "grafana@113", "grafana@112"} & set(verdict["blocked"])
    # Of the example, the tests have one secret alone.
    VerdictProvider().create({**verdict, "leaving": [], "blocked": {}})


def test_without_its_vm_it_leaves(run_program: Any, files: Any) -> None:
    """Portainer does not answer here, so nobody is silent for it; the run itself keeps the way to the agent."""
    declared = run_program(files(lambda *_: None), state=STATE)
    assert not {"environment@113", "grafana@113", "backup@113"} & set(declared.inputs)
    assert AGENT not in names(declared)
    (agent,) = declared.inputs["inventory"]["agents"]
    assert (agent["number"], agent["address"]) == (3, "tcp://127.50.0.113:9001")
    assert "agents" not in run_program(state=STATE).inputs["inventory"]


@pytest.mark.parametrize("scope", ["whoami@111 environment@111 traefik-stacks verdict"])
def test_a_run_for_one_stack_is_not_concerned(run_program: Any, files: Any, scope: str) -> None:
    declared = run_program(files(give_its_address_away), scope, state=STATE)
    assert "environment@113" not in declared.inputs
    assert "its address" not in json.dumps(declared.inputs["verdict"]["failures"])
