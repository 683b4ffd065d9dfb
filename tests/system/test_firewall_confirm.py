"""A change of the firewall is tried out; one that cuts what worked is taken back, whatever was foreseen."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.engine

DOOR = 'port: "22,8006"'
API, NO_API = DOOR, 'port: "22"'


def changes(rehearsal) -> dict[str, str]:
    """What a preview would do, by resource name."""
    done = rehearsal.pulumi("preview", "--json")
    assert done.code == 0, done.output
    steps = json.loads(done.output[done.output.index("{") :])["steps"]
    return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] not in ("same", "refresh")}


def test_a_lock_out_is_taken_back_and_the_next_preview_shows_the_change_again(rehearsal) -> None:
    file, proxmox = rehearsal.config / "site.yaml", rehearsal.by_hand_on_proxmox
    good = file.read_text()
    before = proxmox.rules(), proxmox.options("cluster")
    file.write_text(good.replace(API, NO_API, 1))
    rehearsal.pulumi("config", "set", "--path", "phoenix:allowCut[0]", "api@pve")
    first = changes(rehearsal)
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 7, done.output
    for word in ("reverted:", "api@pve", "port: 8006", "on the datacenter", "works again", "pulumi preview --diff"):
        assert word in done.output, (word, done.output)
    assert "Traceback" not in done.output
    assert (proxmox.rules(), proxmox.options("cluster")) == before
    again = changes(rehearsal)
    assert again["rules@cluster"] == "update"
    assert again.items() <= first.items()
    file.write_text(good)
    rehearsal.pulumi("config", "rm", "phoenix:allowCut")
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


def test_a_harmless_change_is_confirmed_and_a_run_without_change_waits_for_nothing(rehearsal) -> None:
    file = rehearsal.config / "site.yaml"
    file.write_text(file.read_text().replace(API, 'port: "22,3128,8006"', 1))
    assert "until the firewall's rules are in force" in rehearsal.must_up()
    done = rehearsal.up("--expect-no-changes")
    assert done.code == 0, done.output
    assert "in force" not in done.output
