from __future__ import annotations

from collections.abc import Callable

import pytest

from phoenix_providers.errors import UsageError
from phoenix_providers.planning.site.scope import resolve_stack
from phoenix_providers.planning.site_plan import SitePlan

COMPOSE = "services:\n  web:\n    image: nginx\n"
MACHINES = [
    {"vmid": 201, "name": "apps", "network_config": {"ip": "10.0.0.21/24"}, "portainer_role": "agent",
     "portainer_environment_name": "apps", "docker_stacks": ["grafana", "wiki"]},
    {"vmid": 202, "name": "media", "network_config": {"ip": "10.0.0.22/24"}, "portainer_role": "agent",
     "portainer_environment_name": "media", "docker_stacks": ["wiki"]},
]  # fmt: skip


@pytest.fixture
def plan(make_plan: Callable[..., SitePlan]) -> SitePlan:
    return make_plan({"grafana": (COMPOSE, {}), "wiki": (COMPOSE, {})}, vms=MACHINES)


def test_a_stack_is_found_by_name_and_vm(plan: SitePlan) -> None:
    assert resolve_stack(plan, "wiki", 202).resource_name == "wiki@202"


@pytest.mark.parametrize(
    ("name", "vmid", "says"),
    [
        ("grafna", 201, "did you mean grafana?"),
        ("grafna", 201, "next:     phoenix sync stack grafana to 201"),
        ("grafana", 202, "phoenix sync stack grafana to 201"),
        ("grafana", 999, "No stack grafana is declared for VM 999, which has no stacks at all"),
        ("nothing", 999, "201, 202"),
        ("zzz", 201, "VM 201 runs grafana, wiki"),
    ],
)
def test_what_does_not_exist_gets_the_nearest_that_does(plan: SitePlan, name: str, vmid: int, says: str) -> None:
    with pytest.raises(UsageError, match="No stack") as caught:
        resolve_stack(plan, name, vmid)
    assert says in str(caught.value)
    assert caught.value.exit_code == 2
