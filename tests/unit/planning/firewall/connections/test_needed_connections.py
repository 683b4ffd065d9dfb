"""The connections that no change of the firewall may cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.firewall.connections.needed_connections import completed
from phoenix_providers.planning.site.derive import plan_site
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
        "portainer-api": ("", "10.0.0.110", "tcp", 9443, 0, 110),
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
    api = Connection("api@pve", "the API", "", "", "tcp", 8006)
    assert [ends(one) for one in completed([api], "10.0.0.50", "10.0.0.13", {"10.0.0.50": 120})] == [
        ("10.0.0.50", "10.0.0.13", "tcp", 8006, 120, 0)
    ]
    assert completed([api], "", "10.0.0.13", {}) == []
    to_node = Connection("api@pve", "the API", "", "10.0.0.13", "tcp", 8006)
    (on_the_node,) = completed([to_node], "127.0.0.1", "127.0.0.1", {})
    assert on_the_node.source == on_the_node.dest == "10.0.0.13"
    assert completed([api], "10.0.0.50", "", {}) == []
    other = Connection("dns@1", "DNS", "10.0.0.2", "10.0.0.3", "udp", 53, 1)
    assert completed([other], "10.0.0.2", "10.0.0.13", {"10.0.0.2": 7}) == [other]


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
    first = Connection("ssh@pve", "SSH", "", "10.0.0.13", "tcp", 22)
    second = Connection("ssh@pve2", "SSH", "", "10.0.0.14", "tcp", 22, node="pve2")
    found = completed([first, second], here, there, {})
    assert tuple(one.source for one in found) == sources
    assert [one.node for one in found] == ["", "pve2"]


@pytest.mark.parametrize(
    ("setting", "value", "name", "found"),
    [
        ("portainerUrl", "https://10.0.0.111", "portainer-api", ("10.0.0.111", 443, 111, "")),
        ("portainerUrl", "https://portainer.home.lan:9443", "portainer-api", ("portainer.home.lan", 9443, 0, "")),
        ("portainerUrl", "https://[fd00::1]:9443", "portainer-api", ("fd00::1", 9443, 0, "")),
        ("traefikApiUrl", "http://10.0.0.12", "traefik-api", ("10.0.0.12", 80, 102, "")),
        ("traefikApiUrl", "http://10.0.0.12:8081", "traefik-api", ("10.0.0.12", 8081, 102, "")),
        ("traefikTarget", "ssh://root@10.0.0.12/etc/traefik", "traefik-target", ("10.0.0.12", 22, 102, "")),
        ("traefikTarget", "ssh://root@10.0.0.12:2222/etc/traefik", "traefik-target", ("10.0.0.12", 2222, 102, "")),
        ("traefikTarget", "pct://root@10.0.0.13/102/etc/traefik", "traefik-target", ("10.0.0.13", 22, 0, "")),
        ("traefikTarget", "pct://root@10.0.0.14/102/etc/traefik", "traefik-target", ("10.0.0.14", 22, 0, "pve2")),
        ("traefikTarget", "/srv/traefik", "traefik-target", None),
        ("traefikTarget", "", "traefik-target", None),
    ],
)
def test_the_sync_reaches_what_it_asks_and_where_it_delivers_to(
    tmp_path: Path, setting: str, value: str, name: str, found: tuple[str, int, int, str] | None
) -> None:
    nodes = HERE + ", nodes: {pve2: {address: 10.0.0.14/24}}"
    one = connections(tmp_path, node=nodes, **({setting: value} if value else {})).get(name)
    assert (one and (one.dest, one.port, one.to_guest, one.node)) == found
    assert one is None or (one.source, one.proto) == ("", "tcp")


def test_dnsmasq_is_delivered_to_only_as_the_back_end(tmp_path: Path) -> None:
    target = "true, target: 'ssh://root@10.0.0.13/etc/hosts.d'"
    assert "dnsmasq-target" not in connections(tmp_path, dns=target)
    one = connections(tmp_path, dns=f"{target}, backend: dnsmasq")["dnsmasq-target"]
    assert (one.dest, one.port, one.to_guest) == ("10.0.0.13", 22, 0)


def test_a_traefik_that_is_found_by_the_word_in_its_name_reaches_back_ends(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE.replace("NODE", HERE).replace("DNS", "true"))
    (tmp_path / "vms.yaml").write_text(VMS)
    (tmp_path / "lxcs.yaml").write_text(LXCS.replace("name: traefik", "name: Traefik-Internal"))
    plan = plan_site(load_configuration(tmp_path, Settings()))
    assert "backend@110:9443" in {one.name for one in plan.connections}


NODE = Connection("api@pve", "the API", "", "10.0.0.13", "tcp", 8006)
PORTAINER = Connection("portainer-api", "Portainer", "", "portainer.lan", "tcp", 9443)


@pytest.mark.parametrize(
    ("here", "there", "seen", "expected"),
    [
        pytest.param(
            "10.0.0.50", "10.0.0.13", ("", "10.0.0.110"), ("10.0.0.50", "10.0.0.110", 0, 110, "", False), id="a guest"
        ),
        pytest.param(
            "10.0.0.50",
            "10.0.0.13",
            ("10.9.0.50", "10.0.0.110"),
            ("10.9.0.50", "10.0.0.110", 0, 110, "", False),
            id="from another address of this machine",
        ),
        pytest.param(
            "10.0.0.111",
            "10.0.0.13",
            ("", "10.0.0.110"),
            ("10.0.0.111", "10.0.0.110", 111, 110, "", False),
            id="from one",
        ),
        pytest.param(
            "10.0.0.13",
            "10.0.0.13",
            ("", "10.0.0.110"),
            ("10.0.0.13", "10.0.0.110", 0, 110, "", True),
            id="from the node",
        ),
        pytest.param(
            "127.0.0.1",
            "127.0.0.1",
            ("127.0.0.1", "10.0.0.110"),
            ("10.0.0.13", "10.0.0.110", 0, 110, "", True),
            id="from the node, whatever it calls itself",
        ),
        pytest.param("10.0.0.50", "10.0.0.13", ("", ""), None, id="a name that nobody knows"),
        pytest.param("10.0.0.110", "10.0.0.13", ("", "10.0.0.110"), None, id="itself"),
    ],
)
def test_both_ends_of_a_connection_to_a_product_are_found(
    here: str, there: str, seen: tuple[str, str], expected: tuple[object, ...] | None
) -> None:
    guests = {"10.0.0.110": 110, "10.0.0.111": 111}
    found = {one.name: one for one in completed([NODE, PORTAINER], here, there, guests, lambda one: (*seen, one.port))}
    one = found.get("portainer-api")
    ends_of = one and (one.source, one.dest, one.from_guest, one.to_guest, one.node, one.from_node)
    assert ends_of == expected
