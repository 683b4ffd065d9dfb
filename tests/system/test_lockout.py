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


NAMES = """
  aliases: {office: NETWORK}
  ip_sets:
    trusted: {members: [office, HERE]}
  security_groups:
    admins: {rules: [{proto: tcp, port: "22,8006", source: +trusted, comment: by name}]}
"""


@pytest.mark.faults
def test_names_come_before_the_rules_that_use_them_and_go_behind(rehearsal) -> None:
    file, proxmox = rehearsal.config / "site.yaml", rehearsal.by_hand_on_proxmox
    good = file.read_text()
    here = next(rule.source for rule in rehearsal.plan.firewall.cluster if "computer that runs" in str(rule.comment))
    names = NAMES.replace("NETWORK", rehearsal.plan.networks["pve"]).replace("HERE", here)
    declared = good.replace("\nfirewall:\n", f"\nfirewall:{names}")
    first = declared.index("    - type: in")
    named = declared[:first] + "    - {type: group, action: admins}\n" + declared[first:]
    # The group's rule takes the place of the two that it stands for.
    ours, rest = named.index("    - type: in"), named.index("    - type: in", named.index("from the home network"))
    named = named[:ours] + named[rest:]
    file.write_text(named.replace("action: admins", "action: admin"))
    done = rehearsal.phoenix("sync", "all", "--preview")
    assert done.code == 2, done.output
    for word in ("site.yaml:", "security group admin", "did you mean `admins`?"):
        assert word in done.output, done.output
    file.write_text(named)
    rehearsal.must_up()
    assert proxmox.names("aliases")[0]["name"] == "office"
    assert proxmox.rules_of("cluster")[0]["type"] == "group"
    assert {"alias@office", "ip-set@trusted", "security-group@admins"} <= rehearsal.state().keys()
    rehearsal.must_be_in_sync()

    proxmox.change_name("POST", "ipset/trusted", cidr="10.9.9.9")
    proxmox.change_name("POST", "groups/admins", type="in", action="ACCEPT", proto="udp", enable="1")
    rehearsal.must_up()
    assert {one["cidr"] for one in proxmox.names("ipset/trusted")} == {"office", here}
    assert [one["comment"] for one in proxmox.names("groups/admins")] == ["by name"]
    rehearsal.must_be_in_sync()

    file.write_text(named.replace(f"members: [office, {here}]", "members: []"))
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 5, done.output
    assert "ssh@pve" in done.output
    assert len(proxmox.names("ipset/trusted")) == 2

    file.write_text(good)
    done = rehearsal.phoenix("sync", "all", "--preview")
    assert "3 of 3 firewall names" in done.output
    network = rehearsal.plan.networks["pve"]
    file.write_text(good.replace("\nfirewall:\n", f"\nfirewall:\n  aliases: {{office: {network}}}\n"))
    rehearsal.must_up()
    assert [len(proxmox.names(path)) for path in ("aliases", "ipset", "groups")] == [1, 0, 0]
    rehearsal.must_be_in_sync()


@pytest.mark.faults
def test_a_drop_at_the_end_comes_and_comes_back_without_cutting_anybody(rehearsal) -> None:
    file, proxmox = rehearsal.config / "site.yaml", rehearsal.by_hand_on_proxmox
    good = file.read_text()
    last = good.index("\n\n", good.index("global_firewall_rules"))
    file.write_text(f"{good[:last]}\n    - {{type: in, action: DROP, comment: the rest}}{good[last:]}")
    rehearsal.must_up()
    rules = proxmox.rules_of("cluster")
    assert (rules[-1]["action"], rules[-1]["enable"]) == ("DROP", 1)
    rehearsal.must_be_in_sync()
    proxmox.delete_last_rule("cluster")
    rehearsal.must_up()
    assert [rule["comment"] for rule in proxmox.rules_of("cluster")] == [rule["comment"] for rule in rules]
    assert proxmox.rules_of("cluster")[-1]["enable"] == 1
    rehearsal.must_be_in_sync()
    file.write_text(good)
    rehearsal.must_up()
    assert "closing-rules" not in rehearsal.state()
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


@pytest.mark.faults
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
