"""What taking over does with what is foreign: kept in the files, or dropped after it was listed and confirmed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.take_over.taking import adopt
from phoenix_providers.errors import UnsafeError, UsageError
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.guest import VirtualMachine
from phoenix_providers.models.settings import Settings

EXAMPLE = Path(__file__).parents[3] / "config"
DOOR = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "2222", "comment": "my own door", "enable": 1}


class StateOfNothing(Engine):
    """An engine on a fresh state that remembers what is imported."""

    def __init__(self, folder: Path, access: Mapping[str, str]) -> None:
        super().__init__(folder)
        self._access = access
        self.imported: list[str] = []

    def settings(self) -> Mapping[str, str]:
        return {"configDir": "config"}

    def proxmox_access(self) -> Mapping[str, str]:
        return self._access

    def resources(self) -> Sequence[Mapping[str, Any]]:
        return ()

    def take_over(self, imports: Any, beside: Callable[..., None]) -> int:
        self.imported += [one.name for one in imports]
        return 0


def with_guests(lab: Any) -> None:
    """Let Proxmox have every guest of the example."""
    there = {guest.vmid for guest in (*lab.server.api.vms, *lab.server.api.cts)}
    for guest in load_configuration(EXAMPLE, Settings()).guests:
        if guest.id not in there:
            add = lab.server.api.add_vm if isinstance(guest, VirtualMachine) else lab.server.api.add_ct
            add(guest.id, guest.name, node="pve")


@pytest.fixture
def engine(lab: Any, tmp_path: Path) -> StateOfNothing:
    shutil.copytree(EXAMPLE, tmp_path / "site" / "config")
    (tmp_path / "site" / "Pulumi.yaml").touch()
    with_guests(lab)
    access = {"endpoint": lab.server.url, "apiToken": lab.server.token, "insecure": "true"}
    return StateOfNothing(tmp_path / "site", access)


@pytest.fixture
def files(engine: StateOfNothing) -> Callable[[], dict[str, str]]:
    return lambda: {file.name: file.read_text() for file in (engine.project / "config").glob("*.yaml")}


def place(lab: Any, rule: dict[str, Any], scope: str = "cluster", guest: int | None = None) -> None:
    lab.server.api.firewall_config(scope, "pve", guest)["rules"].append(dict(rule))


def test_foreign_rules_are_kept_in_the_files(
    lab: Any, engine: StateOfNothing, files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    place(lab, DOOR)
    place(lab, DOOR | {"comment": "another door"}, "vm", 111)
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    assert "my own door" in files()["site.yaml"]
    assert "another door" in files()["vms.yaml"]
    assert capsys.readouterr().out.count("foreign rule is kept") == 2
    assert {"rules@cluster", "rules@111"} <= set(engine.imported)


def test_a_guest_that_is_closed_stays_closed(
    lab: Any, engine: StateOfNothing, files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = engine.project / "config" / "vms.yaml"
    file.write_text(file.read_text().replace("      input_policy: DROP\n", ""))
    lab.server.api.firewall_config("vm", "pve", 111)["options"] |= {"enable": 1, "policy_out": "REJECT"}
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    assert capsys.readouterr().out.count("option is kept") == 2
    guest = next(guest for guest in load_configuration(engine.project / "config", Settings()).vms if guest.id == 111)
    assert (guest.firewall.input_policy, guest.firewall.output_policy) == ("DROP", "REJECT")
    assert guest.firewall.rules
    before = files()
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    assert files() == before


CHOSEN = {
    "cluster": {
        "enable": 1,
        "ebtables": 0,
        "policy_out": "REJECT",
        "policy_forward": "DROP",
        "log_ratelimit": "enable=1,burst=9",
    },
    "vm": {"dhcp": 0, "ipfilter": 1, "log_level_in": "info", "macfilter": 0, "ndp": 0, "radv": 1},
}
SAID = {
    "cluster": {
        "ebtables": False,
        "default_output_policy": "ACCEPT",
        "default_forward_policy": "DROP",
        "log_ratelimit": "enable=1,burst=9,rate=1/second",
    },
    "vm": {
        "dhcp": False,
        "ipfilter": True,
        "input_log_level": "info",
        "macfilter": False,
        "ndp": False,
        "radv": True,
    },
}


def choose(lab: Any) -> None:
    lab.server.api.firewall_config("cluster")["options"] |= CHOSEN["cluster"]
    lab.server.api.firewall_config("vm", "pve", 111)["options"] |= CHOSEN["vm"] | {"log_level_out": "nolog"}


def test_every_option_that_somebody_has_chosen_is_kept_in_the_files(
    lab: Any, engine: StateOfNothing, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(lab)
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    told = capsys.readouterr().out
    assert "option is kept: ipfilter: true" in told
    assert 'option is kept: default_forward_policy: "DROP"' in told
    # The file says something else, and it counts.
    assert "option changes: default_output_policy: REJECT becomes ACCEPT" in told
    configuration = load_configuration(engine.project / "config", Settings())
    assert configuration.problems == ()
    guest = next(guest for guest in configuration.vms if guest.id == 111)
    for section, said in ((configuration.site.firewall, SAID["cluster"]), (guest.firewall, SAID["vm"])):
        assert {field: getattr(section, field) for field in said} == said
    assert guest.firewall.output_log_level is None


def test_dropping_what_is_foreign_leaves_options_where_they_are_and_names_what_changes(
    lab: Any, engine: StateOfNothing, files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(lab)
    lab.server.api.firewall_config("vm", "pve", 111)["options"] |= {"enable": 1, "policy_out": "DROP"}
    before = files()
    assert adopt(engine, yes=True, drop_foreign=True) == 0
    assert files() == before
    told = capsys.readouterr().out
    assert "option changes: output_policy: DROP becomes ACCEPT" in told
    assert "ipfilter" not in told
    assert lab.server.api.firewall_config("vm", "pve", 111)["options"]["ipfilter"] == 1


def test_a_hosts_line_without_an_ip_address_is_named_and_left_out(
    lab: Any, engine: StateOfNothing, files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts = lab.server.api.node_files["pve"]
    hosts.hosts += "10.0.0.05 padded.lan\n10.9.9.9 printer.lan\n"
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    told = capsys.readouterr().out
    assert "left out, since 10.0.0.05 is no IP address that anybody reads: 10.0.0.05 padded.lan" in told
    assert "foreign hosts entry is kept: 10.9.9.9 printer.lan" in told
    assert "printer.lan" in files()["site.yaml"]
    assert "padded.lan" not in files()["site.yaml"]
    assert "10.0.0.05 padded.lan" in (engine.project / "config" / "hosts-pve.before-phoenix").read_text()
    assert load_configuration(engine.project / "config", Settings()).problems == ()


def test_they_are_not_dropped_before_somebody_has_seen_them_and_said_yes(
    lab: Any, engine: StateOfNothing, files: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    place(lab, DOOR)
    before = files()
    with pytest.raises(UsageError, match="Nobody is there to answer"):
        adopt(engine, yes=False, drop_foreign=True)
    assert "foreign rule is dropped: type: in, action: ACCEPT, proto: tcp, port: 2222" in capsys.readouterr().out
    assert (engine.imported, files()) == ([], before)
    assert adopt(engine, yes=True, drop_foreign=True) == 0
    assert "foreign rule is dropped" in capsys.readouterr().out
    assert "rules@cluster" in engine.imported
    assert files() == before


def test_what_the_files_cannot_say_is_never_dropped_by_the_way(lab: Any, engine: StateOfNothing, files: Any) -> None:
    place(lab, DOOR)
    # Proxmox finds no group under this spelling; the files would.
    place(lab, {"type": "group", "action": "Web", "enable": 1})
    before = files()
    with pytest.raises(UnsafeError, match="type: group, action: Web"):
        adopt(engine, yes=True, drop_foreign=False)
    assert (engine.imported, files()) == ([], before)


def test_nothing_is_taken_over_for_a_guest_that_is_not_there(lab: Any, engine: StateOfNothing, files: Any) -> None:
    text = files()["lxcs.yaml"]
    (engine.project / "config" / "lxcs.yaml").write_text(text.replace("  104:\n", "  204:\n"))
    with pytest.raises(UnsafeError, match="not on Proxmox as the files have them") as refused:
        adopt(engine, yes=True, drop_foreign=False)
    assert "Proxmox has no guest 204 (it has 104 'forgejo')" in refused.value.explanation.seen
    assert not engine.imported


def test_rules_that_may_be_those_of_an_unreadable_stack_are_not_taken_for_foreign(
    lab: Any, engine: StateOfNothing, files: Any
) -> None:
    manifest = next((engine.project / "config" / "stacks" / "miniflux").glob("phoenix.*"))
    manifest.write_text(manifest.read_text() + "\n: [")
    place(lab, DOOR, "vm", 111)
    before = files()
    with pytest.raises(UnsafeError, match="Whose some rules on Proxmox are is unknown") as refused:
        adopt(engine, yes=True, drop_foreign=False)
    assert "miniflux" in refused.value.explanation.seen
    assert (engine.imported, files()) == ([], before)


def test_a_block_by_hand_stays_before_what_it_blocks(
    lab: Any, engine: StateOfNothing, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = {"type": "in", "action": "DROP", "source": "127.50.0.66", "comment": 'it\'s "him"', "enable": 1}
    site = engine.project / "config" / "site.yaml"
    before = site.read_text()
    place(lab, blocked)
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    assert 'comment: "it\'s \\"him\\""' in capsys.readouterr().out
    rules = load_configuration(engine.project / "config", Settings()).site.firewall.global_firewall_rules
    # The first rule is for another computer.
    assert [rule.source for rule in rules][:3] == ["127.0.0.1", "127.50.0.66", "127.50.0.0/24"]
    assert (rules[1].action, rules[1].comment) == ("DROP", blocked["comment"])
    after = iter(site.read_text().splitlines())
    assert all(line in after for line in before.splitlines())


def test_an_order_that_the_files_cannot_have_is_refused_with_the_rules_concerned(
    lab: Any, engine: StateOfNothing, files: Any
) -> None:
    ours = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22,8006", "enable": 1}
    for rule in (
        ours | {"source": "127.50.0.0/24"},
        {**ours, "action": "DROP", "dport": "22"},
        ours | {"source": "127.0.0.1"},
    ):
        place(lab, rule)
    before = files()
    with pytest.raises(UnsafeError, match="have a place among yours") as refused:
        adopt(engine, yes=True, drop_foreign=False)
    told = refused.value.explanation.seen
    assert "the datacenter: {type: in, action: DROP, proto: tcp, port: 22} has to come behind the rule at " in told
    assert told.count("site.yaml:") == 2
    assert (engine.imported, files()) == ([], before)
    assert adopt(engine, yes=True, drop_foreign=True) == 0
    assert files() == before


NAMES = """
  aliases: {Office: 10.0.5.0/24}
  ip_sets:
    trusted:
      members:
        - 10.0.5.1  # the first one
  security_groups:
    web:
      rules:
        - {proto: tcp, port: 80}
        # and nothing else
        - {action: DROP}
"""


@pytest.fixture
def with_names(engine: StateOfNothing) -> Path:
    site = engine.project / "config" / "site.yaml"
    site.write_text(site.read_text().replace("\nfirewall:\n", f"\nfirewall:{NAMES}"))
    return site


def test_what_names_stand_for_on_proxmox_is_kept_in_the_site_file(
    lab: Any, engine: StateOfNothing, with_names: Path
) -> None:
    cluster = lab.server.api.firewall_config("cluster")
    cluster["aliases"]["office"] = {"name": "Office", "cidr": "10.0.5.0/24"}
    cluster["ipset"]["trusted"] = [{"cidr": "10.0.5.2", "comment": "by hand"}, {"cidr": "10.0.5.9", "nomatch": 1}]
    web = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "81", "enable": 1}
    cluster["groups"]["web"] = [web]
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    kept = NAMES.replace(
        "  # the first one\n",
        "  # the first one\n        - {cidr: 10.0.5.2, comment: by hand}\n        - {cidr: 10.0.5.9, nomatch: true}\n",
    ).replace(
        "        # and nothing", '        - {type: in, action: ACCEPT, proto: tcp, port: "81"}\n        # and nothing'
    )
    assert kept in with_names.read_text()


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        (
            "aliases",
            {"office": {"name": "office", "cidr": "10.0.6.0/24"}},
            r"site\.yaml:\d+, the alias office: 10.0.6.0",
        ),
        ("ipset", {"trusted": [{"cidr": "10.0.5.1", "nomatch": 1}]}, r"the IP set trusted: !10.0.5.1"),
    ],
)
def test_what_can_be_only_one_of_two_is_for_a_person_to_decide(
    lab: Any, engine: StateOfNothing, with_names: Path, part: str, content: dict[str, Any], says: str
) -> None:
    lab.server.api.firewall_config("cluster")[part].update(content)
    before = with_names.read_text()
    with pytest.raises(UnsafeError, match=says):
        adopt(engine, yes=True, drop_foreign=False)
    assert with_names.read_text() == before
    assert not engine.imported


def test_a_rule_that_brings_in_a_group_is_kept(lab: Any, engine: StateOfNothing) -> None:
    lab.server.api.firewall_config("cluster")["groups"]["base"] = []
    place(lab, {"type": "group", "action": "base", "iface": "vmbr0", "comment": "mine", "enable": 1})
    assert adopt(engine, yes=True, drop_foreign=False) == 0
    site = (engine.project / "config" / "site.yaml").read_text()
    assert "type: group" in site
    rules = load_configuration(engine.project / "config", Settings()).site.firewall.global_firewall_rules
    assert [rule.iface for rule in rules if rule.type == "group" and rule.action == "base"] == ["vmbr0"]
