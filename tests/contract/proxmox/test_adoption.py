"""What taking over does with what is foreign: kept in the files, or dropped after it was listed and confirmed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.engine import Engine
from phoenix_providers.cli.take_over import adopt
from phoenix_providers.errors import UnsafeError, UsageError
from phoenix_providers.models.loader import load_configuration
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

    def names_in_state(self) -> frozenset[str]:
        return frozenset()

    def take_over(self, imports: Any, beside: Callable[..., None]) -> int:
        self.imported += [one.name for one in imports]
        return 0


@pytest.fixture
def engine(lab: Any, tmp_path: Path) -> StateOfNothing:
    shutil.copytree(EXAMPLE, tmp_path / "site" / "config")
    (tmp_path / "site" / "Pulumi.yaml").touch()
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
    assert {"rules@cluster", "rules@pve-111"} <= set(engine.imported)


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
    place(lab, {"type": "in", "action": "ACCEPT", "proto": "icmp", "icmp-type": "echo-request", "enable": 1})
    before = files()
    with pytest.raises(UnsafeError, match="icmp-type: echo-request"):
        adopt(engine, yes=True, drop_foreign=False)
    assert (engine.imported, files()) == ([], before)
