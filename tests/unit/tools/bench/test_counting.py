from __future__ import annotations

import struct
from pathlib import Path

import pytest
import yaml

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from tools.bench.figures import Figure
from tools.bench.floor_graph import Node, floor_graph
from tools.bench.goals import GROWTH, PORTAINER, PROXMOX, UNCHANGED, WRITES, goal
from tools.bench.made_up_site import COMPOSE_BYTES, compose_text, write_site
from tools.bench.process_tree import ENGINE, OTHER, PLUGIN, PROGRAM, PROVIDER, kind_of
from tools.bench.session import Session, counted_requests, growth
from tools.bench.state_writes import StateWrites, names_written

URN = "urn:pulumi:lab::site::"


def replaced(file: Path, text: str) -> None:
    aside = file.with_name("aside")
    aside.write_text(text)
    aside.replace(file)


def test_every_write_of_the_state_is_counted_and_none_of_another_file(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "lab.json"
    with StateWrites(state) as writes:
        for number in range(300):
            replaced(state, str(number))
            replaced(tmp_path / "deep" / "lab.json.bak", str(number))
    replaced(state, "too late")
    assert writes.count == 300


def test_more_writes_than_the_kernel_remembers_are_not_taken_for_fewer() -> None:
    with pytest.raises(RuntimeError, match="more writes"):
        list(names_written(struct.pack("iIII", -1, 0x4000, 0, 0)))


def test_requests_of_the_plugin_are_counted_apart() -> None:
    requests = [
        {"product": "proxmox", "agent": "phoenix-lab-proxmoxve"},
        {"product": "proxmox", "agent": "python-requests/2.34.2"},
        {"product": "proxmox", "agent": "phoenix-lab-proxmoxve"},
        {"product": "portainer", "agent": ""},
        {"product": "traefik"},
    ]
    assert counted_requests(requests) == {"plugin": 2, "proxmox": 1, "portainer": 1, "traefik": 1}


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("/bin/sh /home/x/.venv/bin/pulumi up", OTHER),
        ("/opt/pulumi/bin/pulumi up --yes", ENGINE),
        ("/opt/pulumi/bin/pulumi-language-python 127.0.0.1:1", ENGINE),
        ("/x/.venv/bin/python3 -u /opt/bin/pulumi-language-python-exec --pwd /site .", PROGRAM),
        ("/x/.venv/bin/python3 -u -m pulumi.dynamic 127.0.0.1:1", PROVIDER),
        ("/x/python -m phoenix_providers.lab.proxmoxve 127.0.0.1:1", PLUGIN),
    ],
)
def test_processes_are_told_apart(command: str, kind: str) -> None:
    assert kind_of(command.split()) == kind


def test_the_floor_has_the_tree_and_the_edges_of_the_site() -> None:
    resources = [
        {"urn": f"{URN}pulumi:pulumi:Stack::site-lab", "type": "pulumi:pulumi:Stack"},
        {"urn": f"{URN}pulumi:providers:p::default", "type": "pulumi:providers:p", "custom": True},
        {"urn": f"{URN}Part::6-portainer", "type": "Part", "parent": f"{URN}pulumi:pulumi:Stack::site-lab"},
        {"urn": f"{URN}Gate::gate", "type": "Gate", "custom": True, "dependencies": [f"{URN}Part::6-portainer"]},
        {
            "urn": f"{URN}Part$Stack::web@500",
            "type": "Stack",
            "custom": True,
            "parent": f"{URN}Part::6-portainer",
            "dependencies": [f"{URN}Gate::gate", f"{URN}elsewhere::gone"],
        },
    ]
    nodes = floor_graph(resources)
    assert nodes == [
        Node("6-portainer", is_component=True),
        Node("gate", is_component=False),
        Node("web@500", is_component=False, parent="6-portainer", dependencies=("gate",)),
    ]
    assert [Node.from_json(node.as_json()) for node in nodes] == nodes


def test_what_a_stack_adds_to_the_state_is_the_difference_of_two_sizes(tmp_path: Path) -> None:
    sessions = [Session(None, tmp_path, stacks, 1, 1) for stacks in (10, 30)]
    sessions[0].state_bytes, sessions[1].state_bytes = (50_000, 20_000), (130_000, 40_000)
    assert growth(*sessions, (10, 30)) == Figure(GROWTH, 30, 4.0, "kB", floor=1.0, goal=5.0)


def test_goals_grow_with_what_there_is_to_ask() -> None:
    assert goal(PORTAINER, 100, environments=10) == 24
    assert goal(PROXMOX, 100, guests=12) == 34
    assert goal(WRITES, 100, plugins=14) == 16
    assert (goal(UNCHANGED, 10), goal(UNCHANGED, 1000), goal(UNCHANGED, 20)) == (2.0, 1.3, None)


@pytest.mark.parametrize("number", [0, 9, 999])
def test_a_compose_text_has_one_kilobyte_and_another_edition_is_another_text(number: int) -> None:
    first, second = (compose_text(number, edition) for edition in ("as declared first", "edition 2"))
    assert len(first.encode()) == len(second.encode()) == COMPOSE_BYTES
    assert first != second
    assert yaml.safe_load(first)["services"]["web"]["ports"] == [f"{8100 + number % 10}:80"]


def test_the_made_up_site_is_one_that_is_planned_without_a_problem(tmp_path: Path) -> None:
    write_site(tmp_path / "config", 25)
    plan = plan_site(load_configuration(tmp_path / "config", Settings()))
    assert list(plan.every_problem) == []
    assert len(plan.stacks) == 25
    assert sorted(environment.name for environment in plan.environments if environment.role == "agent") == [
        "vm0",
        "vm1",
        "vm2",
    ]
