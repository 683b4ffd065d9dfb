"""Routes that are blocked stay as they are; the stack itself is deployed and kept up to date."""

from __future__ import annotations

from typing import Any

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    environment: ['A=1']\n"
CHANGED = WEB.replace("A=1", "A=2")
BEFORE: dict[str, Any] = {"http": {"routers": {"web": {"rule": "Host(`before`)"}}}}
AFTER: dict[str, Any] = {"http": {"routers": {"web": {"rule": "Host(`after`)"}}}}


def test_a_running_stack_is_updated_and_keeps_the_routes_that_it_had(world: Any) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB, routes=BEFORE))
    blocked = world.inputs(CHANGED, routes={}, keep_routes=True)
    assert stack.up(blocked) == "update"
    assert world.containers()["web"].environment["A"] == "2"
    assert stack.state["failure"] == ""
    assert stack.state["live_routes"] == BEFORE
    assert stack.up(blocked) == "same"
    assert stack.up(world.inputs(CHANGED, routes=AFTER)) == "update"
    assert stack.state["live_routes"] == AFTER


def test_a_new_stack_is_deployed_without_routes_and_gets_them_once_they_are_free(world: Any) -> None:
    stack = world.stack()
    blocked = world.inputs(WEB, routes={}, keep_routes=True)
    assert stack.up(blocked) == "create"
    assert world.containers()["web"].running
    assert stack.state["live_routes"] == {}
    assert stack.up(blocked) == "same"
    assert stack.up(world.inputs(WEB, routes=AFTER)) == "update"
    assert stack.state["live_routes"] == AFTER


def test_a_blocked_stack_keeps_everything(world: Any) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB, routes=BEFORE))
    both = world.inputs("services: {web: {}}", routes={}, keep_routes=True, blocked="broken")
    assert stack.up(both) == "same"
    assert stack.state["live_routes"] == BEFORE
    assert world.containers()["web"].environment["A"] == "1"
