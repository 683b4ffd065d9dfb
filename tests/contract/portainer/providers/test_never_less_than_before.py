"""A deploy that fails never leaves less than it found, whatever the new file is called beside the old one."""

from __future__ import annotations

from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
DB = "  db:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CANNOT_START = WEB.replace("[sleep, '3600']", "['/no/such/program']")
NEW_TEXTS = {
    "one service more": WEB + DB.replace("[sleep, '3600']", "['/no/such/program']"),
    "another name": CANNOT_START.replace("  web:", "  front:"),
    "one service less": CANNOT_START,
}


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def made_by_hand(world: Any, compose: str) -> None:
    number = world.environment.state["environment_id"]
    world.api.deployed(world.api.create_stack(number, "web-production", compose, [{"name": "A", "value": "'1 2'"}]))


def running(world: Any) -> dict[str, str]:
    return {name: item.id for name, item in world.containers().items() if item.running}


@pytest.mark.parametrize("text", NEW_TEXTS.values(), ids=NEW_TEXTS)
@pytest.mark.parametrize("before", [WEB, WEB + DB], ids=["one", "two"])
def test_a_first_run_over_a_running_stack_puts_that_back(world: Any, before: str, text: str) -> None:
    made_by_hand(world, before)
    names = set(world.containers())
    stack = world.stack()
    up(world, stack, text)
    assert "its deploy failed" in stack.state["failure"]
    assert "was put back and runs" in stack.state["failure"] or "still runs" in stack.state["failure"]
    assert set(running(world)) == names
    if "was put back" in stack.state["failure"]:
        assert world.records()[0]["Env"] == [{"name": "A", "value": "'1 2'"}]
    # What was put back is not touched again, and the failed text not sent again.
    kept = running(world)
    up(world, stack, text)
    assert "not sent again" in stack.state["failure"]
    assert running(world) == kept
    up(world, stack, before, env={"A": "1 2"})
    assert (stack.state["failure"], set(running(world))) == ("", names)
    assert up(world, stack, before, env={"A": "1 2"}) == "same"


def test_services_of_profiles_that_are_not_chosen_are_not_missed(world: Any) -> None:
    before = WEB + DB + "    profiles: [tools]\n"
    made_by_hand(world, before)
    assert "db" not in world.containers()
    stack = world.stack()
    up(world, stack, NEW_TEXTS["another name"])
    assert "was put back and runs" in stack.state["failure"] or "still runs" in stack.state["failure"]
    assert world.containers()["web"].running


def test_of_a_stack_that_runs_in_part_that_part_comes_back(new_world: Any) -> None:
    world = new_world("blocking")
    world.bring_environment_up()
    made_by_hand(world, WEB + DB)
    world.lab.run(world.lab.server.docker_hosts[111].stop(world.containers()["db"]))
    stack = world.stack()
    up(world, stack, CANNOT_START)
    assert "was put back and runs" in stack.state["failure"]
    assert world.containers()["web"].running


@pytest.mark.parametrize("stopped", [False, True])
def test_what_a_first_run_took_down_before_it_was_killed_comes_back(new_world: Any, stopped: bool) -> None:
    world = new_world("blocking")
    world.bring_environment_up()
    made_by_hand(world, WEB)
    record = world.records()[0]
    if stopped:
        world.api.call("POST", f"/api/stacks/{record['Id']}/stop?endpointId={record['EndpointId']}")
    else:
        assert world.api.update_stack(record, CANNOT_START).status_code == 500
    assert world.containers() == {}
    stack = world.stack()
    up(world, stack, CANNOT_START)
    assert ("was put back and runs" in stack.state["failure"], set(running(world))) == (
        (False, set()) if stopped else (True, {"web"})
    )


def test_containers_of_the_failed_text_are_not_taken_for_those_of_the_good_one(new_world: Any) -> None:
    """Newer servers leave what an update has made until it failed: here a new `web`, under its old name."""
    world = new_world("async")
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    before = world.containers()["web"].config_hash
    changed = WEB + "    labels: [a=b]\n" + DB.replace("[sleep, '3600']", "['/no/such/program']")
    up(world, stack, changed + "    depends_on: [web]\n")
    assert "was put back and runs" in stack.state["failure"]
    assert world.containers()["web"].config_hash == before
    assert list(world.containers()) == ["web"]
