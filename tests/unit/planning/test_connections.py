"""The connections that no change of the firewall may cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.connections import as_input, completed
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.site_plan import Connection

SITE = """\
domain_name: home.lan
dns_server: {enabled: DNS}
network: {portainer_server_ip: 10.0.0.110, NODE}
"""
LXCS = "lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n"
VMS = """\
vms:
  - {vmid: 110, name: portainer, network_config: {ip: 10.0.0.110/24}, portainer_role: primary,
     traefik_service: {name: admin, port: 9443}}
  - {vmid: 111, name: apps, network_config: {ip: 10.0.0.111/24}, portainer_role: agent,
     portainer_environment_name: apps}
  - {vmid: 112, name: roaming, network_config: {ip: dhcp}}
"""
HERE = "interfaces: {address: 10.0.0.13/24}"


def connections(folder: Path, node: str = HERE, dns: str = "true", **settings: str) -> dict[str, Connection]:
    (folder / "site.yaml").write_text(SITE.replace("NODE", node).replace("DNS", dns))
    (folder / "vms.yaml").write_text(VMS)
    (folder / "lxcs.yaml").write_text(LXCS)
    plan = plan_site(load_configuration(folder, Settings.from_raw(settings)))
    return {one.name: one for one in plan.connections}


def ends(one: Connection) -> tuple[str, str, str, int, int, int]:
    return one.source, one.dest, one.proto, one.port, one.from_guest, one.to_guest


def test_who_has_to_reach_whom(tmp_path: Path) -> None:
    assert {name: ends(one) for name, one in connections(tmp_path).items()} == {
        "api@pve": ("", "10.0.0.13", "tcp", 8006, 0, 0),
        "ssh@pve": ("", "10.0.0.13", "tcp", 22, 0, 0),
        "agent@111": ("10.0.0.110", "10.0.0.111", "tcp", 9001, 110, 111),
        "backend@110:9443": ("10.0.0.12", "10.0.0.110", "tcp", 9443, 102, 110),
        "dns@102": ("10.0.0.12", "10.0.0.13", "udp", 53, 102, 0),
        "dns@110": ("10.0.0.110", "10.0.0.13", "udp", 53, 110, 0),
        "dns@111": ("10.0.0.111", "10.0.0.13", "udp", 53, 111, 0),
    }


@pytest.mark.parametrize(
    ("dns", "server", "asked"),
    [
        ("false", "10.0.0.13:5353", {102: ("10.0.0.13", 0), 110: ("10.0.0.13", 0), 111: ("10.0.0.13", 0)}),
        ("true", "10.0.0.110", {102: ("10.0.0.110", 110), 111: ("10.0.0.110", 110)}),
        pytest.param("true", "192.168.1.1", {}, id="a server that nothing here filters"),
        ("false", None, {}),
    ],
)
def test_guests_ask_the_server_of_the_settings(
    tmp_path: Path, dns: str, server: str | None, asked: dict[int, tuple[str, int]]
) -> None:
    found = connections(tmp_path, dns=dns, **({"dnsServer": server} if server else {}))
    names = {one.from_guest: one for name, one in found.items() if name.startswith("dns@")}
    assert {number: (one.dest, one.to_guest) for number, one in names.items()} == asked
    assert {one.port for one in names.values()} <= {53}


@pytest.mark.parametrize(
    ("node", "address"),
    [
        ("nodes: {pve: {address: 10.0.0.14/24}}", "10.0.0.14"),
        ("nodes: {pve2: {address: 10.0.0.14/24}}", ""),
        ("portainer_agent_port: 9001", ""),
    ],
)
def test_the_node_is_found_where_the_site_names_it(tmp_path: Path, node: str, address: str) -> None:
    assert connections(tmp_path, node=node)["api@pve"].dest == address


def test_what_only_this_machine_knows_is_filled_in() -> None:
    api = as_input(Connection("api@pve", "the API", "", "", "tcp", 8006))
    assert [ends(one) for one in completed([api], "10.0.0.50", "10.0.0.13", {"10.0.0.50": 120.0})] == [
        ("10.0.0.50", "10.0.0.13", "tcp", 8006, 120, 0)
    ]
    assert completed([api], "", "10.0.0.13", {}) == []
    to_node = as_input(Connection("api@pve", "the API", "", "10.0.0.13", "tcp", 8006))
    (on_the_node,) = completed([to_node], "127.0.0.1", "127.0.0.1", {})
    assert on_the_node.source == on_the_node.dest == "10.0.0.13"
    assert completed([api], "10.0.0.50", "", {}) == []
    other = Connection("dns@1", "DNS", "10.0.0.2", "10.0.0.3", "udp", 53, 1)
    assert completed([as_input(other)], "10.0.0.2", "10.0.0.13", {"10.0.0.2": 7}) == [other]
