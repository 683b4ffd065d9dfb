"""What was not proven healthy has to settle, in whatever run; what was proven costs no time again."""

from __future__ import annotations

import time
from typing import Any

import pytest

from phoenix_providers.lab.docker.behaviour import Behaviour

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CRASHES = WEB + "    labels: [phoenix.lab.behaviour=crash-loop]\n"
CANNOT_START = WEB.replace("[sleep, '3600']", "[/no/such/program]")
SETTLES = {"settle": 0.5, "timeout": 1.1}
NEVER = "restarted again and again"


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, limits=SETTLES, **changes)))


@pytest.mark.parametrize("before", [None, WEB], ids=["new", "update"])
def test_a_crash_loop_stays_a_failure_without_a_change(world: Any, before: str | None) -> None:
    stack = world.stack()
    if before:
        up(world, stack, before)
    for run in range(2):
        seen = world.requests_of(lambda: up(world, stack, CRASHES))
        sent = [item for item in seen if item["method"] in ("PUT", "POST") and "/api/stacks" in item["path"]]
        assert (NEVER in stack.state["failure"], len(sent)) == (True, int(run == 0))
    assert (stack.state.get("last_good") or {}).get("compose") == before


@pytest.mark.parametrize(("style", "runs"), [("blocking", 1), ("async", 2)])
def test_what_never_settled_is_not_put_back(new_world: Any, style: str, runs: int) -> None:
    world = new_world(style)
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    for _ in range(runs):
        up(world, stack, CRASHES)
    up(world, stack, CANNOT_START)
    assert "the last version that worked was put back and runs" in stack.state["failure"]
    assert "phoenix.lab.behaviour" not in world.containers()["web"].labels


@pytest.mark.parametrize("good", [True, False])
def test_what_is_adopted_has_to_settle(world: Any, good: bool) -> None:
    text = WEB if good else CRASHES
    world.api.deployed(world.api.create_stack(world.inputs(WEB)["environment_id"], "web-production", text))
    stack = world.stack()
    before, since = world.containers()["web"].id, time.monotonic()
    up(world, stack, text)
    assert time.monotonic() - since >= SETTLES["settle"]
    assert (NEVER in stack.state["failure"], world.containers()["web"].id) == (not good, before)


def test_what_was_proven_and_fails_later_has_to_settle_again(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    # What is proven is looked at and not waited for, whatever the reason of the look.
    since = time.monotonic()
    assert up(world, stack, WEB, routes={}) == "update"
    assert (time.monotonic() - since < SETTLES["settle"], stack.state["failure"]) == (True, "")
    host, container = world.lab.server.docker_hosts[111], world.containers()["web"]
    world.lab.run(host.change_behaviour(container, Behaviour.RESTART))
    time.sleep(0.6)
    up(world, stack, WEB)
    assert "restarted" in stack.state["failure"]
    # From now on every look finds it between two crashes.
    world.lab.run(host.change_behaviour(container, Behaviour.CRASH_LOOP))
    for _ in range(2):
        up(world, stack, WEB)
        assert NEVER in stack.state["failure"]
    world.lab.run(host.change_behaviour(container, Behaviour.NORMAL))
    since = time.monotonic()
    assert up(world, stack, WEB) == "update"
    assert (time.monotonic() - since >= SETTLES["settle"], stack.state["failure"]) == (True, "")
    assert up(world, stack, WEB) == "same"


def test_what_the_look_before_saw_failing_has_to_settle(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    host, container = world.lab.server.docker_hosts[111], world.containers()["web"]
    world.lab.run(host.change_behaviour(container, Behaviour.RESTART))
    time.sleep(0.6)
    world.connect()
    stack.refresh()
    world.lab.run(host.change_behaviour(container, Behaviour.CRASH_LOOP))
    world.connect()
    assert stack.apply(world.inputs(WEB, limits=SETTLES)) == "update"
    assert NEVER in stack.state["failure"]
