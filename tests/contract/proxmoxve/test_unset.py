"""Options that nobody has set on Proxmox: what is read, recorded and written then."""

from __future__ import annotations

from typing import Any

import pytest

VM = {"nodeName": "pve", "vmId": 111}
DNS = {"nodeName": "pve", "domain": "home.lan", "servers": ["192.0.2.1"]}
AS_BY_DEFAULT = {
    "dhcp": 0,
    "enable": 0,
    "ipfilter": 0,
    "log_level_in": "nolog",
    "log_level_out": "nolog",
    "macfilter": 1,
    "ndp": 0,
    "policy_in": "DROP",
    "policy_out": "ACCEPT",
    "radv": 1,
}


@pytest.mark.parametrize(
    ("kind", "inputs", "scope"),
    [("options", VM | {"enabled": True}, ("vm", 111)), ("cluster options", {"enabled": True}, ("cluster",))],
)
def test_an_option_deleted_by_hand_is_no_drift(
    engine: Any, lab: Any, kind: str, inputs: dict[str, Any], scope: Any
) -> None:
    """A firewall that is off for that reason stays off, and nobody is told."""
    created = engine.create(kind, inputs)
    lab.set_options({}, *scope)
    refreshed = engine.refresh(created)
    assert refreshed.state == created.state
    assert engine.up(refreshed, inputs).done == "same"
    assert lab.options(*scope) == {}


def test_an_import_keeps_what_is_set(engine: Any, lab: Any) -> None:
    lab.set_options({"macfilter": 0, "log_level_in": "info", "policy_in": "DROP"}, "vm", 111)
    taken = engine.take_over("options", "vm/pve/111")
    assert taken.state == VM | {"macfilter": False, "logLevelIn": "info", "inputPolicy": "DROP"}
    # A value that is the default is left out of the inputs; one that is missing is not.
    unset = ("dhcp", "enabled", "logLevelOut", "ndp", "outputPolicy", "radv")
    assert taken.inputs == VM | {"macfilter": False, "logLevelIn": "info", "__defaults": []} | dict.fromkeys(unset)


@pytest.mark.parametrize(("refresh", "kept"), [(False, ("nolog", 1)), (True, ("info", 0))])
def test_a_refresh_after_an_import_keeps_what_the_program_leaves_out(
    engine: Any, lab: Any, refresh: bool, kept: tuple[str, int]
) -> None:
    """After the import alone the defaults are written; after a refresh nobody knows any more whose values they are."""
    lab.set_options({"macfilter": 0, "log_level_in": "info"}, "vm", 111)
    taken = engine.take_over("options", "vm/pve/111")
    updated = engine.up(engine.refresh(taken) if refresh else taken, VM | {"enabled": True})
    assert updated.done == "updated"
    live = lab.options("vm", 111)
    assert (live["log_level_in"], live["macfilter"]) == kept
    assert (live["policy_in"], live["radv"], live["dhcp"]) == ("DROP", 1, 0)


@pytest.mark.parametrize("missing", ["dhcp", "enable", "ndp"])
def test_a_switch_that_is_unset_and_off_is_no_difference_of_its_own(engine: Any, lab: Any, missing: str) -> None:
    lab.set_options({name: value for name, value in AS_BY_DEFAULT.items() if name != missing}, "vm", 111)
    taken = engine.take_over("options", "vm/pve/111")
    lab.forget()
    assert engine.up(taken, VM).done == "same"
    assert lab.calls() == []
    changed = engine.up(taken, VM | {"radv": False})
    assert changed.places == {"radv": "UPDATE", {"enable": "enabled"}.get(missing, missing): "ADD"}
    assert lab.options("vm", 111) == AS_BY_DEFAULT | {"radv": 0}


@pytest.mark.parametrize(("refresh", "written"), [(False, True), (True, False)])
def test_a_log_limit_that_was_not_there_is_left_out_after_a_refresh(
    engine: Any, lab: Any, refresh: bool, written: bool
) -> None:
    taken = engine.take_over("cluster options", "cluster-firewall")
    engine.up(engine.refresh(taken) if refresh else taken, {"enabled": True})
    assert ("log_ratelimit" in lab.options()) is written


@pytest.mark.parametrize(("refresh", "kept"), [(False, []), (True, ["192.0.2.1"])])
def test_what_is_no_longer_declared_stays_after_a_refresh(
    engine: Any, lab: Any, refresh: bool, kept: list[str]
) -> None:
    """The hazard of what a rule leaves out, one level higher: nothing was filled in, so nothing tells whose it was."""
    created = engine.create("dns", DNS)
    without = {name: value for name, value in DNS.items() if name != "servers"}
    engine.up(engine.refresh(created) if refresh else created, without)
    assert lab.files.servers == kept


def test_an_empty_list_says_what_leaving_out_does_not(engine: Any, lab: Any) -> None:
    created = engine.create("dns", DNS)
    assert engine.up(engine.refresh(created), DNS | {"servers": []}).done == "updated"
    assert lab.files.servers == []


@pytest.mark.parametrize("kind", ["dns", "options"])
def test_an_empty_list_of_defaults_is_dropped_by_a_refresh(engine: Any, kind: str) -> None:
    created = engine.create(kind, DNS if kind == "dns" else VM)
    assert ("__defaults" in engine.refresh(created).inputs) is (kind == "options")
    assert "__defaults" in created.inputs
