"""Before the engine starts: nodes and guests that the Proxmox plugin would read, and that are gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from phoenix_providers.cli.engine.readiness_ahead import RUN_PROGRAM, wait_ahead
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import UnauthorizedError

RULES, HOSTS = "proxmoxve:firewall/rulesLegacy:RulesLegacy", "proxmoxve:index/hostsLegacy:HostsLegacy"
CLUSTER, VM = {"type": RULES, "outputs": {}}, {"type": RULES, "outputs": {"nodeName": "pve", "vmId": 111}}
CONTAINER = {"type": RULES, "outputs": {"nodeName": "pve", "containerId": 201}}
NODE = {"type": HOSTS, "outputs": {"nodeName": "pve"}}


class StateOf:
    """An engine whose state has these resources of the plugin."""

    def __init__(self, lab: Any, folder: Path, *resources: dict[str, Any]) -> None:
        gate = {"urn": "::readiness", "type": "phoenix", "outputs": {"proxmox": lab.server.url}}
        self.resources = [gate, *({"urn": f"::{number}"} | one for number, one in enumerate(resources))]
        self.project = folder
        self.configuration = {
            "proxmoxve:endpoint": lab.server.url,
            "proxmoxve:apiToken": lab.server.token,
            "proxmoxve:insecure": "true",
        }

    def asked_ahead(self) -> Any:
        return lambda: (self.resources, self.configuration)


def says(engine: Any) -> bool:
    """Whether the refresh has to run inside the program; nothing else is said."""
    lines: list[str] = []
    found = wait_ahead(engine, lines.append)
    assert lines == []
    return RUN_PROGRAM in found


def test_where_all_is_there_a_plain_refresh_reads_it(lab: Any, tmp_path: Path) -> None:
    before = len(lab.requests())
    assert says(StateOf(lab, tmp_path, CLUSTER, VM, CONTAINER, NODE)) is False
    asked = [item["path"] for item in lab.requests()[before:]]
    assert len([path for path in asked if "/cluster/resources" in path or path.endswith("/nodes")]) == 2


def test_who_has_only_the_datacenter_asks_nothing_more(lab: Any, tmp_path: Path) -> None:
    before = len(lab.requests())
    assert says(StateOf(lab, tmp_path, CLUSTER)) is False
    assert not [item for item in lab.requests()[before:] if "/cluster/resources" in item["path"]]


@pytest.mark.parametrize(
    "gone",
    [
        {"type": RULES, "outputs": {"nodeName": "pve", "vmId": 999}},
        {"type": RULES, "outputs": {"nodeName": "pve2", "vmId": 111}},
        {"type": HOSTS, "outputs": {"nodeName": "pve2"}},
    ],
    ids=["a guest", "a guest on that node", "a node"],
)
def test_what_is_gone_is_left_to_a_refresh_inside_the_program(lab: Any, tmp_path: Path, gone: dict[str, Any]) -> None:
    assert says(StateOf(lab, tmp_path, CLUSTER, VM, gone)) is True


def test_a_guest_that_is_destroyed_meanwhile(lab: Any, tmp_path: Path) -> None:
    engine = StateOf(lab, tmp_path, VM, CONTAINER)
    assert says(engine) is False
    access = {
        "headers": {"Authorization": f"PVEAPIToken={lab.server.token}"},
        "verify": str(lab.ca_file),
        "timeout": 30,
    }
    guest = f"{lab.server.url}/api2/json/nodes/pve/lxc/201"
    assert requests.post(f"{guest}/status/stop", **access).status_code == 200
    assert requests.delete(guest, **access).status_code == 200
    assert says(engine) is True


def test_a_proxmox_that_refuses_to_tell_has_all(lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Any) -> Any:
        raise UnauthorizedError("Proxmox refuses it", next_step="ask somebody")

    monkeypatch.setattr(ProxmoxSettings, "guests", refused)
    assert says(StateOf(lab, tmp_path, VM, {"type": RULES, "outputs": {"nodeName": "pve", "vmId": 999}})) is False
