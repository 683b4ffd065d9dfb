"""What worked comes back after a failed deploy, and what the failure says is enough to mend it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CANNOT_START = WEB.replace("[sleep, '3600']", "['/no/such/program', '${TOKEN}']")


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


async def in_the_loop(action: Callable[[], object]) -> None:
    action()


def test_the_error_says_both_and_values_come_back_too(new_world: Any) -> None:
    world = new_world("blocking")
    world.bring_environment_up()
    stack = world.stack()
    text = WEB + "    environment: ['A=${A}']\n"
    up(world, stack, text, env={"A": "good $1"})
    up(world, stack, CANNOT_START, env={"A": "bad", "TOKEN": "t0ken-canary"})
    assert "its deploy failed" in stack.state["failure"]
    assert "the last version that worked was put back and runs" in stack.state["failure"]
    assert "t0ken-canary" not in stack.state["failure"]
    assert world.containers()["web"].environment["A"] == "good $1"
    assert world.records()[0]["Env"] == [{"name": "A", "value": "'good $1'"}]


def test_what_is_remembered_comes_back_if_what_ran_last_is_down(new_world: Any) -> None:
    world = new_world("blocking")
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    remembered = dict(stack.state)
    # Killed after the server took the stack down and before it was put back: the state knows the last good content.
    world.api.update_stack(world.records()[0], CANNOT_START, env=[{"name": "TOKEN", "value": "x"}])
    assert world.containers() == {}
    stack.state = remembered
    up(world, stack, CANNOT_START, env={"TOKEN": "x"})
    assert "was put back and runs" in stack.state["failure"]
    assert world.containers()["web"].running
    # Taken down once more by hand, with the bad content still declared: it comes back without a send of that.
    world.lab.run(world.lab.server.docker_hosts[111].remove(world.containers()["web"]))
    up(world, stack, CANNOT_START, env={"TOKEN": "x"})
    assert "not sent again" in stack.state["failure"]
    assert world.containers()["web"].running
    # Compose does not start what is paused.
    world.lab.run(world.lab.server.docker_hosts[111].pause(world.containers()["web"]))
    up(world, stack, CANNOT_START, env={"TOKEN": "x"})
    assert "was put back and runs" in stack.state["failure"]
    assert world.containers()["web"].running


def test_retry_sends_it_again(world: Any) -> None:
    stack = world.stack()
    up(world, stack, CANNOT_START, env={"TOKEN": "x"})
    assert "its deploy failed" in stack.state["failure"]
    seen = world.requests_of(lambda: up(world, stack, CANNOT_START, env={"TOKEN": "x"}))
    assert [item for item in seen if item["method"] in ("PUT", "POST") and "/api/stacks" in item["path"]] == []
    world.settings["retry"] = ("web@111",)
    seen = world.requests_of(lambda: up(world, stack, CANNOT_START, env={"TOKEN": "x"}))
    assert [item for item in seen if item["method"] in ("PUT", "POST") and "/api/stacks" in item["path"]]
    assert "not sent again" not in stack.state["failure"]


def test_an_engine_that_goes_away_is_no_failed_content(world: Any) -> None:
    stack = world.stack()
    world.agent(up=False)
    up(world, stack, WEB)
    assert stack.state["failure"].startswith("not reachable:")
    assert stack.state["failed_digest"] == ""
    world.agent(up=True)
    up(world, stack, WEB)
    assert stack.state["failure"] == ""


def test_an_engine_that_goes_away_before_its_turn_is_no_failed_content(new_world: Any, style: str) -> None:
    world = new_world(style)
    world.bring_environment_up()
    stack, turn = world.stack(), world.lab.server._deployments._deployer._mutex
    files = world.lab.folder / "portainer" / "compose"
    world.lab.run(turn.acquire())
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(up, world, stack, WEB)
        world.api.until(files.exists)
        world.agent(up=False)
        world.lab.run(in_the_loop(turn.release))
        run.result()
    assert "Bad Gateway" in stack.state["failure"]
    assert stack.state["failed_digest"] == ""
    world.agent(up=True)
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert up(world, stack, WEB) == "same"


def test_an_agent_that_is_down_leaves_stack_and_routes(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    before, routes = world.containers()["web"].id, stack.state["live_routes"]
    world.agent(up=False)
    assert up(world, stack, WEB) == "update"
    assert stack.id
    assert stack.state["failure"].startswith("not reachable:")
    assert stack.state["live_routes"] == routes
    world.agent(up=True)
    assert up(world, stack, WEB) == "update"
    assert (stack.state["failure"], world.containers()["web"].id) == ("", before)
    assert up(world, stack, WEB) == "same"


def test_an_agent_that_another_portainer_has_taken_is_explained(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    world.lab.control("hosts/111/agent", paired_elsewhere=True)
    up(world, stack, WEB)
    assert stack.state["failure"].startswith("not reachable: The agent obeys another Portainer")
    assert "restart the agent's container" in stack.state["failure"]


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("command: ['false']\n    restart: always", "exit code 1, restarted"),
        ("command: [sleep, '1']\n    healthcheck: {test: [CMD, 'false']}", "unhealthy"),
    ],
)
def test_what_never_gets_healthy_is_named_within_the_stacks_own_limit(world: Any, service: str, words: str) -> None:
    world.hurry()
    stack = world.stack()
    text = f"services:\n  web:\n    image: busybox:lab\n    {service}\n"
    up(world, stack, text, limits={"timeout": 20, "settle": 2}, env={"A": "exited"})
    assert stack.state["failure"].startswith("web: ")
    assert words in stack.state["failure"]
    assert "log of web:" in stack.state["failure"]
    assert stack.state["live_routes"] == {}
    # Waiting for health never deploys.
    seen = world.requests_of(lambda: up(world, stack, text, limits={"timeout": 20, "settle": 2}, env={"A": "exited"}))
    assert [item for item in seen if item["method"] in ("PUT", "POST") and "/api/stacks" in item["path"]] == []


def test_content_that_runs_but_is_not_healthy_stays_and_is_sent_once(world: Any) -> None:
    """Nothing is put back: what was migrated by the new version may be nothing that the old one can read."""
    stack = world.stack()
    up(world, stack, WEB)
    routes = stack.state["live_routes"]
    world.hurry()
    sick = WEB + "    healthcheck: {test: [CMD, 'false']}\n"
    seen = world.requests_of(lambda: up(world, stack, sick, limits={"timeout": 20, "settle": 2}))
    assert len([item for item in seen if item["method"] == "PUT"]) == 1
    assert "is running, but unhealthy" in stack.state["failure"]
    assert "  log of web: web-production-web-1: started\n" in stack.state["failure"]
    assert stack.state["live_routes"] == routes
    before = world.containers()["web"].id
    seen = world.requests_of(lambda: up(world, stack, sick, limits={"timeout": 20, "settle": 2}))
    assert [item["path"] for item in seen if item["method"] in ("PUT", "POST") and "/api/stacks" in item["path"]] == []
    assert world.containers()["web"].id == before
    # It is still known what worked, in case a later content does not even deploy.
    up(world, stack, CANNOT_START, env={"TOKEN": "x"})
    assert "was put back and runs" in stack.state["failure"]
    assert world.containers()["web"].health_seconds is None
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert up(world, stack, WEB) == "same"


def test_a_one_shot_that_ended_well_is_healthy(world: Any) -> None:
    stack = world.stack()
    up(world, stack, "services:\n  web:\n    image: busybox:lab\n    command: ['true']\n")
    assert stack.state["failure"] == ""
    assert stack.state["live_routes"]


def test_whatever_a_product_repeats_of_the_values_is_taken_out(world: Any) -> None:
    stack = world.stack()
    text = WEB + "    ports: ['127.0.0.1::80']\n"
    up(world, stack, text, env={"TOKEN": "Fault asked for"})
    world.faults("PUT", "/api/stacks/", "status", 500)
    up(world, stack, text + "    labels: [a=b]\n", env={"TOKEN": "Fault asked for"})
    assert stack.state["failure"].startswith("failed: ")
    assert "Fault asked for" not in stack.state["failure"]
    # It was not compose that failed, so the next run sends it again.
    assert stack.state["failed_digest"] == ""
    up(world, stack, text + "    labels: [a=b]\n", env={"TOKEN": "Fault asked for"})
    assert stack.state["failure"] == ""
