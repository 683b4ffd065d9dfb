"""A server or an agent that is away for a short time fails no run, and one that stays away is named, with its cure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from phoenix_providers.resources.verdict import VerdictProvider

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CANNOT_START = WEB.replace("[sleep, '3600']", "['/no/such/program']")
LIMITS = {"timeout": 120, "settle": 3}


class Scripted:
    """Lets things happen while somebody waits: each once its condition holds, a few looks after the one before.

    Time passes by waiting alone, so that a busy machine changes nothing.
    """

    def __init__(self, *steps: tuple[Callable[[], bool], Callable[[], object]], after: int = 3) -> None:
        self.steps = list(steps)
        self._after = after
        self._now = 0.0
        self._looks = 0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 20)
        self._now += seconds
        self._looks += 1
        if self.steps and self._looks >= self._after and self.steps[0][0]():
            self._looks = 0
            self.steps.pop(0)[1]()


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, limits=LIMITS, **changes)))


def always() -> bool:
    return True


def scripted(world: Any, condition: Callable[[], bool], down: Callable[[], object], back: Callable[[], object]) -> Any:
    world.clock = Scripted((condition, down), (always, back))
    return world.clock


def running(world: Any) -> bool:
    return "web" in world.containers() and bool(world.containers()["web"].running)


def stop_server(world: Any) -> None:
    world.lab.run(world.lab.server.stop())


@pytest.mark.parametrize("away", ["server", "agent"])
def test_a_short_restart_while_a_stack_settles(world: Any, away: str) -> None:
    changes = {
        "server": (lambda: stop_server(world), world.lab.up),
        "agent": (lambda: world.agent(up=False), lambda: world.agent(up=True)),
    }
    clock, stack = scripted(world, lambda: running(world), *changes[away]), world.stack()
    up(world, stack, WEB)
    assert (clock.steps, stack.state["failure"]) == ([], "")
    world.api = world.lab.client()
    assert len(world.records()) == 1
    assert up(world, stack, WEB) == "same"


def test_a_server_that_is_away_when_a_stacks_turn_comes(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    stop_server(world)
    clock = world.clock = Scripted((always, world.lab.up), after=1)
    up(world, stack, WEB + "    labels: [a=b]\n")
    assert (clock.steps, stack.state["failure"]) == ([], "")
    world.api = world.lab.client()
    assert world.containers()["web"].labels["a"] == "b"
    assert up(world, stack, WEB + "    labels: [a=b]\n") == "same"


def test_a_server_that_is_away_when_its_environments_are_brought_up(new_world: Any) -> None:
    world = new_world("blocking")
    stop_server(world)
    clock = world.clock = Scripted((always, world.lab.up), after=1)
    world.connect()
    assert world.bring_environment_up()
    assert clock.steps == []


def test_what_failed_is_remembered_and_put_back_though_the_server_goes_away(new_world: Any) -> None:
    world = new_world("blocking")
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    clock = scripted(world, lambda: bool(failed), lambda: stop_server(world), world.lab.up)
    failed: list[object] = []
    sender = world.lab.server._deployments._deployer
    bring_up = sender.up

    async def seen(*args: Any, **options: Any) -> None:
        try:
            await bring_up(*args, **options)
        except Exception:
            failed.append(args)
            raise

    sender.up = seen
    up(world, stack, CANNOT_START)
    assert clock.steps == []
    assert "was put back and runs" in stack.state["failure"]
    assert stack.state["failed_digest"]
    assert running(world)


def test_a_server_that_stays_away_is_waited_for_once(world: Any) -> None:
    stacks = [world.stack() for _ in range(4)]
    world.hurry()
    stop_server(world)
    began = world.clock.now()
    for stack in stacks:
        stack.up(world.inputs(WEB, limits=LIMITS))
        assert stack.state["failure"].startswith("not reachable: Portainer cannot be reached")
    assert world.clock.now() - began < 4 * 30
    world.lab.up()


@pytest.mark.parametrize("vmid", [111, 101])
def test_who_is_down_is_named_with_the_cure_once_for_all_stacks(world: Any, vmid: int) -> None:
    local = {"environment": "local", "url": "unix:///var/run/docker.sock", "by_address": "", "named": False}
    if vmid == 101:
        world.environment = type(world.environment)(world.environment._provider)
        world.environment.up(world.environment_inputs(101, **local))
    world.agent(vmid, up=False)
    world.connect()
    stacks = {f"s{index}@{vmid}": world.stack() for index in range(3)}

    def run() -> None:
        for name, stack in stacks.items():
            stack.up(world.inputs(WEB, project=name[:2], resource=name))

    seen = world.requests_of(run)
    assert len([item for item in seen if item["path"].endswith("/docker/version")]) <= 3
    failures = {name: stack.state["failure"] for name, stack in stacks.items()}
    words = {
        111: (
            "not reachable: The agent of Portainer's environment vm111 does not answer",
            f"tcp://{world.lab.address(111)}:9001",
            "HTTP 502 from Portainer",
            "docker start portainer_agent",
        ),
        101: ("not reachable: The Docker engine of Portainer's environment local does not answer", "systemctl"),
    }[vmid]
    for failure in failures.values():
        assert all(part in failure for part in words), failure
    with pytest.raises(Exception, match="3 of 3 are not as declared") as caught:
        VerdictProvider().create(
            {"declared": sorted(failures), "blocked": {}, "failures": failures, "leaving": [], "last_word": ""}
        )
    assert str(caught.value).count(words[0]) == 1
    assert f"s0@{vmid}, s1@{vmid}, s2@{vmid}: not reachable:" in str(caught.value)


def test_something_before_portainer_that_answers_502_is_no_agent(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    world.hurry()
    world.faults("GET", "/api/", "status", 502, times=0)
    up(world, stack, WEB)
    assert "agent" not in stack.state["failure"]
    assert stack.state["failure"].startswith("not reachable:")
