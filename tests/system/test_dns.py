"""Names: on two nodes of a cluster, and through a real dnsmasq. One lab, in this order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from phoenix_providers.clients.dns.name_server import open_name_server
from phoenix_providers.lab.dnsmasq import PROGRAM, Dnsmasq

pytestmark = pytest.mark.engine
needs_dnsmasq = pytest.mark.skipif(PROGRAM is None, reason="needs dnsmasq (Debian: dnsmasq-base)")


def replace_once(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert text.count(before) == 1, before
    file.write_text(text.replace(before, after))


def two_nodes(config: Path) -> None:
    network = re.search(r"address: (127\.\d+\.\d+\.)10/24", (config / "site.yaml").read_text())[1]
    nodes = f"network:\n  nodes:\n    pve2:\n      address: {network}9/24\n"
    replace_once(config / "site.yaml", "\nnetwork:\n", f"\n{nodes}")
    replace_once(config / "lxcs.yaml", "  104:\n", "  104:\n    node: pve2\n")


@pytest.fixture(scope="module")
def cluster(start_lab):
    """A site on two nodes, up."""
    rehearsal = start_lab(edit=two_nodes)
    rehearsal.fresh = {node: rehearsal.by_hand_on_proxmox.hosts(node) for node in ("pve", "pve2")}
    rehearsal.must_up()
    return rehearsal


@pytest.fixture(scope="module")
def dnsmasq(cluster) -> Iterator[Dnsmasq]:
    """A real one beside the lab's own name server, which answers the machines of the lab."""
    with Dnsmasq(Path(cluster.lab.dnsmasq_target)) as running:
        yield running


def test_each_node_gets_the_records_and_the_cluster_its_rules_once(cluster) -> None:
    proxmox, plan = cluster.by_hand_on_proxmox, cluster.plan
    for node in plan.nodes:
        lines = proxmox.hosts(node.name).splitlines()
        assert lines == [" ".join([entry.address, *entry.names]) for entry in node.hosts]
        assert proxmox.resolver(node.name)["dns2"] == "9.9.9.9"
    assert "pve2" in proxmox.hosts("pve").split()
    assert len(proxmox.rules_of("cluster")) == len(plan.firewall.cluster)
    assert len(proxmox.rules_of("lxc/104")) == len(plan.firewall.guests[104].rules)
    assert {"takeover@pve2", "restoration@pve2", "rules@104", "dns-answers"} <= cluster.state().keys()
    cluster.must_be_in_sync()


def test_a_guest_that_moved_keeps_its_rules_at_every_moment(cluster) -> None:
    proxmox, files = cluster.by_hand_on_proxmox, cluster.config / "lxcs.yaml"
    rules, options = proxmox.rules_of("lxc/104"), proxmox.options("lxc/104")
    proxmox.move_guest("lxc/104", "pve2", "pve")
    refused = cluster.phoenix("sync", "all", "--yes")
    assert refused.code == 5, refused.output
    assert "the guest 104 is on the node pve, not on pve2: write `node: pve`" in refused.output
    replace_once(files, "    node: pve2\n", "    node: pve\n")
    taken = cluster.phoenix("adopt", "--yes")
    assert "Nothing to take over" in taken.output
    asked = cluster.requests_of(cluster.must_up)
    assert not [one for one in asked if one["method"] == "DELETE" and "firewall" in one["path"]]
    assert (proxmox.rules_of("lxc/104"), proxmox.options("lxc/104")) == (rules, options)
    cluster.must_be_in_sync()


@needs_dnsmasq
def test_another_back_end_gives_the_hosts_files_back_and_is_answered_at_once(cluster, dnsmasq) -> None:
    backend = f"dns_server:\n  backend: dnsmasq\n  target: {cluster.lab.dnsmasq_target}\n"
    replace_once(cluster.config / "site.yaml", "dns_server:\n", backend)
    assert cluster.pulumi("config", "set", "phoenix:dnsServer", dnsmasq.server).code == 0
    cluster.must_up()
    server = open_name_server(dnsmasq.server)
    answers = {record.hostname: server.addresses(record.hostname) for record in cluster.plan.dns}
    assert answers == {record.hostname: (record.ip,) for record in cluster.plan.dns}
    for node, hosts in cluster.fresh.items():
        assert cluster.by_hand_on_proxmox.hosts(node) == hosts
        assert cluster.by_hand_on_proxmox.resolver(node)["dns2"] == "9.9.9.9"
    cluster.must_be_in_sync()


@needs_dnsmasq
def test_a_server_that_is_down_fails_the_run_and_the_next_one_is_well(cluster, dnsmasq) -> None:
    nas = re.search(
        r"      - hostname: nas\.home\.example\n        ip: .*\n", (cluster.config / "lxcs.yaml").read_text()
    )
    replace_once(cluster.config / "lxcs.yaml", nas[0], "")
    dnsmasq.__exit__()
    failed = cluster.phoenix("sync", "all", "--yes")
    assert failed.code == 3, failed.output
    assert "dns-answers: not reachable: The DNS server does not answer" in failed.output
    assert "Traceback" not in failed.output
    dnsmasq.__enter__()
    (Path(cluster.lab.dnsmasq_target) / "phoenix-records.hosts").write_text("127.9.9.9 grafana.home.example\n")
    cluster.must_up()
    server = open_name_server(dnsmasq.server)
    assert server.addresses("nas.home.example") == ()
    assert "127.9.9.9" not in server.addresses("grafana.home.example")
    cluster.must_be_in_sync()
