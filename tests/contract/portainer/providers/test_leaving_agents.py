"""A VM that leaves the files: its agent's name leaves DNS before its stacks are removed through that agent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.stacks.leaving.agent_ways import AgentWays
from phoenix_providers.planning.stacks.leaving.leaving_environments import LeavingEnvironment

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
NAME = "agent.lab.test"


@pytest.fixture
def stacks(world: Any) -> list[Any]:
    """Two stacks on an environment that is known by name."""
    world.lab.names[NAME] = world.lab.address(111)
    world.environment.up(world.environment_inputs(111, url=f"tcp://{NAME}:9001"))
    made = []
    for project in ("web-production", "other-production"):
        one = world.stack()
        one.up(world.inputs(WEB, project=project, resource=f"{project.partition('-')[0]}@111"))
        made.append(one)
    return made


def leaving(world: Any, **more: Any) -> LeavingEnvironment:
    """Begin a run in which it leaves."""
    one = LeavingEnvironment(
        "environment@111",
        "vm111",
        int(world.environment.state["environment_id"]),
        f"tcp://{NAME}:9001",
        f"tcp://{world.lab.address(111)}:9001",
    )
    one = replace(one, **more)
    world.connect().notes.agent_ways = AgentWays([one])
    return one


def url(world: Any) -> str:
    number = int(world.environment.state["environment_id"])
    return str(next(one["URL"] for one in world.api.call("GET", "/api/endpoints").json() if one["Id"] == number))


def test_without_its_name_it_is_led_to_its_address_once_for_all_stacks(world: Any, stacks: list[Any]) -> None:
    leaving(world)
    del world.lab.names[NAME]
    seen = world.requests_of(lambda: [one.destroy() for one in stacks])
    assert world.records() == world.records("other-production") == []
    assert world.containers() == world.containers("other-production") == {}
    assert len([one for one in seen if one["method"] == "PUT"]) == 1
    world.environment.destroy()
    assert [one["Name"] for one in world.api.call("GET", "/api/endpoints").json()].count("vm111") == 0


def test_a_name_that_still_leads_there_is_left_alone(world: Any, stacks: list[Any]) -> None:
    leaving(world)
    stacks[0].destroy()
    assert world.records() == []
    assert NAME in url(world)


def test_a_name_that_was_handed_on_is_not_followed(world: Any, stacks: list[Any]) -> None:
    """On the other machine a stack of the same name may run."""
    leaving(world, handed_on=True)
    world.lab.names[NAME] = world.lab.address(112)
    world.by_hand(WEB, vmid=112)
    before = world.containers(vmid=112)["web"].id
    stacks[0].destroy()
    assert world.containers() == {}
    assert world.containers(vmid=112)["web"].id == before


def test_who_gets_the_name_does_not_get_the_environment(world: Any, stacks: list[Any]) -> None:
    one = leaving(world, handed_on=True)
    world.lab.names[NAME] = world.lab.address(112)
    other = world.declared(type(world.environment._provider)())
    other.up(world.environment_inputs(112, url=one.url))
    assert other.state["failure"] == ""
    assert other.state["environment_id"] != one.number
    assert world.lab.address(111) in url(world)
    for stack in stacks:
        stack.destroy()
    assert world.containers() == {}


@pytest.mark.parametrize("known", [True, False])
def test_silence_is_an_error_that_names_the_way_on_and_nothing_is_lost(
    world: Any, stacks: list[Any], known: bool
) -> None:
    world.hurry()
    leaving(world, **({} if known else {"address": ""}))
    del world.lab.names[NAME]
    world.agent(up=False)
    for stack in stacks:
        with pytest.raises(Exception, match="VM 111 leaves, and its agent does not answer") as raised:
            stack.destroy()
        assert "phoenix sync all --forget-gone" in str(raised.value)
        assert "environment vm111" in str(raised.value)
    assert world.records()
    # The next run, with its agent up again, goes on from there.
    world.agent(up=True)
    if known:
        leaving(world)
        for stack in stacks:
            stack.destroy()
        assert world.records() == world.records("other-production") == []
        assert world.containers() == {}


def test_what_the_verdict_had_to_say_is_said_all_the_same(
    world: Any, stacks: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    from phoenix_providers.errors import DeploymentError

    world.hurry()
    leaving(world)
    clients_of_run.current().notes.unsaid = DeploymentError("1 of 3 is not as declared", ())
    world.agent(up=False)
    for stack in stacks:
        with pytest.raises(Exception, match="does not answer"):
            stack.destroy()
    assert capsys.readouterr().err.count("1 of 3 is not as declared") == 1
