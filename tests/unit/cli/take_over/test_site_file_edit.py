"""Foreign hosts entries are written where they stay: for one node, or for each of several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from phoenix_providers.cli.take_over.site_file_edit import _in_file, keep_foreign
from phoenix_providers.errors import UsageError
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.proxmox_records import RuleRecord
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.dns.hosts_entries import static_entries
from phoenix_providers.planning.file_editing.file_edits import Insertion
from phoenix_providers.planning.firewall.adoption import Adoption, adoption
from phoenix_providers.planning.firewall.derivation import SITE_RULES
from phoenix_providers.planning.firewall.rules.lists import lists_of_rules
from phoenix_providers.planning.proxmox.api_words import wanted_by_scope
from phoenix_providers.planning.proxmox.take_over import FoundOnProxmox
from phoenix_providers.planning.proxmox.wanted_place import WantedFiles, WantedFirewall
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import HostsEntry

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
    taken = adoption(scope, {"hosts@pve"}, found, WantedFiles(domain="home.lan"))
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
        ("firewall:\n  global_firewall_rules: []\n", [FOREIGN], ["2222"]),
        ("firewall: # later\n", [FOREIGN], ["2222"]),
        ("", [FOREIGN], ["2222"]),
    ],
)
def test_foreign_rules_stand_where_they_count(
    tmp_path: Path, rules: str, foreign: list[dict[str, object]], order: list[str]
) -> None:
    configuration = write(tmp_path, ONE + rules)
    scope = ProxmoxScope("cluster")
    assert keep_foreign(configuration, [taken_rules(configuration, scope, foreign)]) == (tmp_path / "site.yaml",)
    listed = load_configuration(tmp_path, Settings()).site.firewall.global_firewall_rules
    assert [rule.port or "" for rule in listed] == order
    assert ("# and nothing else" in (tmp_path / "site.yaml").read_text()) is (rules == RULES)


@pytest.mark.parametrize(
    ("rules", "order"),
    [
        ("firewall:\n  global_firewall_rules:\n    - {proto: tcp, port: 22}\n    -\n", ["22", "2222"]),
        ("firewall:\n  global_firewall_rules:\n", ["2222"]),
    ],
)
def test_they_stand_in_existing_files_with_nothing_behind_a_key(tmp_path: Path, rules: str, order: list[str]) -> None:
    file = tmp_path / "phoenix_hypervisor_config.yaml"
    configuration = write(tmp_path, ONE + rules, file=file.name)
    keep_foreign(configuration, [taken_rules(configuration, ProxmoxScope("cluster"), [FOREIGN])])
    listed = load_configuration(tmp_path, Settings()).site.firewall.global_firewall_rules
    assert [rule.port or "" for rule in listed] == order


def write(
    folder: Path, site: str, vms: str = "vms: []\n", settings: Settings | None = None, file: str = "site.yaml"
) -> Configuration:
    (folder / file).write_bytes(site.encode())
    (folder / "vms.yaml").write_text(vms)
    (folder / "lxcs.yaml").write_text("lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n")
    return load_configuration(folder, settings or Settings())


def taken_rules(configuration: Configuration, scope: ProxmoxScope, live: list[dict[str, object]]) -> Adoption:
    """What taking over the rules of a place means."""
    plan = plan_site(configuration)
    lists = lists_of_rules(configuration, plan.firewall, scope)
    wanted = wanted_by_scope(plan)[scope]
    return adoption(scope, {f"rules@{scope.suffix}"}, FoundOnProxmox(rules=live), wanted, lists)


def wanted_rules(configuration: Configuration, scope: ProxmoxScope) -> Sequence[RuleRecord]:
    """The rules of a place as they are declared."""
    wanted = wanted_by_scope(plan_site(configuration))[scope]
    assert isinstance(wanted, WantedFirewall)
    return wanted.rules


BLOCKED = {"type": "in", "action": "DROP", "source": "10.9.9.9", "comment": 'it\'s "him": #1 \\', "enable": 1}
SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}
API = SSH | {"dport": "8006"}
VMS = """\
vms:
- vmid: 111
  name: apps
  network_config: {ip: 10.0.0.11/24}
  firewall:
    rules:
      # the API
      - {proto: tcp, port: 8006}
"""


def test_a_block_by_hand_keeps_its_place_and_the_file_its_form(tmp_path: Path) -> None:
    site = (
        "\ufeff" + ONE + "firewall:\n  global_firewall_rules:\n  # the door\n  - {proto: tcp, port: 22}   # for us\n"
        "  # the API\n  - proto: tcp\n    port: '8006'\n# the end"
    ).replace("\n", "\r\n")
    configuration = write(tmp_path, site)
    (tmp_path / "site.yaml").chmod(0o640)
    scope = ProxmoxScope("cluster")
    keep_foreign(configuration, [taken_rules(configuration, scope, [SSH, BLOCKED, API])])
    text = (tmp_path / "site.yaml").read_bytes().decode()
    added = '  - type: in\n    action: DROP\n    source: 10.9.9.9\n    comment: "it\'s \\"him\\": #1 \\\\"\n'
    assert text == site.replace("  # the API", added.replace("\n", "\r\n") + "  # the API")
    assert (tmp_path / "site.yaml").stat().st_mode & 0o777 == 0o640
    configuration = load_configuration(tmp_path, Settings())
    rules = wanted_rules(configuration, scope)
    assert [rule["comment"] for rule in rules if "comment" in rule] == [BLOCKED["comment"]]
    again = taken_rules(configuration, scope, [SSH, BLOCKED, API])
    assert (again.rules, again.misplaced) == ((), ())


@pytest.mark.parametrize(
    ("live", "order"),
    [
        ([SSH, BLOCKED, API], ["22", "10.9.9.9", "8006"]),
        ([SSH, API, BLOCKED], ["22", "8006", "10.9.9.9"]),
        ([API, BLOCKED, SSH], None),
    ],
)
def test_in_one_list_for_all_the_order_is_had_across_files_or_refused(
    tmp_path: Path, live: list[dict[str, object]], order: list[str] | None
) -> None:
    settings, scope = Settings(firewall_placement="cluster"), ProxmoxScope("cluster")
    site = ONE + "firewall: {global_firewall_rules: [{proto: tcp, port: 22}]}\n"
    configuration = write(tmp_path, site, VMS, settings)
    taken = taken_rules(configuration, scope, live)
    assert [one.rule["source"] for one in taken.misplaced] == ([] if order else ["10.9.9.9"])
    if order:
        keep_foreign(configuration, [taken])
        rules = wanted_rules(load_configuration(tmp_path, settings), scope)
        assert [rule.get("source") or rule["dport"] for rule in rules] == order


def test_a_rule_of_icmp_is_said_with_its_kind(tmp_path: Path) -> None:
    ping = {"type": "in", "action": "ACCEPT", "proto": "icmp", "icmp-type": "echo-request", "enable": 1}
    configuration = write(tmp_path, ONE + "firewall: {global_firewall_rules: [{proto: icmp}]}\n")
    scope = ProxmoxScope("cluster")
    keep_foreign(configuration, [taken_rules(configuration, scope, [ping, ping | {"comment": "again"}])])
    rules = load_configuration(tmp_path, Settings()).site.firewall.global_firewall_rules
    assert [(rule.proto, rule.icmp_type) for rule in rules] == [("icmp", None), ("icmp", "echo-request")]


@pytest.mark.parametrize(
    ("name", "site", "told"),
    [
        (
            "site.yaml",
            "x-all: &all [{proto: tcp, port: 22}]\nfirewall: {global_firewall_rules: *all}\n",
            "5, at the end",
        ),
        (
            "phoenix_hypervisor_config.yaml",
            "firewall: !!map {global_firewall_rules: &here }\n",
            "4, at the end of global_firewall_rules",
        ),
    ],
)
def test_a_form_that_cannot_be_added_to_is_told_with_what_to_write(
    tmp_path: Path, name: str, site: str, told: str
) -> None:
    file = tmp_path / name
    configuration = write(tmp_path, ONE + site, file=name)
    before = file.read_bytes()
    with pytest.raises(UsageError, match="yours to edit") as refused:
        keep_foreign(configuration, [taken_rules(configuration, ProxmoxScope("cluster"), [SSH, BLOCKED])])
    assert f"{name}:{told}" in refused.value.explanation.seen
    assert "action: DROP, source: 10.9.9.9" in refused.value.explanation.seen
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("site", "place"),
    [
        ({"shared_volumes": {"firewall": {"enabled": True}}}, "shared_volumes"),
        ({"firewall": {"enabled": True}, "shared_volumes": {}}, "top"),
        ({"firewall": {"enabled": True}}, "top"),
        ({}, "shared_volumes"),
    ],
)
def test_files_of_the_old_spelling_get_rules_where_theirs_count(site: dict[str, object], place: str) -> None:
    edit = _in_file(site, Insertion(SITE_RULES[1:], (SSH,)), old_spelling=True)
    assert edit.path == (*([] if place == "top" else ["shared_volumes"]), *SITE_RULES[1:])


def test_of_a_json_file_it_is_said_what_to_write_and_where(tmp_path: Path) -> None:
    configuration = write(tmp_path, ONE)
    (tmp_path / "site.yaml").unlink()
    rules = (
        '"firewall": {"global_firewall_rules": [\n  {"proto": "tcp", "port": 22},\n  {"proto": "tcp", "port": 8006}\n]}'
    )
    (tmp_path / "site.json").write_text(
        '{"domain_name": "home.lan",\n"network": {"interfaces": {"address": "10.0.0.13/24"}},\n' + rules + "}\n"
    )
    configuration = load_configuration(tmp_path, Settings())
    with pytest.raises(UsageError, match="JSON has no room") as refused:
        keep_foreign(configuration, [taken_rules(configuration, ProxmoxScope("cluster"), [SSH, BLOCKED, API])])
    assert 'site.json:5, before this entry of global_firewall_rules: {"type": "in", "action": "DROP"' in (
        refused.value.explanation.seen
    )
