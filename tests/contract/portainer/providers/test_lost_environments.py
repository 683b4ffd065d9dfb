"""An environment that somebody deleted in Portainer: its stacks are orphans there, and their containers run on."""

from __future__ import annotations

from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
FAULTS = [
    ("status", 504),
    ("status_after", 504),
    ("status", 500),
    ("status_after", 500),
    ("cut_before", 0),
    ("cut_after", 0),
]


@pytest.fixture
def stack(world: Any) -> Any:
    """A stack that is deployed, with what has to stay as it is."""
    made = world.stack()
    made.up(world.inputs(WEB))
    made.before = (world.records()[0]["Id"], world.containers()["web"].id)
    return made


def lose(world: Any) -> None:
    world.api.call("DELETE", f"/api/endpoints/{world.environment.state['environment_id']}")


def run(world: Any, stack: Any, text: str = WEB) -> str:
    """Do a full run."""
    world.connect()
    world.environment.refresh()
    stack.refresh()
    world.environment.apply(world.environment_inputs(111))
    return str(stack.apply(world.inputs(text)))


def assert_whole(world: Any, stack: Any) -> None:
    assert stack.state["failure"] == ""
    (record,) = [item for item in world.records() if item["EndpointId"] == world.environment.state["environment_id"]]
    assert (record["Id"], world.containers()["web"].id) == stack.before
    assert run(world, stack) == "same"


@pytest.mark.parametrize(("action", "value"), FAULTS)
def test_a_fault_on_the_way_is_settled_in_the_same_run(world: Any, stack: Any, action: str, value: int) -> None:
    lose(world)
    world.hurry()
    world.faults("PUT", "/associate", action, value)
    run(world, stack)
    if (action, value) == ("status", 500):
        # That is a refusal.
        assert "Fault asked for" in stack.state["failure"]
        run(world, stack)
    assert_whole(world, stack)


@pytest.mark.parametrize(("action", "value"), [("status", 504), ("status", 500), ("cut_after", 0)])
def test_a_run_that_never_gets_an_answer_loses_nothing(world: Any, stack: Any, action: str, value: int) -> None:
    lose(world)
    world.hurry()
    world.faults("PUT", "/associate", action, value, times=0)
    run(world, stack)
    routes = stack.state["live_routes"]
    assert routes
    world.lab.control("faults")
    world.faults("POST", "/api/stacks/create", "status", 500, times=0)
    run(world, stack)
    assert stack.state["live_routes"] == routes
    assert_whole(world, stack)


def test_a_kill_after_the_association(world: Any, stack: Any) -> None:
    lose(world)
    world.connect()
    world.environment.up(world.environment_inputs(111))
    number = world.environment.state["environment_id"]
    path = f"/api/stacks/{stack.before[0]}/associate?endpointId={number}&orphanedRunning=true"
    assert world.api.call("PUT", path).status_code == 200
    good = stack.state["last_good"]
    assert run(world, stack) == "update"
    assert stack.state["last_good"] == good
    assert_whole(world, stack)


def test_one_that_was_lost_twice(world: Any, stack: Any) -> None:
    lose(world)
    world.hurry()
    world.faults("PUT", "/associate", "status", 504, times=0)
    run(world, stack)
    world.lab.control("faults")
    lose(world)
    run(world, stack)
    assert_whole(world, stack)


def test_one_whose_containers_are_gone(world: Any, stack: Any) -> None:
    lose(world)
    world.lab.run(world.lab.server.docker_hosts[111].remove(world.containers()["web"]))
    run(world, stack)
    assert stack.state["failure"] == ""
    assert [item["Id"] for item in world.records()] == [stack.before[0]]
    assert world.containers()["web"].running
    assert run(world, stack) == "same"


def test_one_that_changes_at_the_same_time(world: Any, stack: Any) -> None:
    lose(world)
    changed = WEB + "    labels: [a=b]\n"
    run(world, stack, changed)
    assert stack.state["failure"] == ""
    assert [item["Id"] for item in world.records()] == [stack.before[0]]
    assert world.containers()["web"].labels["a"] == "b"
    assert run(world, stack, changed) == "same"


def test_one_that_no_state_knows_is_told_by_its_containers(world: Any, stack: Any) -> None:
    lose(world)
    other = world.stack()
    other.before = stack.before
    world.connect()
    world.environment.up(world.environment_inputs(111))
    assert other.up(world.inputs(WEB)) == "create"
    assert_whole(world, other)


def twin(world: Any, stack: Any) -> int:
    """Make a second orphan of the name: the record of another machine whose environment is gone, too."""
    number = world.api.create_environment(world.lab.agent_form(112, "twin")).json()["Id"]
    made = world.api.deployed(world.api.create_stack(number, "web-production", WEB))["Id"]
    world.api.call("DELETE", f"/api/endpoints/{number}")
    assert made > stack.before[0]
    return int(made)


@pytest.mark.parametrize("known", [True, False])
def test_of_two_orphans_ones_own_is_taken(world: Any, stack: Any, known: bool) -> None:
    other = twin(world, stack)
    theirs = world.containers(vmid=112)["web"].id
    lose(world)
    world.connect()
    world.environment.up(world.environment_inputs(111))
    mine = stack if known else world.stack()
    mine.before = stack.before
    mine.up(world.inputs(WEB))
    assert_whole(world, mine)
    assert other in [item["Id"] for item in world.records()]
    assert world.containers(vmid=112)["web"].id == theirs


def test_of_two_orphans_the_state_knows_its_own_though_the_containers_name_the_other(world: Any, stack: Any) -> None:
    """As after an adoption that left containers as they were: their labels name the record before."""
    other = twin(world, stack)
    for container in world.containers().values():
        text = container.labels["com.docker.compose.project.config_files"]
        container.labels["com.docker.compose.project.config_files"] = text.replace(f"/{stack.before[0]}/", f"/{other}/")
    lose(world)
    run(world, stack)
    assert_whole(world, stack)


@pytest.mark.parametrize("action", ["status", "cut_before", "cut_after"])
def test_a_deletion_in_the_run_that_makes_its_environment_anew(world: Any, stack: Any, action: str) -> None:
    lose(world)
    world.hurry()
    world.faults("PUT", "/associate", action, 504)
    world.environment.up(world.environment_inputs(111))
    stack.destroy()
    assert (world.records(), world.containers()) == ([], {})
