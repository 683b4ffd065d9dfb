"""While it is unknown what a stack declares, nothing that may be its own is taken away, and the rest goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
SWITCHES = ["enable", "policy_in", "policy_out"]
# grafana runs on the VM 113 alone.
PUBLISHED = [
    {"address": "127.50.0.13", "hostnames": ["pve.home.example", "pve"]},
    {"address": "127.50.0.12", "hostnames": ["grafana.home.example", "homepage.home.example"]},
    {"address": "127.50.0.99", "hostnames": ["apps.home.example"]},
    {"address": "10.9.9.9", "hostnames": ["nas.elsewhere.lan"]},
]


PLACES = ("hosts@", "rules@", "firewall@")


def kept_of(program: Any, name: str) -> list[str]:
    return list(program.inputs[name].get("kept") or program.kept[name])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The example without the folder of grafana."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.rmtree(tmp_path / "config" / "stacks" / "grafana")
    return tmp_path / "config"


@pytest.fixture
def declared(run_program: Callable[..., Any], config: Path) -> Any:
    return run_program({"configDir": str(config)}, state={"hosts@pve": {"entry": PUBLISHED}})


def test_with_all_known_nothing_is_kept(run_program: Callable[..., Any]) -> None:
    program = run_program()
    assert [name for name in program.types if name.startswith(PLACES) and kept_of(program, name)] == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("rules@113", ["rules"]),
        ("firewall@113", SWITCHES),
        # It makes the policy of the VM count.
        ("firewall@cluster", ["enable"]),
        ("rules@cluster", []),
        ("rules@111", []),
        ("firewall@111", []),
        ("hosts@pve", []),
    ],
)
def test_only_the_firewall_of_its_own_vm_stays(declared: Any, name: str, kept: list[str]) -> None:
    assert kept_of(declared, name) == kept


def test_in_one_list_of_the_datacenter_everything_stays(run_program: Callable[..., Any], config: Path) -> None:
    declared = run_program({"configDir": str(config), "firewallPlacement": "cluster"})
    assert declared.kept["rules@cluster"] == ["rules"]
    assert kept_of(declared, "firewall@cluster") == SWITCHES


def names(declared: Any) -> Mapping[str, str]:
    entries = declared.inputs["hosts@pve"]["entry"]
    return {name: entry["address"] for entry in entries for name in entry["hostnames"]}


def test_published_names_stay_and_new_ones_are_added(declared: Any) -> None:
    published = names(declared)
    assert published["grafana.home.example"] == "127.50.0.12"
    # Nobody knows whether the stack wants that name, too.
    assert published["apps.home.example"] == "127.50.0.99"
    assert published["paperless.home.example"] == "127.50.0.12"
    assert "nas.elsewhere.lan" not in published
    assert published["pve.home.example"] == "127.50.0.10"


def test_once_all_is_known_the_files_count_again(run_program: Callable[..., Any]) -> None:
    published = names(run_program(state={"hosts@pve": {"entry": PUBLISHED}}))
    assert published["apps.home.example"] == "127.50.0.111"


def test_a_vm_with_rules_of_the_unknown_stack_alone_keeps_them(run_program: Callable[..., Any], config: Path) -> None:
    files = YAML(typ="safe", pure=True)
    vms = files.load(config / "vms.yaml")
    next(vm for vm in vms["vms"] if vm["vmid"] == 113).pop("firewall")
    (config / "vms.yaml").write_text(json.dumps(vms))
    recorded = {"hosts@pve": {"entry": PUBLISHED}, "rules@113": {}, "firewall@113": {}}
    declared = run_program({"configDir": str(config)}, state=recorded)
    assert declared.kept["rules@113"] == ["rules"]
    assert kept_of(declared, "firewall@113") == SWITCHES
    assert "rules@113" not in run_program({"configDir": str(config)}).inputs


def test_without_the_published_names_nothing_is_planned(
    run_program: Callable[..., Any], config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SystemExit):
        run_program({"configDir": str(config)}, state={"hosts@pve": {}})
    assert "the state does not tell which names are published" in caplog.text
