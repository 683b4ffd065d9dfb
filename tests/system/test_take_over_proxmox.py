"""A Proxmox that is in use: nothing on it is overwritten, and everything can be taken over."""

from __future__ import annotations

import pytest

from phoenix_providers.lab import control

pytestmark = pytest.mark.engine

SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "2222", "comment": "my own door"}
PING = {"type": "in", "action": "ACCEPT", "proto": "icmp", "icmp-type": "echo-request", "comment": "pings alone"}


@pytest.fixture(scope="module")
def in_use(start_lab):
    """A lab whose Proxmox somebody has used before."""
    rehearsal = start_lab()
    proxmox = rehearsal.by_hand_on_proxmox
    proxmox.write_hosts(proxmox.hosts() + "# my printer\n10.9.9.9 printer.lan printer\n")
    proxmox.add_rule("cluster", **SSH)
    proxmox.add_rule("qemu/111", **SSH)
    proxmox.set_options("cluster", policy_out="REJECT", policy_forward="DROP", log_ratelimit="enable=1")
    proxmox.set_options("qemu/111", ipfilter="1")
    # The same rule as one of the site for the Proxmox plugin, which sees no kinds of messages.
    network = rehearsal.plan.networks[rehearsal.plan.node]
    proxmox.add_rule("cluster", source=network, **PING)
    return rehearsal


def test_a_plain_run_is_refused_before_anything_is_written(in_use) -> None:
    proxmox = in_use.by_hand_on_proxmox
    before = proxmox.hosts(), proxmox.rules(), proxmox.options("cluster")
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        done = in_use.pulumi(*command)
        assert done.code != 0
        # One message for all places, not one run for each.
        places = ("the datacenter:", "the node pve:", "the guest 111:", "policy_out: REJECT", "my own door")
        for word in ("refused:", "10.9.9.9 printer.lan printer", "phoenix adopt", *places):
            assert word in done.output, (word, done.output)
        assert "Traceback" not in done.output
    assert (proxmox.hosts(), proxmox.rules(), proxmox.options("cluster")) == before
    done = in_use.phoenix("sync", "all", "--preview")
    assert done.code == 5, done.output


def test_adopt_keeps_what_is_foreign_and_the_next_runs_are_quiet(in_use) -> None:
    proxmox = in_use.by_hand_on_proxmox
    before = proxmox.hosts(), proxmox.rules()
    done = in_use.phoenix("adopt", "--yes")
    assert done.code == 0, done.output
    assert (proxmox.hosts(), proxmox.rules()) == before
    assert "printer" in (in_use.config / "site.yaml").read_text()
    assert "my own door" in (in_use.config / "vms.yaml").read_text()
    assert "# my printer" in (in_use.config / "hosts-pve.before-phoenix").read_text()
    assert "default_forward_policy: DROP" in (in_use.config / "site.yaml").read_text()
    assert "ipfilter: true" in (in_use.config / "vms.yaml").read_text()
    assert {"rules@cluster", "hosts@pve", "rules@111"} <= in_use.state().keys()
    in_use.must_up()
    switched = {"enable": 1, "policy_in": "DROP", "policy_out": "ACCEPT"}
    # What nobody has declared is as it was, in the form that the plugin dies of.
    assert proxmox.options("cluster") == {**switched, "policy_forward": "DROP", "log_ratelimit": "enable=1"}
    assert proxmox.options("qemu/111") == {"enable": 1, "policy_in": "DROP", "ipfilter": 1}
    assert "10.9.9.9 printer.lan printer" in proxmox.hosts()
    assert [rule.get("dport") for rule in proxmox.rules_of("cluster")].count("2222") == 1
    assert [rule.get("dport") for rule in proxmox.rules_of("qemu/111")].count("2222") == 1
    kinds = [
        (rule["comment"], rule.get("icmp-type")) for rule in proxmox.rules_of("cluster") if rule.get("proto") == "icmp"
    ]
    assert sorted(kinds) == [("Ping", None), ("pings alone", "echo-request")]
    in_use.must_be_in_sync()


def test_removing_one_guests_firewall_puts_its_options_back(in_use) -> None:
    file = in_use.config / "lxcs.yaml"
    text = file.read_text()
    start = text.index("    firewall:", text.index("name: forgejo"))
    file.write_text(text[:start] + text[text.index("    dependencies", start) :])
    in_use.must_up()
    assert in_use.by_hand_on_proxmox.rules_of("lxc/104") == []
    assert in_use.by_hand_on_proxmox.options("lxc/104") == {}
    in_use.must_be_in_sync()


def test_destroy_puts_back_what_was_there_and_leaves_no_policy_without_rules(in_use) -> None:
    proxmox = in_use.by_hand_on_proxmox
    done = in_use.pulumi("destroy", "--yes", "--skip-preview")
    assert done.code == 0, done.output
    assert proxmox.rules() == []
    assert proxmox.hosts() == (in_use.config / "hosts-pve.before-phoenix").read_text()
    assert proxmox.options("cluster") == {"policy_out": "REJECT", "policy_forward": "DROP", "log_ratelimit": "enable=1"}
    assert proxmox.options("qemu/111") == {"ipfilter": 1}


@pytest.mark.faults
def test_what_an_interrupted_first_run_has_left_is_written_again(start_lab) -> None:
    """The plugin refuses to create rules where any are, for ever; these are ours and count for nothing yet."""
    rehearsal = start_lab()
    proxmox = rehearsal.by_hand_on_proxmox
    network = rehearsal.plan.networks[rehearsal.plan.node]
    proxmox.add_rule("lxc/104", type="in", action="ACCEPT", source=network, proto="tcp", dport="22")
    proxmox.add_rule("cluster", type="in", action="ACCEPT", source=network, proto="udp", dport="53")
    output = rehearsal.must_up()
    assert "that an interrupted run has left are written again" in output
    assert len(proxmox.rules_of("lxc/104")) == 2
    assert len(proxmox.rules_of("cluster")) == len(rehearsal.plan.firewall.cluster)
    rehearsal.must_be_in_sync()


def test_a_preview_of_a_fresh_state_needs_nothing_that_runs(start_lab) -> None:
    rehearsal = start_lab()
    control.down(rehearsal.home.products)
    done = rehearsal.pulumi("preview")
    assert done.code == 0, done.output
    assert "to create" in done.output
