"""Names of environments that are given while another environment still has them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider


def names(world: Any) -> dict[int, str]:
    return {item["Id"]: item["Name"] for item in world.api.call("GET", "/api/endpoints").json()}


def made(world: Any, *vmids: int) -> dict[int, Any]:
    world.connect()
    found = {vmid: type(world.environment)(PortainerEndpointProvider()) for vmid in vmids}
    for vmid, resource in found.items():
        resource.up(world.environment_inputs(vmid))
    return found


def together(world: Any, resources: dict[int, Any], wanted: dict[int, str]) -> dict[int, str]:
    """One run of all of them, side by side."""
    world.connect()
    with ThreadPoolExecutor() as pool:
        runs = {
            vmid: pool.submit(resources[vmid].up, world.environment_inputs(vmid, environment=name))
            for vmid, name in wanted.items()
        }
        return {vmid: run.result() for vmid, run in runs.items()}


@pytest.mark.parametrize(
    "wanted",
    [
        {111: "vm112", 112: "vm111"},
        {111: "vm112", 112: "vm113", 113: "vm111"},
        {111: "vm112", 112: "vm113", 113: "new"},
    ],
    ids=["two", "three in a circle", "three in a row"],
)
@pytest.mark.parametrize("style", ["blocking", "async"])
def test_environments_exchange_their_names_in_one_run(
    new_world: Callable[..., Any], style: str, wanted: dict[int, str]
) -> None:
    world = new_world(style, agents=3)
    resources = made(world, *wanted)
    numbers = {vmid: resource.state["environment_id"] for vmid, resource in resources.items()}
    together(world, resources, wanted)
    assert {vmid: resource.state["failure"] for vmid, resource in resources.items()} == dict.fromkeys(wanted, "")
    assert {vmid: names(world)[number] for vmid, number in numbers.items()} == wanted
    assert set(together(world, resources, wanted).values()) == {"same"}


def test_names_that_somebody_exchanged_by_hand_are_put_back(world: Any) -> None:
    resources = made(world, 111, 112)
    one, other = (resources[vmid].state["environment_id"] for vmid in (111, 112))
    for number, name in ((one, "between"), (other, "vm111"), (one, "vm112")):
        world.api.call("PUT", f"/api/endpoints/{number}", json={"Name": name})
    together(world, resources, {111: "vm111", 112: "vm112"})
    assert (names(world)[one], names(world)[other]) == ("vm111", "vm112")


def test_a_name_that_another_one_keeps_is_that_environments_failure_alone(world: Any) -> None:
    resources = made(world, 111)
    number = resources[111].state["environment_id"]
    world.api.call("PUT", f"/api/endpoints/{number}", json={"Name": "renamed"})
    foreign = world.api.create_environment(world.lab.agent_form(112, "vm111")).json()["Id"]
    world.hurry()
    for _ in range(2):
        together(world, resources, {111: "vm111"})
        failure = resources[111].state["failure"]
        assert f"vm111 (id {foreign}, " in failure
        assert "rename or remove the other one" in failure
        assert resources[111].state["environment_id"] == number
    assert names(world)[foreign] == "vm111"
    world.api.call("PUT", f"/api/endpoints/{foreign}", json={"Name": "elsewhere"})
    together(world, resources, {111: "vm111"})
    assert resources[111].state["failure"] == ""
    assert names(world)[number] == "vm111"
