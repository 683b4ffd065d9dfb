"""Writes of which nobody knows at first whether they were done, where time counts: never doubled.

Every write with every fault is in test_fault_table.py.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest
import requests

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def test_a_client_that_gives_up_waits_for_what_the_server_still_does(new_world: Any, style: str) -> None:
    world = new_world(style, {"deploy_timeout": 0.5}, deploy_seconds=0.9)
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    assert len(world.records()) == 1
    world.connect(deploy_timeout=6.0)
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert len(world.records()) == 1
    assert up(world, stack, WEB) == "same"


def test_an_update_that_the_server_still_works_on_is_not_sent_again(new_world: Any) -> None:
    world = new_world("blocking", {"deploy_timeout": 2.0})
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    world.lab.control("hosts/111", deploy_seconds=2.8)
    changed = WEB + "    labels: [a=b]\n"
    seen = world.requests_of(lambda: up(world, stack, changed))
    assert stack.state["failure"] == ""
    world.api.until(lambda: world.containers()["web"].labels.get("a") == "b")
    assert len([item for item in seen if item["method"] == "PUT"]) == 1
    assert up(world, stack, changed) == "same"


def test_a_server_that_restarts_in_the_middle(new_world: Any, style: str) -> None:
    world = new_world(style, deploy_seconds=0.05)
    world.bring_environment_up()
    world.api.deployed(world.api.create_stack(world.environment.state["environment_id"], "before", WEB))
    world.lab.control("hosts/111", deploy_seconds=30.0)
    stack = world.stack()
    thread = threading.Thread(target=lambda: up(world, stack, WEB))
    thread.start()
    world.api.until(lambda: [item for item in world.lab.requests() if "wait_for" in item["path"]] or _deploying(world))
    world.lab.restart()
    world.api = world.lab.client()
    thread.join(60)
    assert stack.state["failure"] == ""
    assert len(world.records()) == 1
    assert world.containers()["web"].running
    assert up(world, stack, WEB) == "same"


def test_an_update_that_died_with_the_server_is_sent_again(new_world: Any) -> None:
    """The server has the new file, the old record, and containers of the old file."""
    world = new_world("blocking", deploy_seconds=0.05)
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    changed = WEB + "    labels: [a=b]\n"
    world.lab.control("hosts/111", deploy_seconds=30.0)
    thread = threading.Thread(target=lambda: _cut_off(world, changed))
    thread.start()
    path = f"/api/stacks/{world.records()[0]['Id']}/file"
    world.api.until(lambda: world.api.call("GET", path).json()["StackFileContent"] == changed)
    world.lab.restart()
    thread.join(60)
    world.api = world.lab.client()
    assert world.api.call("GET", path).json()["StackFileContent"] == changed
    assert up(world, stack, changed) == "update"
    assert stack.state["failure"] == ""
    assert world.containers()["web"].labels["a"] == "b"
    assert up(world, stack, changed) == "same"


def _cut_off(world: Any, text: str) -> None:
    with contextlib.suppress(requests.RequestException):
        world.api.update_stack(world.records()[0], text)


def _deploying(world: Any) -> bool:
    """Whether the engine has begun with the project."""
    return "web-production_default" in world.lab.server.docker_hosts[111].networks


def test_the_end_of_a_deploy_is_seen_in_the_same_run(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    assert stack.up(world.inputs(WEB + "    labels: [a=b]\n")) == "update"
    assert stack.up(world.inputs(WEB + "    labels: [a=b]\n")) == "same"


def test_a_stack_that_somebody_deploys_is_waited_for(new_world: Any) -> None:
    world = new_world("async", deploy_seconds=0.6)
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    world.api.update_stack(world.records()[0], WEB + "# by hand\n")
    assert world.records()[0]["Status"] == 3
    assert up(world, stack, WEB) == "update"
    assert stack.state["failure"] == ""
    assert up(world, stack, WEB) == "same"


def test_deleting_waits_for_a_deploy(new_world: Any) -> None:
    world = new_world("async", deploy_seconds=0.6)
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    world.api.update_stack(world.records()[0], WEB + "# by hand\n")
    world.connect()
    stack.destroy()
    assert (world.records(), world.containers()) == ([], {})


def abandoned(world: Any, text: str) -> None:
    """Let a server die in the middle of an update that somebody else sent; nobody who is left has seen it."""
    world.lab.control("hosts/111", deploy_seconds=30.0)
    world.api.update_stack(world.records()[0], text)
    assert world.records()[0]["Status"] == 3
    world.lab.restart()
    world.api = world.lab.client()
    world.lab.control("hosts/111", deploy_seconds=0.02)
    assert world.records()[0]["Status"] == 3
    world.hurry()


def test_a_deploy_that_nobody_works_on_any_more_is_begun_anew(new_world: Any) -> None:
    world = new_world("async")
    world.bring_environment_up()
    stack = world.stack()
    text = WEB + "  db:\n    image: busybox:lab\n"
    up(world, stack, text)
    before = {service: item.id for service, item in world.containers().items()}
    number = world.records()[0]["Id"]
    changed = text + "    labels: [a=b]\n"
    abandoned(world, changed)
    world.connect(deploy_timeout=60.0)
    seen = world.requests_of(lambda: stack.up(world.inputs(changed)))
    assert stack.state["failure"] == ""
    after = world.containers()
    assert (after["web"].id, after["db"].labels["a"]) == (before["web"], "b")
    assert [item["Id"] for item in world.records()] == [number]
    assert [item["path"] for item in seen if item["method"] == "DELETE" and f"/stacks/{number}" in item["path"]] == []
    assert [item["Name"] for item in world.api.call("GET", "/api/stacks").json()] == ["web-production"]
    assert up(world, stack, changed) == "same"


def test_deleting_what_nobody_works_on_any_more(new_world: Any) -> None:
    world = new_world("async")
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    abandoned(world, WEB + "# by hand\n")
    world.connect(deploy_timeout=60.0)
    stack.destroy()
    assert (world.records(), world.containers()) == ([], {})


@pytest.mark.parametrize("clock_differs_by", [0, 3600])
def test_a_deploy_that_only_takes_long_is_not_taken_for_dead(new_world: Any, clock_differs_by: int) -> None:
    world = new_world("async")
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    world.hurry()
    world.connect(deploy_timeout=200.0)
    world.lab.control("hosts/111", deploy_seconds=1.0)
    record = world.api.update_stack(world.records()[0], WEB + "# by hand\n").json()
    world.lab.server._deployments._store.stacks[record["Id"]]["DeploymentStatus"][0]["Time"] -= clock_differs_by
    seen = world.requests_of(lambda: stack.up(world.inputs(WEB)))
    assert [item["path"] for item in seen if "associate" in item["path"]] == []
    assert [item for item in seen if item["method"] == "POST" and "/api/stacks/create" in item["path"]]
    assert stack.state["failure"] == ""
    assert up(world, stack, WEB) == "same"


def test_turns_that_a_killed_run_left_are_removed(new_world: Any) -> None:
    world = new_world("async")
    number = world.bring_environment_up()
    world.api.failure(world.api.create_stack(number, "phoenix-sync-turn-0", "not a compose file: ["))
    stack = world.stack()
    up(world, stack, WEB)
    abandoned(world, WEB + "# by hand\n")
    world.connect(deploy_timeout=60.0)
    stack.up(world.inputs(WEB))
    assert [item["Name"] for item in world.api.call("GET", "/api/stacks").json()] == ["web-production"]


@pytest.mark.parametrize("declared", [WEB, WEB + "    labels: [a=b]\n"])
def test_a_deploy_that_failed_behind_our_back_is_done_again(new_world: Any, declared: str) -> None:
    world = new_world("async")
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    world.api.failure(world.api.update_stack(world.records()[0], WEB.replace("[sleep, '3600']", "['/no/such']")))
    assert up(world, stack, declared) == "update"
    assert (stack.state["failure"], world.records()[0]["Status"]) == ("", 1)
    assert world.containers()["web"].running
    assert up(world, stack, declared) == "same"
