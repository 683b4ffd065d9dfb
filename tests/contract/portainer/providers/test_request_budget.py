"""Reading is cheap: one list of each kind, shared by all resources and threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider
from phoenix_providers.resources.portainer_stack import PortainerStackProvider

ENVIRONMENTS, STACKS_EACH = 6, 10
WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"


def test_an_unchanged_run_of_sixty_stacks(new_world: Any, style: str) -> None:
    world = new_world(style, agents=ENVIRONMENTS, deploy_seconds=0.0)
    declared = type(world.environment)
    resources: list[tuple[Any, dict[str, Any]]] = []
    for vmid in range(111, 111 + ENVIRONMENTS):
        environment = declared(PortainerEndpointProvider())
        environment.up(inputs := world.environment_inputs(vmid))
        resources.append((environment, inputs))
        number = environment.state["environment_id"]
        for index in range(STACKS_EACH):
            stack = declared(PortainerStackProvider())
            world.environment = environment
            inputs = world.inputs(WEB, project=f"s{index}-{vmid}", resource=f"s{index}@{vmid}")
            stack.up(inputs)
            assert (stack.state["failure"], inputs["environment_id"]) == ("", number)
            resources.append((stack, inputs))
    world.connect()

    def run() -> None:
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(lambda pair: pair[0].up(pair[1]), resources)) == {"same"}

    seen = world.requests_of(run)
    assert len(seen) <= 4 + 2 * ENVIRONMENTS, [item["path"] for item in seen]
