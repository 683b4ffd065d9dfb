"""An agent that dies between two runs blocks its VM's stacks and nothing else."""

from __future__ import annotations

import pytest
import requests

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask

pytestmark = pytest.mark.engine


def switch_agent(rehearsal, vmid: int, *, up: bool) -> None:
    with requests.Session() as session:
        session.trust_env = False
        path = f"{rehearsal.lab.portainer_url}/lab/hosts/{vmid}/agent"
        assert session.post(path, json={"up": up}, verify=rehearsal.lab.ca_file, timeout=10).status_code == 204


def test_its_stacks_are_not_reachable_their_routes_stay_and_the_next_run_heals_it(start_lab) -> None:
    rehearsal = start_lab(settings={"deployTimeout": "20", "requestTimeout": "5"})
    rehearsal.must_up()
    vmid = rehearsal.stack("grafana").vmid
    containers = rehearsal.by_hand.container_ids()
    switch_agent(rehearsal, vmid, up=False)
    edited = next(stack for stack in rehearsal.plan.stacks if stack.vmid != vmid and not stack.bootstrap)
    rehearsal.by_hand.edit(edited.project, f"{edited.compose}\n# by hand\n")
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 3, done.output
    # Told once for all stacks of the VM, with the cure.
    assert done.output.count("not reachable: The agent of Portainer's environment") == 1
    assert f"grafana@{vmid}, " in done.output
    assert "docker start portainer_agent" in done.output
    assert "Traceback" not in done.output
    # The other VM's drift was repaired all the same, and every route is still answered.
    assert rehearsal.by_hand.file(edited.project) == edited.compose
    for route in expected_routes(rehearsal.plan):
        assert route.matches(ask(rehearsal.lab.traefik_url, route.host, route.path)), route
    switch_agent(rehearsal, vmid, up=True)
    healed = rehearsal.phoenix("sync", "all", "--yes")
    assert healed.code == 0, healed.output
    assert rehearsal.by_hand.container_ids() == containers
    rehearsal.must_be_in_sync()
