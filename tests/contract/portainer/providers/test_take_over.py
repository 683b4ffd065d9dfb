"""Projects that run without a record at Portainer."""

from __future__ import annotations

from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def without_record(world: Any) -> str:
    """Deploy a project whose record is then dropped, as a deletion with another environment does."""
    number = world.environment.state["environment_id"]
    stack = world.api.deployed(world.api.create_stack(number, "web-production", WEB))
    twin = world.api.create_environment(world.lab.agent_form(112, "twin")).json()["Id"]
    assert world.api.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={twin}").status_code == 204
    return str(world.containers()["web"].id)


def started_by_hand(world: Any) -> str:
    """Make it look as if `docker compose up` had been typed on the VM."""
    number = without_record(world)
    world.containers()["web"].labels["com.docker.compose.project.config_files"] = "/srv/web/docker-compose.yml"
    return number


def test_what_portainer_made_and_forgot_is_taken_over_unchanged(world: Any) -> None:
    before = without_record(world)
    stack = world.stack()
    up(world, stack, WEB)
    assert (stack.state["failure"], world.containers()["web"].id) == ("", before)
    assert up(world, stack, WEB) == "same"


def test_what_was_started_by_hand_is_left_alone_until_the_user_agrees(world: Any) -> None:
    before = started_by_hand(world)
    stack = world.stack()
    seen = world.requests_of(lambda: up(world, stack, WEB))
    assert "started outside Portainer" in stack.state["failure"]
    assert "phoenix:takeOver" in stack.state["failure"]
    assert [item for item in seen if item["method"] == "POST" and "/api/stacks" in item["path"]] == []
    assert world.containers()["web"].id == before
    world.settings["take_over"] = ("web@111",)
    up(world, stack, WEB)
    assert (stack.state["failure"], world.containers()["web"].id) == ("", before)
    assert up(world, stack, WEB) == "same"


def test_an_orphan_of_another_machine_is_not_taken(world: Any) -> None:
    other = world.api.create_environment(world.lab.agent_form(112, "other")).json()["Id"]
    orphan = world.api.deployed(world.api.create_stack(other, "web-production", WEB))
    world.api.call("DELETE", f"/api/endpoints/{other}")
    stack = world.stack()
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    by_id = {item["Id"]: item["EndpointId"] for item in world.records()}
    assert by_id == {orphan["Id"]: other, stack.state["stack_id"]: world.environment.state["environment_id"]}


def test_deleting_a_stack_whose_environment_is_gone_is_explained(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    world.api.call("DELETE", f"/api/endpoints/{world.environment.state['environment_id']}")
    world.connect()
    with pytest.raises(Exception, match="belongs to an environment that Portainer no longer has"):
        stack.destroy()


def test_deleting_what_is_gone_already_is_fine(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    record = world.records()[0]
    world.api.call("DELETE", f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}")
    world.connect()
    stack.destroy()
