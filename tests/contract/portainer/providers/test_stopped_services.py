"""What was stopped, or stays down after the engine's restart, comes back; what has done its work is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [serve]\n"
SERVING = {
    "ports": "    ports: ['8055:80']\n",
    "a health check": "    healthcheck: {test: [CMD, 'true']}\n",
    "a route": "    labels: ['traefik.http.routers.web.rule=Host(`a`)']\n",
    "nothing, but it ran": "",
    "restart on failure": "    restart: on-failure\n",
}
JOB = "  job:\n    image: busybox:lab\n    command: ['true']\n"
AWAITED = "    depends_on: {job: {condition: service_completed_successfully}}\n"


@pytest.fixture
def small(new_world: Callable[..., Any]) -> Any:
    world = new_world("blocking")
    world.bring_environment_up()
    return world


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def end(world: Any, service: str = "web", code: int = 0) -> None:
    """Let a container end: of a program that handles SIGTERM, that is with 0."""
    host = world.lab.server.docker_hosts[111]
    world.lab.run(host.stop(world.containers()[service], code))


def ids(world: Any) -> dict[str, str]:
    return {service: item.id for service, item in world.containers().items()}


@pytest.mark.parametrize("how", SERVING)
def test_a_stopped_service_comes_back(small: Any, how: str) -> None:
    stack, text = small.stack(), WEB + SERVING[how]
    up(small, stack, text)
    before = ids(small)
    for _ in range(2):
        end(small)
        assert up(small, stack, text) == "update"
        assert (stack.state["failure"], small.containers()["web"].running) == ("", True)
        assert up(small, stack, text) == "same"
    assert ids(small) == before


def test_after_a_restart_of_the_engine_all_come_back_and_jobs_have_done_theirs(world: Any) -> None:
    stack, text = world.stack(), WEB + SERVING["ports"] + AWAITED + JOB
    up(world, stack, text)
    assert stack.state["failure"] == ""
    assert up(world, stack, text) == "same"
    end(world)
    assert up(world, stack, text) == "update"
    assert world.containers()["web"].running
    assert up(world, stack, text) == "same"


@pytest.mark.parametrize("job", [JOB, JOB + "    healthcheck: {test: [CMD, 'true']}\n    ports: ['8056:80']\n"])
def test_a_job_that_another_service_waits_for_is_one_whatever_it_has(small: Any, job: str) -> None:
    stack, text = small.stack(), WEB + AWAITED + job
    up(small, stack, text)
    assert stack.state["failure"] == ""
    assert up(small, stack, text) == "same"


def test_a_job_that_nobody_waits_for_stays_one(small: Any) -> None:
    stack, text = small.stack(), WEB + JOB
    up(small, stack, text)
    assert up(small, stack, text) == "same"
    end(small)
    assert up(small, stack, text) == "update"
    assert up(small, stack, text) == "same"


def test_a_job_that_takes_longer_is_known_as_one_in_the_end(small: Any) -> None:
    """It runs when the deploy is over; each run that sees its end starts it again, but not for ever."""
    stack, text = small.stack(), WEB
    up(small, stack, text)
    done = []
    for _ in range(4):
        end(small)
        done.append(up(small, stack, text))
    assert done == ["update", "update", "same", "same"]
    other = text + "    environment: {A: b}\n"
    assert up(small, stack, other) == "update"
    end(small)
    assert up(small, stack, other) == "update"


def test_a_service_that_ends_at_once_though_it_serves_is_told(small: Any) -> None:
    stack = small.stack()
    up(small, stack, WEB.replace("serve", "'true'") + SERVING["ports"], limits={"timeout": 2, "settle": 0})
    assert "web-production-web-1 has ended, though it should go on" in stack.state["failure"]
    assert "service_completed_successfully" in stack.state["failure"]


@pytest.mark.parametrize(
    "how", ["    scale: 3\n", "    deploy: {replicas: 3}\n", "    deploy: {replicas: '${N}', mode: global}\n"]
)
def test_a_missing_copy_comes_back(small: Any, how: str) -> None:
    stack, text = small.stack(), WEB + how
    up(small, stack, text, env={"N": "3"})
    host = small.lab.server.docker_hosts[111]
    (first, *rest) = host.of_project("web-production")
    assert len(rest) == 2
    small.lab.run(host.remove(first))
    assert up(small, stack, text, env={"N": "3"}) == "update"
    assert (stack.state["failure"], len(host.of_project("web-production"))) == ("", 3)
    assert up(small, stack, text, env={"N": "3"}) == "same"


def test_a_service_of_no_copies_is_not_missed(small: Any) -> None:
    stack, text = small.stack(), WEB + "  other:\n    image: busybox:lab\n    scale: 0\n"
    up(small, stack, text)
    assert stack.state["failure"] == ""
    assert up(small, stack, text) == "same"


def test_a_state_that_knows_nothing_of_this_changes_nothing(small: Any) -> None:
    stack = small.stack()
    up(small, stack, WEB + JOB)
    for key in ("running", "revived"):
        stack.state.pop(key)
    assert up(small, stack, WEB + JOB) == "same"
    end(small)
    # Only its past said that it should go on.
    assert up(small, stack, WEB + JOB) == "same"
