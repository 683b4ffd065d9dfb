"""Foreign hosts entries are written where they stay: for one node, or for each of several."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.cli.site_file_edit import keep_foreign
from phoenix_providers.models.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.adoption import Adoption, adoption
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.hosts import static_entries
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.proxmox_words import wanted_by_scope
from phoenix_providers.planning.site_plan import HostsEntry
from phoenix_providers.planning.take_over import FoundOnProxmox

ONE = "domain_name: home.lan\nnetwork:\n  interfaces: {address: 10.0.0.13/24}\n"
TWO = ONE + "  nodes:\n    # the second one\n    pve2: {address: 10.0.0.14/24}\n"
FOUND = {
    "pve": "10.0.0.13 pve.old.lan pve\n10.0.0.14 pve2.home.lan pve2\n10.9.9.9 z.lan\n10.9.9.8 a.lan\n",
    "pve2": "10.0.0.14 pve2.home.lan pve2\n10.0.0.13 pve.home.lan pve\n10.9.9.7 scanner.lan # up\n",
}


@pytest.mark.parametrize(
    ("site", "kept"),
    [
        # The short name of another node is nobody's as long as that node is not in the files.
        (ONE, {"pve": [("pve2",), ("z.lan",), ("a.lan",)]}),
        (TWO, {"pve": [("z.lan",), ("a.lan",)], "pve2": [("scanner.lan",)]}),
    ],
)
def test_what_is_foreign_on_a_node_stays_on_that_node(
    tmp_path: Path, site: str, kept: dict[str, list[tuple[str, ...]]]
) -> None:
    (tmp_path / "site.yaml").write_text(site)
    (tmp_path / "vms.yaml").write_text("vms: []\n")
    (tmp_path / "lxcs.yaml").write_text("lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n")
    configuration = load_configuration(tmp_path, Settings())
    wanted = {
        scope: files for scope, files in wanted_by_scope(plan_site(configuration)).items() if scope.kind == "node"
    }
    taken = [
        adoption(scope, {f"hosts@{scope.node}"}, FoundOnProxmox(hosts=FOUND[scope.node]), files)
        for scope, files in wanted.items()
    ]
    keep_foreign(configuration, taken)
    configuration = load_configuration(tmp_path, Settings())
    assert configuration.problems == ()
    found = {scope.node: [entry.names for entry in static_entries(configuration, scope.node)] for scope in wanted}
    assert found == kept
    assert ("# the second one" in (tmp_path / "site.yaml").read_text()) is (site == TWO)


def test_hosts_lines_with_odd_names_load_again_and_those_without_an_address_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(ONE)
    (tmp_path / "vms.yaml").write_text("vms: []\n")
    (tmp_path / "lxcs.yaml").write_text("lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n")
    scope = ProxmoxScope("node", "pve")
    hosts = "10.0.0.05 padded.lan\n10.9.9.9 12345 yes 1e3 null under_score\n10.9 short.lan\nfe80::1%vmbr0 link.lan\n"
    found = FoundOnProxmox(hosts=hosts)
    taken = adoption(scope, {"hosts@pve"}, found, {"hosts": [], "domain": "home.lan"})
    assert [(line.address, line.names) for line in taken.unreadable] == [
        ("10.0.0.05", ("padded.lan",)),
        ("10.9", ("short.lan",)),
    ]
    keep_foreign(load_configuration(tmp_path, Settings()), [taken])
    configuration = load_configuration(tmp_path, Settings())
    assert configuration.problems == ()
    assert [(line.address, line.names) for line in static_entries(configuration)] == [
        ("10.9.9.9", ("12345", "yes", "1e3", "null", "under_score")),
        ("fe80::1%vmbr0", ("link.lan",)),
    ]


@pytest.mark.parametrize("empty", ["dns_server:\n", "dns_server:\n  static_hosts:\n"])
def test_a_key_with_nothing_behind_it_is_filled(tmp_path: Path, empty: str) -> None:
    (tmp_path / "site.yaml").write_text(ONE + empty)
    (tmp_path / "vms.yaml").write_text("vms: []\n")
    guest = "lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}, firewall: }}\n"
    (tmp_path / "lxcs.yaml").write_text(guest)
    node, own = ProxmoxScope("node", "pve"), ProxmoxScope("lxc", "pve", 102)
    entries = (HostsEntry("10.9.9.9", ("printer.lan",)),)
    taken = [Adoption(node, (), entries=entries), Adoption(own, (), options={"input_policy": "DROP", "ipfilter": True})]
    keep_foreign(load_configuration(tmp_path, Settings()), taken)
    configuration = load_configuration(tmp_path, Settings())
    assert static_entries(configuration) == entries
    assert [(one.firewall.input_policy, one.firewall.ipfilter) for one in configuration.guests] == [("DROP", True)]


RULES = """\
firewall:
  global_firewall_rules:
    # the door
    - {proto: tcp, port: 22}
    - {action: DROP, proto: udp}
    - {action: DROP, enabled: false}
    - {type: out, action: REJECT}
    # and nothing else
    - {action: DROP, comment: the rest}
    - {action: DROP, comment: once more}
"""
FOREIGN = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "2222", "enable": 1}


@pytest.mark.parametrize(
    ("rules", "foreign", "order"),
    [
        (RULES, [FOREIGN, FOREIGN | {"dport": "2223"}], ["22", "", "", "", "2222", "2223", "", ""]),
        (RULES, [FOREIGN | {"type": "out"}], ["22", "", "", "2222", "", "", ""]),
        (RULES, [FOREIGN | {"type": "forward"}], ["22", "", "", "", "", "", "2222"]),
        ("firewall: {global_firewall_rules: [{proto: tcp, port: 22}]}\n", [FOREIGN], ["22", "2222"]),
        ("firewall:\n  global_firewall_rules:\n    - {proto: tcp, port: 22}\n    -\n", [FOREIGN], ["22", "2222"]),
        ("firewall:\n  global_firewall_rules:\n", [FOREIGN], ["2222"]),
        ("firewall: # later\n", [FOREIGN], ["2222"]),
        ("", [FOREIGN], ["2222"]),
    ],
)
def test_foreign_rules_stand_where_they_count(
    tmp_path: Path, rules: str, foreign: list[dict[str, object]], order: list[str]
) -> None:
    (tmp_path / "site.yaml").write_text(ONE + rules)
    (tmp_path / "vms.yaml").write_text("vms: []\n")
    (tmp_path / "lxcs.yaml").write_text("lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n")
    scope = ProxmoxScope("cluster")
    taken = Adoption(scope, scope.imports, rules=tuple(foreign))
    assert keep_foreign(load_configuration(tmp_path, Settings()), [taken]) == (tmp_path / "site.yaml",)
    listed = load_configuration(tmp_path, Settings()).site.firewall.global_firewall_rules
    assert [rule.port or "" for rule in listed] == order
    assert ("# and nothing else" in (tmp_path / "site.yaml").read_text()) is (rules == RULES)
