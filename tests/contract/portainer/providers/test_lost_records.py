"""A stack whose record at Portainer is gone: its containers may run on, and a refresh reads what leaves as well."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.clients.portainer.silence import AGENT_CURE
from phoenix_providers.resources.provider import AS_DECLARED

GONE = "Portainer has it no more"
WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CANNOT_START = WEB.replace("[sleep, '3600']", "[/no/such/program]")


@pytest.fixture
def stack(world: Any) -> Any:
    """A stack that runs."""
    made = world.stack()
    made.up(world.inputs(WEB))
    assert made.state["failure"] == ""
    world.connect()
    return made


def forgotten(world: Any) -> str:
    """Have Portainer drop its record while its containers run on; return the container's id."""
    form = {"Name": "spare", "EndpointCreationType": "1", "URL": "unix:///var/run/docker.sock"}
    spare = world.api.create_environment(form).json()["Id"]
    (record,) = world.records()
    # With another environment the server removes nothing there, and the record all the same.
    world.api.call("DELETE", f"/api/stacks/{record['Id']}?endpointId={spare}")
    assert world.records() == []
    return str(world.containers()["web"].id)


def removed(world: Any) -> None:
    """Remove it at Portainer, containers and all."""
    (record,) = world.records()
    world.api.call("DELETE", f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}")
    assert (world.records(), world.containers()) == ([], {})


def test_one_that_leaves_takes_its_containers_with_it(world: Any, stack: Any) -> None:
    forgotten(world)
    stack.refresh()
    assert (stack.id, stack.state["observed"]) == ("web@111", GONE)
    stack.destroy()
    assert world.containers() == {}


def test_one_that_never_ran_well_takes_its_containers_with_it(world: Any) -> None:
    made = world.stack()
    made.up(world.inputs(WEB.replace("    restart", "    healthcheck: {test: [CMD, 'false']}\n    restart")))
    assert made.state["failure"]
    assert made.state.get("last_good") is None
    forgotten(world)
    world.connect()
    made.refresh()
    made.destroy()
    assert world.containers() == {}


def test_one_that_is_declared_is_brought_up_over_its_containers(world: Any, stack: Any) -> None:
    before = forgotten(world)
    assert stack.up(world.inputs(WEB)) == "update"
    assert stack.state["failure"] == ""
    assert (len(world.records()), str(world.containers()["web"].id)) == (1, before)
    world.connect()
    assert stack.up(world.inputs(WEB)) == "same"


def test_one_that_is_removed_with_all_that_it_had_is_made_again(world: Any, stack: Any) -> None:
    removed(world)
    assert stack.up(world.inputs(WEB)) == "update"
    assert (len(world.records()), set(world.containers()), stack.state["failure"]) == (1, {"web"}, "")
    world.connect()
    assert stack.up(world.inputs(WEB)) == "same"


def test_one_that_is_removed_and_leaves_is_gone(world: Any, stack: Any) -> None:
    removed(world)
    stack.refresh()
    seen = world.requests_of(stack.destroy)
    assert {item["path"] for item in seen if item["method"] not in {"GET", "HEAD"}} <= {"/api/auth"}


def test_a_look_costs_nothing_more_when_it_is_gone(world: Any, stack: Any) -> None:
    removed(world)
    seen = world.requests_of(stack.refresh)
    assert [item["path"] for item in seen if "/docker/" in item["path"]] == []


def test_what_failed_before_is_tried_again_and_what_worked_comes_back(world: Any, stack: Any) -> None:
    stack.up(world.inputs(CANNOT_START))
    assert stack.state["failed_digest"]
    removed(world)
    world.connect()
    stack.up(world.inputs(CANNOT_START))
    assert "failed to deploy before" not in stack.state["failure"]
    assert stack.state["failure"]
    (record,) = world.records()
    assert world.api.call("GET", f"/api/stacks/{record['Id']}/file").json()["StackFileContent"] == WEB


def test_a_silent_engine_is_not_an_empty_one(world: Any, stack: Any) -> None:
    forgotten(world)
    world.agent(up=False)
    stack.refresh()
    with pytest.raises(Exception, match="The agent of Portainer's environment vm111 does not answer") as caught:
        stack.destroy()
    assert AGENT_CURE in str(caught.value)
    world.agent(up=True)
    world.connect()
    stack.refresh()
    stack.destroy()
    assert world.containers() == {}


def test_one_that_is_there_is_as_declared(world: Any, stack: Any) -> None:
    stack.refresh()
    assert stack.state["observed"] == AS_DECLARED
