"""Properties of the whole plan that are not about one rule of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.rendering import render
from phoenix_providers.planning.site_plan import HostsEntry, Resolver, SitePlan

COMPOSE = "services:\n  web:\n    image: nginx\n    ports:\n      - '8080:80'\n"
MakePlan = Callable[..., SitePlan]


def test_the_hosts_file_has_the_systems_lines_the_nodes_own_and_one_per_address(make_plan: MakePlan) -> None:
    vm = {
        "vmid": 201,
        "name": "apps",
        "network_config": {"ip": "10.0.0.9/24"},
        "dns_records": [
            {"hostname": "pve"},
            {"hostname": "proxmox", "ip": "10.0.0.13"},
            {"hostname": "six", "ip": "fd00::5"},
        ],
    }
    plan = make_plan(vms=[vm], node="pve")
    (node,) = plan.nodes
    assert node.hosts == (
        HostsEntry("127.0.0.1", ("localhost.localdomain", "localhost")),
        HostsEntry("10.0.0.13", ("pve.home.lan", "pve", "proxmox.home.lan")),
        HostsEntry("::1", ("ip6-localhost", "ip6-loopback")),
        HostsEntry("fe00::0", ("ip6-localnet",)),
        HostsEntry("ff00::0", ("ip6-mcastprefix",)),
        HostsEntry("ff02::1", ("ip6-allnodes",)),
        HostsEntry("ff02::2", ("ip6-allrouters",)),
        HostsEntry("ff02::3", ("ip6-allhosts",)),
        HostsEntry("10.0.0.9", ("apps.home.lan",)),
        HostsEntry("10.0.0.12", ("traefik.home.lan", "portainer.home.lan")),
        HostsEntry("fd00::5", ("six.home.lan",)),
    )


def test_without_the_nodes_address_there_is_an_error_and_no_hosts_file(make_plan: MakePlan) -> None:
    plan = make_plan(site={"network": {}})
    assert [node.hosts for node in plan.nodes] == [()]
    (problem,) = plan.problems
    assert "network.interfaces.address" in problem.expected


def test_the_resolver_has_up_to_three_servers(make_plan: MakePlan) -> None:
    servers = ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"]
    plan = make_plan(site={"resolver": {"servers": servers}})
    assert [node.resolver for node in plan.nodes] == [Resolver("home.lan", ("1.1.1.1", "2.2.2.2", "3.3.3.3"))]
    assert [problem.seen for problem in plan.problems] == ["4.4.4.4"]


@pytest.mark.parametrize("site", [{}, {"dns_server": {"enabled": True, "upstream_servers": ["1.1.1.1"]}}])
def test_whom_dnsmasq_asks_is_no_resolver_of_the_node(make_plan: MakePlan, site: dict[str, object]) -> None:
    plan = make_plan(site=site)
    assert [node.resolver for node in plan.nodes] == [None]
    assert plan.problems == ()


@pytest.mark.parametrize(("content", "changed"), [(b"price: $1", False), (b"price: $2", True), (b"price: $$1", True)])
def test_a_changed_file_changes_the_service_and_not_only_the_config(
    make_plan: MakePlan, content: bytes, changed: bool
) -> None:
    """The digest of the text `price: $$1`, as Compose gets it, mounted at /etc/a."""
    file_digest = hashlib.sha256(hashlib.sha256(b"/etc/a").digest() + hashlib.sha256(b"price: $$1").digest())
    manifest = {"files": [{"source": "a", "destination_in_container": "/etc/a"}]}
    (stack,) = make_plan({"web": (COMPOSE, manifest)}, files={"web/a": content}).stacks
    assert stack.compose is not None
    assert (f"sha256:{file_digest.hexdigest()}" not in stack.compose) is changed


def test_a_stack_without_additions_is_deployed_byte_by_byte(make_plan: MakePlan) -> None:
    text = "services:   {web: {image:   nginx, ports: ['8080:80']}}\n# end"
    (stack,) = make_plan({"web": (text, {})}).stacks
    assert stack.compose == text
    assert stack.services == ("web",)
    assert stack.host_ports == ("8080/tcp",)
    assert stack.blocking == ()


def test_no_value_of_a_variable_is_rendered(make_plan: MakePlan) -> None:
    manifest = {
        "variables": [{"name": "A", "value": "visible-value"}, {"name": "B", "value": {"secret": "KEY"}}],
    }
    plan = make_plan({"web": (COMPOSE + "    environment: ['A=${A}', 'B=$B']\n", manifest)}, secrets=["KEY"])
    (stack,) = render(plan)["stacks"]
    assert stack["env"] == ["A", "B"]
    assert "visible-value" not in json.dumps(render(plan))


def test_a_manifest_that_cannot_be_read_is_named(make_plan: MakePlan, tmp_path: Path) -> None:
    make_plan({"web": (COMPOSE, {})})
    (tmp_path / "config" / "stacks" / "web" / "phoenix.json").write_text("{ broken")
    plan = plan_site(load_configuration(tmp_path / "config", Settings()))
    assert plan.unknown_stacks == ("web",)
    assert plan.stacks[0].blocking
    assert plan.stacks[0].compose is None


def test_a_stacks_own_limits(make_plan) -> None:
    manifest = b'{"x-phoenix": {"timeout": "600", "settle": 0}}'
    plan = make_plan(
        {"web": (COMPOSE, {}), "other": (COMPOSE.replace("8080", "8081"), {})}, files={"web/phoenix.json": manifest}
    )
    assert {stack.name: stack.limits for stack in plan.stacks} == {"web": {"timeout": 600, "settle": 0}, "other": {}}


def test_limits_that_make_no_sense_block_the_stack(make_plan) -> None:
    plan = make_plan({"web": (COMPOSE, {})}, files={"web/phoenix.json": b'{"x-phoenix": {"timeout": "soon"}}'})
    assert [problem.location.path for problem in plan.stacks[0].blocking] == ["x-phoenix.timeout"]
