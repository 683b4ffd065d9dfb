"""A change of the firewall is tried out; one that cuts what worked is taken back, whatever was foreseen."""

from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from phoenix_providers.clients.probes.connection_attempt import takes_connections

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


def closed_by_hand(rehearsal) -> None:
    """Take away on Proxmox what lets the sync in to Portainer and to Traefik's API."""
    proxmox = rehearsal.by_hand_on_proxmox
    for place in ("qemu/110", "lxc/102"):
        assert proxmox.rules_of(place)[-1]["source"] == "127.0.0.1"
        proxmox.delete_last_rule(place)
    server = urlsplit(rehearsal.lab.portainer_url)
    deadline = time.monotonic() + 10
    while not takes_connections(server.hostname, server.port, timeout=1):
        assert time.monotonic() < deadline


def test_what_the_firewall_keeps_from_the_sync_is_opened_by_the_next_run(rehearsal) -> None:
    before = rehearsal.by_hand_on_proxmox.rules()
    closed_by_hand(rehearsal)
    seen = rehearsal.phoenix("sync", "all", "--preview")
    assert seen.code == 0, seen.output
    closed = "closed by the firewall now; what the files declare opens it"
    for word in (closed, "port: 9443", "port: 8081", "on the guest 110", "on the guest 102"):
        assert word in seen.output, (word, seen.output)
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 0, done.output
    assert rehearsal.by_hand_on_proxmox.rules() == before
    rehearsal.must_be_in_sync()


@pytest.mark.faults
def test_a_published_port_that_its_vm_does_not_open_is_named_until_it_does(rehearsal) -> None:
    file = rehearsal.config / "stacks" / "homepage" / "docker-compose.yml"
    file.write_text(file.read_text().replace('"8103:', '"8109:'))
    named = ("backend@111:8109", "on the guest 111", "vms.yaml:", "port: 8109", "phoenix:allowCut")
    told = []
    for arguments in (("--preview",), ("--yes",), ("--yes",)):
        done = rehearsal.phoenix("sync", "all", *arguments)
        assert done.code == 4, done.output
        for word in named:
            assert word in done.output, (word, done.output)
        told.append(done.output)
    assert ":8109" in (Path(rehearsal.lab.traefik_target) / "phoenix-stacks.yml").read_text()
    # What the first run has done the second finds done: it has nothing to do but to fail.
    assert " updated" in told[1]
    assert " updated" not in told[2]
