"""A stack that is held: nothing of it changes at Portainer, whatever the files or the live state say."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.site_plan import HELD

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    environment: ['A=1']\n"
CHANGED = WEB.replace("A=1", "A=2")
BEFORE: dict[str, Any] = {"http": {"routers": {"web": {"rule": "Host(`before`)"}}}}
AFTER: dict[str, Any] = {"http": {"routers": {"web": {"rule": "Host(`after`)"}}}}


def held(world: Any, text: str = CHANGED, **more: Any) -> Any:
    return world.inputs(text, routes={}, blocked=HELD, **more)


def test_neither_content_nor_drift_is_touched_and_the_next_run_without_it_repairs(world: Any) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB, routes=BEFORE))
    record = world.records()[0]
    world.api.call("POST", f"/api/stacks/{record['Id']}/stop?endpointId={record['EndpointId']}")
    for _ in range(2):
        assert stack.up(held(world)) == "same"
        assert not any(one.running for one in world.containers().values())
    assert stack.state["live_routes"] == BEFORE
    assert stack.state["failure"] == ""
    assert stack.up(world.inputs(CHANGED, routes=AFTER)) == "update"
    assert world.containers()["web"].running
    assert world.containers()["web"].environment["A"] == "2"
    assert stack.state["live_routes"] == AFTER


def test_one_that_does_not_exist_is_not_made_until_it_is_let_go(world: Any) -> None:
    stack = world.stack()
    assert stack.up(held(world)) == "create"
    assert world.records() == []
    assert (stack.state["failure"], stack.state["live_routes"]) == ("", {})
    assert stack.up(held(world)) == "same"
    assert stack.up(world.inputs(WEB, routes=AFTER)) == "update"
    assert world.containers()["web"].running
    assert stack.state["live_routes"] == AFTER


def test_one_of_somebody_else_is_neither_adopted_nor_deleted(world: Any) -> None:
    theirs = world.stack()
    theirs.up(world.inputs(WEB, routes=BEFORE))
    before = world.records()
    ours = world.stack()
    assert ours.up(held(world)) == "create"
    ours.destroy()
    assert world.records() == before
    assert world.containers()["web"].running


def test_it_is_deleted_when_it_leaves_the_list(world: Any) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB, routes=BEFORE))
    stack.up(held(world))
    stack.destroy()
    assert world.records() == []


def test_its_routes_are_withdrawn_and_come_back_while_it_stays_untouched(world: Any) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB, routes=BEFORE))
    stamp = world.records()[0]
    assert stack.up(held(world, withdraw=True)) == "update"
    assert stack.state["live_routes"] == {}
    assert stack.up(held(world, withdraw=True)) == "same"
    # Broken files on top leave it as it is, without routes.
    assert stack.up(world.inputs(CHANGED, routes={}, keep_routes=True, blocked="broken")) == "same"
    assert stack.state["live_routes"] == {}
    assert stack.up(held(world)) == "update"
    assert stack.state["live_routes"] == BEFORE
    assert stack.up(held(world)) == "same"
    assert world.records()[0] == stamp


@pytest.mark.parametrize("again", [WEB, CHANGED])
def test_withdrawn_routes_come_back_with_the_next_run_that_may_touch_it(world: Any, again: str) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB, routes=BEFORE))
    stack.up(held(world, withdraw=True))
    assert stack.up(world.inputs(again, routes=BEFORE)) == "update"
    assert stack.state["live_routes"] == BEFORE
    assert stack.up(world.inputs(again, routes=BEFORE)) == "same"
