"""`env_file: stack.env`, which Portainer writes beside the compose file, but only for a list that is not empty."""

from __future__ import annotations

from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
FORMS = {
    "string": "    env_file: stack.env\n",
    "relative": "    env_file: ./stack.env\n",
    "list": "    env_file: [stack.env]\n",
    "block": "    env_file:\n      - ././stack.env\n",
    "path": "    env_file:\n      - path: stack.env\n",
    "not required": "    env_file:\n      - path: ./stack.env\n        required: false\n",
    "variable": "    env_file: ${FILE:-stack.env}\n",
}


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_stack_without_variables_that_names_it_is_deployed(world: Any, form: str) -> None:
    stack = world.stack()
    assert up(world, stack, WEB + form) == "create"
    assert stack.state["failure"] == ""
    assert world.containers()["web"].running
    assert stack.state["env"] == {}
    assert up(world, stack, WEB + form) == "same"


def test_a_running_stack_that_begins_to_name_it_keeps_running(world: Any) -> None:
    stack, form = world.stack(), FORMS["block"]
    up(world, stack, WEB)
    assert up(world, stack, WEB + form) == "update"
    assert stack.state["failure"] == ""
    assert world.containers()["web"].running
    assert up(world, stack, WEB + form) == "same"
    # Variables that come and go arrive, and are gone.
    assert up(world, stack, WEB + form, env={"A": "1"}) == "update"
    assert world.containers()["web"].environment["A"] == "1"
    assert up(world, stack, WEB + form) == "update"
    assert "A" not in world.containers()["web"].environment
    assert up(world, stack, WEB + form) == "same"


def test_a_version_that_names_it_comes_back_without_variables(new_world: Any) -> None:
    world = new_world("blocking")
    world.bring_environment_up()
    stack, good = world.stack(), WEB + FORMS["string"]
    up(world, stack, good)
    up(world, stack, good.replace("[sleep, '3600']", "['/no/such/program']"))
    assert "was put back and runs" in stack.state["failure"]
    up(world, stack, good)
    assert (stack.state["failure"], up(world, stack, good)) == ("", "same")


def test_what_runs_with_an_empty_list_is_adopted_without_a_restart(world: Any) -> None:
    text = WEB + FORMS["not required"]
    number = world.environment.state["environment_id"]
    world.api.deployed(world.api.create_stack(number, "web-production", text, []))
    before, stack = world.containers()["web"].id, world.stack()
    seen = world.requests_of(lambda: up(world, stack, text))
    assert [item["path"] for item in seen if item["method"] not in {"GET"}] == ["/api/auth"]
    assert (stack.state["failure"], world.containers()["web"].id) == ("", before)
    assert up(world, stack, text) == "same"


def test_a_stack_that_does_not_name_it_gets_no_value_of_ours(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    assert (world.records()[0]["Env"] or []) == []
