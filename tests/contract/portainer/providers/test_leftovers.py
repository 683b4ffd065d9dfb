"""Containers of services that left the file go, whatever state they are in, and one that stays is told."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.portainer_server import PortainerServer

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
DB = "  db:\n    image: busybox:lab\n    command: [sleep, '3600']\n"
JOB = "  db:\n    image: busybox:lab\n    command: ['true']\n"
ROUTES = {"http": {"routers": {"web": {"rule": "Host(`b`)"}}}}


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def left_over(world: Any, service: str = DB) -> Any:
    """Deploy a stack, and leave a container of a service that its file does not have, as servers up to 2.39 do."""
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    record = world.records()[0]
    world.api.deployed(world.api.update_stack(record, WEB + service))
    world.api.deployed(world.api.update_stack(record, WEB))
    assert set(world.containers()) == {"web", "db"}
    return stack


@pytest.mark.parametrize("service", [DB, JOB], ids=["stopped", "one-shot"])
def test_one_that_has_ended_already_is_removed(new_world: Any, service: str) -> None:
    world = new_world("blocking")
    stack = left_over(world, service)
    world.lab.run(world.lab.server.docker_hosts[111].stop(world.containers()["db"]))
    up(world, stack, WEB)
    assert (stack.state["failure"], set(world.containers())) == ("", {"web"})
    assert up(world, stack, WEB) == "same"


@pytest.mark.parametrize("service", [DB, JOB], ids=["running", "one-shot"])
def test_one_that_is_taken_out_of_the_file_is_removed(world: Any, service: str) -> None:
    stack = world.stack()
    up(world, stack, WEB + service)
    up(world, stack, WEB)
    assert (stack.state["failure"], set(world.containers())) == ("", {"web"})
    assert up(world, stack, WEB) == "same"


UNCLEAR = [("status", 504, ""), ("cut_before", 0, ""), ("cut_after", 0, "")]
IN_PROGRESS = ("status", 409, "removal of container x is already in progress")


@pytest.mark.parametrize(
    ("method", "path", "action", "status", "message"),
    [("POST", "/stop", *unclear) for unclear in UNCLEAR]
    + [("DELETE", "/docker/containers/", *unclear) for unclear in (*UNCLEAR, IN_PROGRESS)],
)
def test_an_unclear_answer_is_looked_into(
    new_world: Any, method: str, path: str, action: str, status: int, message: str
) -> None:
    world = new_world("blocking")
    stack = left_over(world)
    world.hurry()
    world.faults(method, path, action, status, message=message)
    up(world, stack, WEB)
    assert (stack.state["failure"], set(world.containers())) == ("", {"web"})
    assert up(world, stack, WEB) == "same"


def test_one_that_cannot_be_removed_fails_the_run_and_is_tried_again(new_world: Any) -> None:
    world = new_world("blocking")
    stack = left_over(world)
    busy = "driver failed to remove root filesystem: device or resource busy"
    world.faults("DELETE", "/docker/containers/", "status", 500, times=0, message=busy)
    for _ in range(2):
        assert up(world, stack, WEB, routes=ROUTES) == "update"
        assert "db is not in the file any more, but its container web-production-db-1" in stack.state["failure"]
        assert busy in stack.state["failure"]
        assert "docker rm -f web-production-db-1" in stack.state["failure"]
        # What runs is as declared, so its new routes are published all the same.
        assert stack.state["live_routes"] == ROUTES
    world.lab.control("faults")
    assert up(world, stack, WEB, routes=ROUTES) == "update"
    assert (stack.state["failure"], set(world.containers())) == ("", {"web"})
    assert up(world, stack, WEB, routes=ROUTES) == "same"


def test_it_may_take_its_own_time_to_stop(new_world: Any) -> None:
    """A database that needs 13 s writes for that long; what asks it to be faster kills it in the middle."""
    world = new_world("blocking")
    database = DB + "    stop_grace_period: 30s\n    labels: ['phoenix.lab.stop-seconds=13']\n"
    stack = left_over(world, database)
    container = world.containers()["db"]
    seen = world.requests_of(lambda: up(world, stack, WEB))
    assert set(world.containers()) == {"web"}
    assert [item["path"].partition("/stop")[2] for item in seen if "/stop" in item["path"]] == [""]
    assert container.exit_code == 143


def test_a_stack_whose_containers_take_longer_than_the_limit_to_stop_is_deleted_in_one_go(world: Any) -> None:
    world.connect(deploy_timeout=0.3)
    stack = world.stack()
    up(world, stack, WEB + "    stop_grace_period: 30s\n")
    world.faults("DELETE", "/api/stacks/", "delay", 1)
    world.connect(deploy_timeout=0.3)
    seen = world.requests_of(stack.destroy)
    assert len([item for item in seen if item["method"] == "DELETE"]) == 1
    assert (world.records(), world.containers()) == ([], {})


def test_an_update_that_waits_for_containers_to_stop_is_given_that_time(world: Any) -> None:
    text = WEB + "    stop_grace_period: 30s\n"
    stack = world.stack()
    up(world, stack, text)
    world.faults("PUT", "/api/stacks/", "delay", 1)
    world.settings["deploy_timeout"] = 0.5
    seen = world.requests_of(lambda: up(world, stack, text + "    labels: [a=b]\n"))
    assert stack.state["failure"] == ""
    assert [item["path"] for item in seen if item["method"] == "POST" and "/create/" in item["path"]] == []


@pytest.mark.parametrize("gone", ["unpaused", "removed"])
def test_what_is_awake_or_gone_need_not_be_woken(world: Any, gone: str) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    host, container = world.lab.server.docker_hosts[111], world.containers()["web"]
    docker = (
        world.connect()
        .portainer(PortainerServer.from_input(world.server))
        .docker(world.environment.state["environment_id"])
    )
    if gone == "removed":
        world.lab.run(host.remove(container))
    docker.unpause(container.id)
    docker.remove(container.id)
    docker.remove(container.id)
    assert world.containers() == {}
