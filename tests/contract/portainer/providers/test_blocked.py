"""Blocked means untouched, whatever is left to be done from the time before."""

from __future__ import annotations

from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CANNOT_START = WEB.replace("[sleep, '3600']", "['/no/such/program']")
BROKEN = "services: {web: {}}"


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, services=["web"], **changes)))


def touched(seen: list[dict[str, Any]]) -> list[str]:
    return [item["path"] for item in seen if item["method"] != "GET" and item["path"] != "/api/auth"]


def blocked_run(world: Any, stack: Any, **changes: Any) -> None:
    seen = world.requests_of(lambda: up(world, stack, BROKEN, blocked="the compose file is broken", **changes))
    assert touched(seen) == []


def test_what_was_never_deployed_since_its_agent_was_down(world: Any) -> None:
    stack = world.stack()
    world.agent(up=False)
    up(world, stack, WEB)
    before = stack.state["failure"]
    assert before.startswith("not reachable:")
    blocked_run(world, stack)
    world.agent(up=True)
    for _ in range(2):
        blocked_run(world, stack)
    assert (stack.state["failure"], stack.state["live_routes"]) == (before, {})
    assert (world.records(), world.containers()) == ([], {})
    assert up(world, stack, WEB) == "update"
    assert (stack.state["failure"], len(world.records())) == ("", 1)
    assert up(world, stack, WEB) == "same"


@pytest.mark.parametrize("retry", [(), ("web@111",)])
def test_what_failed_to_deploy(world: Any, retry: tuple[str, ...]) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    routes = stack.state["live_routes"]
    up(world, stack, CANNOT_START)
    before, running = stack.state["failure"], {name: item.id for name, item in world.containers().items()}
    world.settings["retry"] = retry
    for _ in range(2):
        blocked_run(world, stack)
    assert (stack.state["failure"], stack.state["live_routes"]) == (before, routes)
    assert {name: item.id for name, item in world.containers().items()} == running
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert up(world, stack, WEB) == "same"


def test_what_is_unhealthy_stopped_or_removed_by_hand(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    host = world.lab.server.docker_hosts[111]
    world.lab.run(host.stop(world.containers()["web"]))
    blocked_run(world, stack)
    assert not world.containers()["web"].running
    world.lab.run(host.remove(world.containers()["web"]))
    blocked_run(world, stack)
    assert world.containers() == {}
    record = world.records()[0]
    world.api.call("DELETE", f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}")
    for _ in range(2):
        blocked_run(world, stack)
    assert (world.records(), world.containers()) == ([], {})
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert world.containers()["web"].running


def test_a_second_run_reads_what_is_stored_and_writes_no_state(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    blocked_run(world, stack)
    before = stack.as_stored()
    world.connect()
    result = stack._provider.read(stack.id, dict(before))
    assert (result.outs, result.inputs) == (before, None)
