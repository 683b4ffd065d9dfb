"""States that earlier versions wrote go on as they are: what they know is neither made anew, nor replaced, nor lost.

Resources are judged by what the engine does with each, not by their number: a version may group them, and then its
first run makes the groups (components), and nothing else. Each state has one lab, and its tests follow each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.rehearsal.imitation import imitate
from phoenix_providers.cli.rehearsal.workspace import connect
from phoenix_providers.lab import control
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.network import free_network
from phoenix_providers.lab.request_log import named_in
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from tests.system.conftest import Rehearsal
from tests.system.stored_lab import ENGINE, SITE_ID, STATES, unpack
from tests.system.test_interruption import running, wait_for
from tests.system.test_scope import edit

pytestmark = pytest.mark.engine

# The engine's own: its providers follow the settings of the lab and the version of the plugin.
ENGINES_OWN = "pulumi:"
GROUPS = "phoenix:"
UNCHANGED = {"same", "refresh"}
# Without it the engine has no event log.
EVENTS = {"PULUMI_DEBUG_COMMANDS": "true"}


@dataclass(frozen=True)
class Step:
    """What the engine does with one resource."""

    operation: str
    type: str
    name: str
    custom: bool

    @classmethod
    def read(cls, metadata: Mapping[str, Any]) -> Step:
        state = metadata.get("new") or metadata.get("old") or {}
        return cls(metadata["op"], metadata["type"], metadata["urn"].rpartition("::")[2], bool(state.get("custom")))


def steps_of(rehearsal: Rehearsal, *words: str) -> list[Step]:
    """Run the engine; return its steps with all resources but its own and groups that are made."""
    log = rehearsal.home.folder / "events.jsonl"
    done = rehearsal.pulumi(*words, "--event-log", str(log), **EVENTS)
    assert done.code == 0, done.output
    events = map(json.loads, log.read_text().splitlines())
    log.unlink()
    steps = [Step.read(event["resourcePreEvent"]["metadata"]) for event in events if "resourcePreEvent" in event]
    for step in steps:
        assert step.custom or step.type.startswith((ENGINES_OWN, GROUPS)), step
    return [step for step in steps if step.custom and not step.type.startswith(ENGINES_OWN)]


def changes(steps: list[Step]) -> dict[str, str]:
    return {step.name: step.operation for step in steps if step.operation not in UNCHANGED}


def known(state: str) -> set[tuple[str, str, str]]:
    """Type, name and id of what an exported state knows, without the engine's own and groups."""
    return {
        (one["type"], one["urn"].rpartition("::")[2], one["id"])
        for one in json.loads(state)["deployment"]["resources"]
        if one["custom"] and not one["type"].startswith(ENGINES_OWN)
    }


def known_before(name: str) -> set[tuple[str, str, str]]:
    return known((STATES / name / ENGINE).read_text())


def must_change_nothing(rehearsal: Rehearsal, name: str, *words: str) -> None:
    steps = steps_of(rehearsal, *words)
    assert {(step.type, step.name) for step in steps} == {one[:2] for one in known_before(name)}
    assert changes(steps) == {}


def open_state(name: str, folder: Path) -> Iterator[Rehearsal]:
    home = LabHome(folder)
    state = unpack(STATES / name, home, free_network(anywhere=True))
    site = imitate(load_configuration(home.site / "config", Settings()))
    running = control.up(site, home.products)
    try:
        connect(home, running, {"siteId": SITE_ID})
        Path(running.request_log).touch()
        rehearsal = Rehearsal(home, running)
        done = rehearsal.pulumi("stack", "import", "--file", str(state))
        assert done.code == 0, done.output
        yield rehearsal
    finally:
        control.down(home.products)


@pytest.fixture(scope="module")
def flat(tmp_path_factory) -> Iterator[Rehearsal]:
    """The example site; all resources lie directly below the stack."""
    yield from open_state("flat", tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory) -> Iterator[Rehearsal]:
    """Few guests, and what the example has not: dnsmasq, a registry, names that rules use, a rule that closes."""
    yield from open_state("every-kind", tmp_path_factory.mktemp("lab"))


def by_phoenix(rehearsal: Rehearsal, stack: str, vmid: int) -> None:
    done = rehearsal.phoenix("sync", "stack", stack, "to", str(vmid), "--yes")
    assert done.code == 0, done.output


def by_pulumi(rehearsal: Rehearsal, stack: str, vmid: int) -> None:
    words = ("--target", f"**::{stack}@{vmid}", "--target-dependents")
    steps = steps_of(rehearsal, "up", "--yes", "--skip-preview", *words)
    assert changes(steps) == {f"{stack}@{vmid}": "update"}
    looked_at = {step.name for step in steps if step.operation == "refresh"}
    assert looked_at == {f"{stack}@{vmid}", "traefik-stacks", "verdict"}


def test_it_opens_without_a_change(flat) -> None:
    must_change_nothing(flat, "flat", "preview")


@pytest.mark.parametrize(
    ("sync", "name", "guests"),
    [(by_phoenix, "grafana", {"tools"}), (by_pulumi, "paperless", {"media"})],
)
def test_a_run_for_one_stack_touches_that_one(
    flat, sync: Callable[[Rehearsal, str, int], None], name: str, guests: set[str]
) -> None:
    stack = flat.stack(name)
    edit(flat, name)

    entries = flat.requests_of(lambda: sync(flat, stack.name, stack.vmid))

    environment = next(item.name for item in flat.plan.environments if item.vmid == stack.vmid)
    asked = [entry for entry in entries if entry["product"] == "proxmox"]
    others = [entry for entry in entries if entry["product"] != "proxmox"]
    assert named_in(others) == {f"{stack.project}@{environment}", environment}
    assert {entry["method"] for entry in asked} == {"GET"}
    assert named_in(asked) == {"traefik", "portainer", *guests}
    assert flat.by_hand.file(stack.project).endswith("# declared anew\n")


@pytest.mark.parametrize("name", ["flat", "every-kind"])
def test_the_first_full_run_changes_nothing_and_the_second_makes_no_group(name: str, request) -> None:
    rehearsal = request.getfixturevalue(name.replace("-", "_"))
    must_change_nothing(rehearsal, name, "up", "--yes", "--skip-preview")
    assert known(rehearsal.pulumi("stack", "export").output) == known_before(name)
    rehearsal.must_be_in_sync()


@pytest.mark.faults
def test_a_run_that_is_killed_while_resources_move_is_gone_on_with(tmp_path_factory) -> None:
    with contextmanager(open_state)("flat", tmp_path_factory.mktemp("lab")) as rehearsal:
        assert rehearsal.up().code == 0
        file = next((rehearsal.home.folder / "state").rglob("stacks/*/*.json"))

        def moved() -> int:
            # The engine writes it in place.
            return file.read_text().count(f"{GROUPS}site:Guest$pulumi-python") if file.exists() else 0

        assert moved() == 0
        with running(rehearsal):
            wait_for(lambda: moved() > 2)
        assert rehearsal.pulumi("cancel", "--yes").code == 0
        must_change_nothing(rehearsal, "flat", "up", "--yes", "--skip-preview")
        rehearsal.must_be_in_sync()


@pytest.mark.parametrize("name", ["flat", "every-kind"])
def test_destroy_removes_what_is_ours(name: str, request) -> None:
    request.getfixturevalue(name.replace("-", "_")).must_be_taken_down()
