"""The connections that no change of the firewall may cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.connections import as_input, completed
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.site_plan import Connection, SitePlan

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
  - {vmid: 113, name: away, node: pve2, network_config: {ip: 10.0.0.113/24}, portainer_role: agent,
     portainer_environment_name: away}
  - {vmid: 112, name: roaming, network_config: {ip: dhcp}}
"""
HERE = "interfaces: {address: 10.0.0.13/24}"


def planned(folder: Path, node: str = HERE, dns: str = "true", **settings: str) -> SitePlan:
    (folder / "site.yaml").write_text(SITE.replace("NODE", node).replace("DNS", dns))
    (folder / "vms.yaml").write_text(VMS)
    (folder / "lxcs.yaml").write_text(LXCS)
    return plan_site(load_configuration(folder, Settings.from_raw(settings)))


def connections(folder: Path, node: str = HERE, dns: str = "true", **settings: str) -> dict[str, Connection]:
    return {one.name: one for one in planned(folder, node, dns, **settings).connections}


def ends(one: Connection) -> tuple[str, str, str, int, int, int]:
    return one.source, one.dest, one.proto, one.port, one.from_guest, one.to_guest


def test_who_has_to_reach_whom(tmp_path: Path) -> None:
    assert {name: ends(one) for name, one in connections(tmp_path).items()} == {
        "api@pve": ("", "10.0.0.13", "tcp", 8006, 0, 0),
        "ssh@pve": ("", "10.0.0.13", "tcp", 22, 0, 0),
        "agent@111": ("10.0.0.110", "10.0.0.111", "tcp", 9001, 110, 111),
        "backend@110:9443": ("10.0.0.12", "10.0.0.110", "tcp", 9443, 102, 110),
        "agent@113": ("10.0.0.110", "10.0.0.113", "tcp", 9001, 110, 113),
        "dns@102": ("10.0.0.12", "10.0.0.13", "udp", 53, 102, 0),
        "dns@110": ("10.0.0.110", "10.0.0.13", "udp", 53, 110, 0),
        "dns@111": ("10.0.0.111", "10.0.0.13", "udp", 53, 111, 0),
        "dns@113": ("10.0.0.113", "10.0.0.13", "udp", 53, 113, 0),
    }


@pytest.mark.parametrize(
    ("dns", "server", "asked"),
    [
        ("false", "10.0.0.13:5353", dict.fromkeys((102, 110, 111, 113), ("10.0.0.13", 0))),
        ("true", "10.0.0.110", dict.fromkeys((102, 111, 113), ("10.0.0.110", 110))),
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


def test_every_node_whose_address_is_known_is_reached(tmp_path: Path) -> None:
    nodes = HERE + ", nodes: {pve2: {address: 10.0.0.14/24}, pve3: {static_hosts: []}}"
    found = connections(tmp_path, node=nodes, dnsServer="10.0.0.14")
    to_nodes = {name: (one.dest, one.port, one.node) for name, one in found.items() if name[:4] in ("api@", "ssh@")}
    assert to_nodes == {
        "api@pve": ("10.0.0.13", 8006, ""),
        "ssh@pve": ("10.0.0.13", 22, ""),
        "api@pve2": ("10.0.0.14", 8006, "pve2"),
        "ssh@pve2": ("10.0.0.14", 22, "pve2"),
    }
    assert (found["dns@110"].dest, found["dns@110"].node) == ("10.0.0.14", "pve2")
    assert (found["agent@111"].node, found["agent@113"].node) == ("", "pve2")


@pytest.mark.parametrize(
    ("node", "networks"),
    [
        pytest.param(f"{HERE}, nodes: {{pve2: {{address: 10.1.0.14/24}}}}", ("10.0.0.0/24", "10.1.0.0/24"), id="own"),
        pytest.param(f"{HERE}, nodes: {{pve2: {{address: 10.0.0.14/28}}}}", ("10.0.0.0/24", "10.0.0.0/28"), id="less"),
        pytest.param(f"{HERE}, nodes: {{pve2: {{address: 10.0.0.14}}}}", ("10.0.0.0/24", "10.0.0.0/24"), id="shared"),
        pytest.param(f"{HERE}, nodes: {{pve2: {{address: 10.9.0.14}}}}", ("10.0.0.0/24", "10.9.0.14/32"), id="unknown"),
        pytest.param("nodes: {pve2: {address: 10.0.0.14/24}}", ("", "10.0.0.0/24"), id="no address"),
    ],
)
def test_each_node_has_its_own_network(tmp_path: Path, node: str, networks: tuple[str, str]) -> None:
    assert planned(tmp_path, node=node).networks == dict(zip(("pve", "pve2"), networks, strict=True))


def test_a_guest_on_a_node_that_the_site_does_not_know_is_judged_by_the_one_of_the_settings(tmp_path: Path) -> None:
    assert connections(tmp_path)["agent@113"].node == ""


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


@pytest.mark.parametrize(
    ("here", "there", "sources"),
    [
        ("10.0.0.50", "10.0.0.13", ("10.0.0.50", "10.0.0.50")),
        pytest.param("127.0.0.1", "127.0.0.1", ("10.0.0.13", "10.0.0.13"), id="this machine is the first node"),
        pytest.param("10.0.0.14", "10.0.0.13", ("10.0.0.14", "10.0.0.14"), id="this machine is the second node"),
        pytest.param("10.0.0.14", "10.0.0.14", ("10.0.0.14", "10.0.0.14"), id="which is asked, too"),
    ],
)
def test_other_nodes_are_reached_from_the_same_machine(here: str, there: str, sources: tuple[str, str]) -> None:
    first = as_input(Connection("ssh@pve", "SSH", "", "10.0.0.13", "tcp", 22))
    second = as_input(Connection("ssh@pve2", "SSH", "", "10.0.0.14", "tcp", 22, node="pve2"))
    found = completed([first, second], here, there, {})
    assert tuple(one.source for one in found) == sources
    assert [one.node for one in found] == ["", "pve2"]
