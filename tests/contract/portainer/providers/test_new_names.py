"""What a new name has adopted in a run is not deleted by the old one at its end."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"


def test_a_vm_with_another_number_and_another_environment_name(world: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """Both at once, so that neither name nor place tells the inventory that it is the same machine."""
    stack = world.stack()
    stack.up(world.inputs(WEB))
    before, number = world.containers()["web"].id, world.environment.state["environment_id"]
    world.connect()
    old = world.environment
    world.environment = moved = world.declared(PortainerEndpointProvider())
    moved.up(world.environment_inputs(111, resource="environment@211", environment="renamed"))
    assert moved.state["environment_id"] == number
    again = world.stack()
    again.up(world.inputs(WEB, resource="web@211", environment="renamed"))
    # The engine deletes last, in the process that has adopted.
    stack.state["stack_id"] = float(stack.state["stack_id"])  # as numbers come back from the engine
    stack.destroy()
    old.destroy()
    assert world.containers()["web"].id == before
    assert [item["EndpointId"] for item in world.records()] == [number]
    assert [item["Name"] for item in world.api.call("GET", "/api/endpoints").json()] == ["renamed"]
    assert f"stack {again.state['stack_id']} stays in Portainer: web@111 is web@211 now" in capfd.readouterr().err
    world.connect()
    assert moved.up(world.environment_inputs(111, resource="environment@211", environment="renamed")) == "same"
    assert again.up(world.inputs(WEB, resource="web@211", environment="renamed")) == "same"


def test_a_stack_that_really_leaves_is_deleted(world: Any) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB))
    world.connect()
    other = world.stack()
    other.up(world.inputs(WEB, project="other-production", resource="other@111"))
    stack.destroy()
    assert world.records() == []
    assert len(world.records("other-production")) == 1
