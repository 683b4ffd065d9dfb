"""A change that would lock somebody out is refused before anything is sent."""

from __future__ import annotations

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
        rehearsal.must_up("--target", "**::firewall-check", "--target", "**::rules@pve-111")
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


def test_a_guest_that_is_gone_is_named_and_its_resources_go_with_its_declaration(rehearsal) -> None:
    proxmox = rehearsal.by_hand_on_proxmox
    proxmox.destroy_guest("lxc/101")
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 5, done.output
    assert "the guest 101 does not exist" in done.output
    file = rehearsal.config / "lxcs.yaml"
    text = file.read_text()
    start = text.index("    firewall:", text.index("  101:"))
    file.write_text(text[:start] + text[text.index("    # Started before", start) :])
    rehearsal.must_up()
    assert not any(name.endswith("@pve-101") for name in rehearsal.state())
    rehearsal.must_be_in_sync()
