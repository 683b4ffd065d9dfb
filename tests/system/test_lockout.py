"""A change that would lock somebody out is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.engine


def test_a_missing_rule_is_named_and_nothing_is_sent(rehearsal) -> None:
    file = rehearsal.config / "vms.yaml"
    good = file.read_text()
    agent = next(line for line in good.splitlines() if "Agent from Portainer" in line)
    file.write_text(good.replace(f"{agent}\n", "", 1))
    proxmox = rehearsal.by_hand_on_proxmox
    before = proxmox.rules()
    try:
        for arguments in (("--preview",), ("--yes",)):
            done = rehearsal.phoenix("sync", "all", *arguments)
            assert done.code == 5, done.output
            for word in ("agent@111", "port: 9001", "phoenix:allowCut", "on the guest 111"):
                assert word in done.output, done.output
            assert "Traceback" not in done.output
        assert proxmox.rules() == before
        rehearsal.pulumi("config", "set", "--path", "phoenix:allowCut[0]", "agent@111")
        rehearsal.must_up("--target", "**::firewall-check", "--target", "**::rules@111")
        assert len(proxmox.rules()) == len(before) - 1
    finally:
        file.write_text(good)
        rehearsal.pulumi("config", "rm", "phoenix:allowCut")
    rehearsal.must_up()
    assert len(proxmox.rules()) == len(before)
    rehearsal.must_be_in_sync()


def test_a_policy_that_nobody_outlives_is_refused_for_ssh(rehearsal) -> None:
    file = rehearsal.config / "site.yaml"
    good = file.read_text()
    file.write_text(good.replace('port: "22,8006"', 'port: "8006"'))
    try:
        done = rehearsal.phoenix("sync", "all", "--yes")
    finally:
        file.write_text(good)
    assert done.code == 5, done.output
    assert "ssh@pve" in done.output
    assert "api@pve" not in done.output
    rehearsal.must_be_in_sync()


def without(rehearsal, number: int) -> None:
    """Remove one container from the files."""
    file = rehearsal.config / "lxcs.yaml"
    text = file.read_text()
    start = text.index(f"  {number}:\n")
    file.write_text(text[:start] + text[text.index(f"  {number + 1}:\n") :])


def test_a_guest_that_is_gone_is_named_and_its_resources_go_with_its_declaration(rehearsal) -> None:
    rehearsal.by_hand_on_proxmox.destroy_guest("lxc/101")
    done = rehearsal.phoenix("sync", "all", "--yes", "--forget-gone")
    assert done.code == 5, done.output
    assert "Proxmox has no guest 101 any more" in done.output
    assert "grep -o 'urn:[^ ]*::restoration@101$'" in done.output
    assert "rules@101" in rehearsal.state(), "what the files declare is never forgotten"
    without(rehearsal, 101)
    rehearsal.must_up()
    assert not any(name.endswith("@101") for name in rehearsal.state())
    rehearsal.must_be_in_sync()


def test_a_guest_that_is_gone_is_forgotten_only_if_somebody_says_so(rehearsal) -> None:
    rehearsal.by_hand_on_proxmox.destroy_guest("lxc/104")
    without(rehearsal, 104)
    done: list[Any] = []
    asked = rehearsal.requests_of(lambda: done.append(rehearsal.phoenix("sync", "all", "--yes", "--forget-gone")))
    assert done[0].code == 0, done[0].output
    assert "restoration@104" in done[0].output
    assert not [one for one in asked if "lxc/104/firewall" in one["path"]]
    assert not any(name.endswith("@104") for name in rehearsal.state())
    rehearsal.must_be_in_sync()
