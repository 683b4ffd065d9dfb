"""Reading is cheap: one list of each kind, shared by all resources and threads. So is a first deploy."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider
from phoenix_providers.resources.portainer_stack import PortainerStackProvider

ENVIRONMENTS, STACKS_EACH = 6, 10
WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"


def declared_stacks(world: Any, environments: int, each: int) -> list[tuple[Any, dict[str, Any]]]:
    """Bring environments up, and return them with stacks that nobody has brought up yet."""
    declared = type(world.environment)
    resources: list[tuple[Any, dict[str, Any]]] = []
    for vmid in range(111, 111 + environments):
        world.environment = declared(PortainerEndpointProvider())
        world.environment.up(inputs := world.environment_inputs(vmid))
        resources.append((world.environment, inputs))
        for index in range(each):
            names = {"project": f"s{index}-{vmid}", "resource": f"s{index}@{vmid}", "environment": f"vm{vmid}"}
            resources.append((declared(PortainerStackProvider()), world.inputs(WEB, **names)))
    return resources


def test_an_unchanged_run_of_sixty_stacks(new_world: Any, style: str) -> None:
    world = new_world(style, agents=ENVIRONMENTS, deploy_seconds=0.0)
    resources = declared_stacks(world, ENVIRONMENTS, STACKS_EACH)
    for resource, inputs in resources:
        resource.up(inputs)
        assert resource.state["failure"] == ""
    world.connect()

    def run() -> None:
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(lambda pair: pair[0].up(pair[1]), resources)) == {"same"}

    seen = world.requests_of(run)
    assert len(seen) <= 4 + 2 * ENVIRONMENTS, [item["path"] for item in seen]


@pytest.mark.parametrize("at_once", [4, 24])
def test_a_first_deploy(new_world: Any, style: str, at_once: int) -> None:
    world = new_world(style, agents=2, deploy_seconds=0.1, settings={"settle": 1.0})
    stacks = [pair for pair in declared_stacks(world, 2, 12) if "compose" in pair[1]]
    world.connect()

    def run() -> None:
        with ThreadPoolExecutor(at_once) as pool:
            assert set(pool.map(lambda pair: pair[0].up(pair[1]), stacks)) == {"create"}

    seen = world.requests_of(run)
    assert {stack.state["failure"] for stack, _ in stacks} == {""}
    # A server that answers at once is asked until the deploy has ended.
    assert len(seen) <= (4 if style == "blocking" else 6) * len(stacks), [item["path"] for item in seen]


def test_one_changed_stack(new_world: Any, style: str) -> None:
    world = new_world(style, agents=1, settings={"settle": 1.0})
    (_, (stack, inputs)) = declared_stacks(world, 1, 1)
    stack.up(inputs)
    world.connect()
    seen = world.requests_of(lambda: stack.up({**inputs, "compose": WEB.replace("3600", "3700")}))
    waiting = [item for item in seen if re.fullmatch(r"/api/stacks/\d+", item["path"]) and item["method"] == "GET"]
    assert stack.state["failure"] == ""
    assert len(seen) - len(waiting) <= 11, [item["path"] for item in seen]
