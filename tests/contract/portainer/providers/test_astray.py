"""An environment that leads to another engine by now: a run for one stack sends nothing there."""

from __future__ import annotations

from typing import Any

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CHANGED = WEB + "    labels: [a=b]\n"


def up(world: Any, stack: Any, compose: str) -> str:
    world.connect()
    address = f"tcp://{world.lab.address(111)}:9001"
    return str(stack.up(world.inputs(compose, environment_urls=[f"tcp://vm111.{world.lab.site.domain}:9001", address])))


def lead(world: Any, vmid: int) -> None:
    number = world.environment.state["environment_id"]
    url = f"tcp://{world.lab.address(vmid)}:9001"
    settings = {"URL": url, "TLS": True, "TLSSkipVerify": True, "TLSSkipClientVerify": True}
    assert world.api.call("PUT", f"/api/endpoints/{number}", json=settings).ok


def test_a_change_is_not_sent_to_another_vm(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    lead(world, 112)
    seen = world.requests_of(lambda: up(world, stack, CHANGED))
    assert not [one for one in seen if one["method"] != "GET" and "/auth" not in one["path"]]
    assert "leads to another place than it did" in stack.state["failure"]
    assert f"tcp://{world.lab.address(111)}:9001" in stack.state["failure"]
    assert world.containers(vmid=112) == {}
    lead(world, 111)
    assert up(world, stack, CHANGED) == "update"
    assert stack.state["failure"] == ""
    assert up(world, stack, CHANGED) == "same"


def test_a_new_stack_is_not_made_on_another_vm(world: Any) -> None:
    lead(world, 112)
    stack = world.stack()
    up(world, stack, WEB)
    assert "phoenix sync all" in stack.state["failure"]
    assert world.records() == []
    lead(world, 111)
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert set(world.containers()) == {"web"}
