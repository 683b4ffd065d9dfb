"""A VM leaves the files with everything that is said of it, while it runs: one run takes it away, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.lab.probe import ask
from tests.system.conftest import Rehearsal
from tests.system.plan_and_preview import planned, previewed
from tests.system.test_agent_down import switch_agent

pytestmark = pytest.mark.engine

VMID, STACKS = 113, {"vaultwarden@113", "grafana@113", "backup@113"}


@pytest.fixture(scope="module")
def site(start_lab) -> Rehearsal:
    """A site that may lose much at once."""
    rehearsal = start_lab(settings={"deleteThreshold": "100", "deployTimeout": "20", "requestTimeout": "5"})
    rehearsal.must_up()
    return rehearsal


@pytest.fixture
def whole(site: Rehearsal) -> str:
    """All of the VMs' file, on a site that is up."""
    text = (site.config / "vms.yaml").read_text()
    yield text
    (site.config / "vms.yaml").write_text(text)
    switch_agent(site, VMID, up=True)
    site.must_up()


def take_out(config: Path, text: str) -> None:
    begin, end = (text.index(f"  - vmid: {vmid}") for vmid in (VMID, 190))
    (config / "vms.yaml").write_text(text[:begin] + text[end:])


def of_it(site: Rehearsal) -> set[str]:
    """What the state has of it."""
    return {name for name in site.state() if name.endswith(f"@{VMID}")}


def statuses(site: Rehearsal) -> dict[str, int]:
    return {host: ask(site.lab.traefik_url, f"{host}.home.example", "/").status for host in ("grafana", "whoami")}


def test_one_run_takes_it_away_and_the_next_has_nothing_to_do(site: Rehearsal, whole: str) -> None:
    assert "tools" in site.by_hand.environment_names()
    take_out(site.config, whole)
    plan, preview = planned(site), previewed(site)
    assert plan == preview, f"plan: {plan}\n\npreview: {preview}"
    assert STACKS | {f"environment@{VMID}"} <= {
        urn.rpartition("::")[2] for operation, urn in plan.changes if operation == "delete"
    }
    site.must_up()
    assert of_it(site) == set()
    assert not {"vaultwarden-production", "grafana-production", "backup-production"} & set(site.by_hand.stack_names())
    assert "tools" not in site.by_hand.environment_names()
    assert "tools" not in site.by_hand_on_proxmox.hosts()
    assert site.by_hand_on_proxmox.rules_of(f"qemu/{VMID}") == []
    assert statuses(site) == {"grafana": 404, "whoami": 200}
    assert "nothing to do" in site.phoenix("plan").output
    site.must_be_in_sync()


def test_while_it_is_off_all_else_is_done_and_the_run_says_what_to_do(site: Rehearsal, whole: str) -> None:
    switch_agent(site, VMID, up=False)
    take_out(site.config, whole)
    plan, preview = planned(site), previewed(site)
    assert plan == preview, f"plan: {plan}\n\npreview: {preview}"
    for _ in range(2):
        done = site.phoenix("sync", "all", "--yes")
        assert done.code == 3, done.output
        assert done.output.count("VM 113 leaves, and its agent does not answer") == 1, done.output
        assert "phoenix sync all --forget-gone" in done.output
        assert "Traceback" not in done.output
        # What cannot be reached is not absent; everything else has left.
        assert of_it(site) == STACKS | {f"environment@{VMID}"}
        assert "grafana-production" in site.by_hand.stack_names()
        assert site.by_hand_on_proxmox.rules_of(f"qemu/{VMID}") == []
        assert statuses(site) == {"grafana": 404, "whoami": 200}
    switch_agent(site, VMID, up=True)
    site.must_up()
    assert of_it(site) == set()
    assert "tools" not in site.by_hand.environment_names()
    site.must_be_in_sync()


def test_one_that_proxmox_has_no_more_is_forgotten_if_somebody_says_so(site: Rehearsal) -> None:
    """It comes last: nothing brings the VM back."""
    switch_agent(site, VMID, up=False)
    site.by_hand_on_proxmox.destroy_guest(f"qemu/{VMID}")
    take_out(site.config, (site.config / "vms.yaml").read_text())
    done = site.phoenix("sync", "all", "--yes")
    assert done.code == 3, done.output
    assert of_it(site) == STACKS | {f"environment@{VMID}"}
    done = site.phoenix("sync", "all", "--yes", "--forget-gone")
    assert done.code == 0, done.output
    assert "At Portainer, remove by hand what is left of them: tools" in done.output
    assert of_it(site) == set()
    assert "tools" in site.by_hand.environment_names()
    assert "tools-agent" not in site.by_hand_on_proxmox.hosts()
    site.must_be_in_sync()
