"""What a manifest says of a stack that was there before: its name at Portainer, and whose its routes are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import DnsPublication, SitePlan

COMPOSE = """\
services:
  web:
    image: nginx
    labels: ["traefik.http.routers.w.rule=Host(`w.home.lan`)"]
"""


def planned(folder: Path, ours: Mapping[str, Any], site: Mapping[str, Any] | None = None, **vm: Any) -> SitePlan:
    (folder / "stacks" / "web").mkdir(parents=True)
    network = {"interfaces": {"address": "10.0.0.13/24"}}
    (folder / "site.yaml").write_text(json.dumps({"domain_name": "home.lan", "network": network, **(site or {})}))
    machine = {"vmid": 201, "name": "apps", "network_config": {"ip": "10.0.0.21/24"}, "portainer_role": "agent"}
    machine |= {"portainer_environment_name": "apps", "docker_stacks": ["web"], **vm}
    (folder / "vms.yaml").write_text(json.dumps({"vms": [machine]}))
    (folder / "lxcs.yaml").write_text(
        json.dumps({"lxc_configs": {"102": {"name": "traefik", "network_config": {"ip": "10.0.0.12/24"}}}})
    )
    (folder / "stacks" / "web" / "docker-compose.yml").write_text(COMPOSE)
    (folder / "stacks" / "web" / "phoenix.json").write_text(json.dumps({"x-phoenix": ours}))
    return plan_site(load_configuration(folder, Settings()))


def test_a_stack_keeps_the_name_that_it_has_at_portainer(tmp_path: Path) -> None:
    (stack,) = planned(tmp_path, {"project": "old_name", "routes": False}).stacks
    assert (stack.project, stack.compose, stack.problems) == ("old_name", COMPOSE, ())


@pytest.mark.parametrize("name", ["Old", "-old", "old name", ""])
def test_a_name_that_portainer_does_not_keep_is_refused(name: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, {"project": name})
    (stack,) = plan.stacks
    assert any("project" in str(problem.location.path if problem.location else "") for problem in stack.blocking)


def test_labels_make_no_routes_where_others_read_them(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"routes": False})
    (stack,) = plan.stacks
    assert (stack.routes, stack.problems) == ({}, ())


def test_with_routes_its_port_has_to_be_published(tmp_path: Path) -> None:
    (stack,) = planned(tmp_path, {}).stacks
    assert stack.problems
    assert not stack.blocking


def test_without_a_back_end_for_records_hosts_files_are_nobodys(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"routes": False}, {"dns_server": {"backend": "none"}})
    assert (plan.dns, plan.nodes[0].hosts, plan.publication) == ((), (), DnsPublication("none"))


def test_an_agent_that_is_known_by_its_address_wants_no_record(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"routes": False}, portainer_agent_hostname="10.0.0.21")
    assert plan.environments[0].url == "tcp://10.0.0.21:9001"
    assert not [problem for problem in plan.problems if "10.0.0.21" in problem.message]
