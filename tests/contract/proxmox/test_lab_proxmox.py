"""What the lab's Proxmox does beyond the API: a fresh node, a memory, a log."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.lab.site import LabSite


def call(lab: ProxmoxInThread, method: str, path: str, **form: str) -> requests.Response:
    return requests.request(
        method,
        f"{lab.server.url}/api2/json/{path}",
        data=form or None,
        headers={"Authorization": f"PVEAPIToken={lab.server.token}"},
        verify=str(lab.ca_file),
        timeout=30,
    )


def test_fresh_node(lab: ProxmoxInThread, site: LabSite) -> None:
    lines = call(lab, "GET", "nodes/pve/hosts").json()["data"]["data"].splitlines()
    assert lines[:2] == ["127.0.0.1 localhost.localdomain localhost", f"{site.node_address} pve.lab.test pve"]
    assert "::1     ip6-localhost ip6-loopback" in lines
    assert call(lab, "GET", "nodes/pve/dns").json()["data"] == {"search": "lab.test", "dns1": "127.0.0.1"}
    assert call(lab, "GET", "cluster/firewall/rules").json()["data"] == []
    assert "enable" not in call(lab, "GET", "cluster/firewall/options").json()["data"]


def test_every_guest_runs_behind_the_firewall(lab: ProxmoxInThread, site: LabSite) -> None:
    listed = call(lab, "GET", "cluster/resources?type=vm").json()["data"]
    expected = {(guest.id, guest.name, "pve", "running") for guest in site.guests}
    assert {(one["vmid"], one["name"], one["node"], one["status"]) for one in listed} == expected
    for path in ("nodes/pve/qemu/111/config", "nodes/pve/lxc/201/config"):
        assert "firewall=1" in call(lab, "GET", path).json()["data"]["net0"].split(",")


def test_names_are_resolved_from_the_present_hosts_file(lab: ProxmoxInThread, site: LabSite) -> None:
    assert lab.server.resolve("PVE.lab.test.") == site.node_address
    text = "127.0.1.21 App.lab.test app # not.lab.test\n#127.0.1.9 old.lab.test\n127.0.1.22 app.lab.test\n"
    call(lab, "POST", "nodes/pve/hosts", data=text)
    found = {name: lab.server.resolve(f"{name}.lab.test") for name in ("app", "not", "old", "pve")}
    assert found == {"app": "127.0.1.21", "not": None, "old": None, "pve": None}


def test_a_restart_changes_nothing(site: LabSite, tmp_path: Path) -> None:
    reads = [
        "nodes/pve/dns",
        "nodes/pve/hosts",
        "cluster/firewall/options",
        "cluster/firewall/rules",
        "nodes/pve/firewall/options",
        "nodes/pve/firewall/rules",
        "nodes/pve/qemu/111/firewall/options",
        "nodes/pve/qemu/111/firewall/rules",
        "nodes/pve/lxc/201/firewall/options",
        "nodes/pve/lxc/201/firewall/rules",
    ]
    lab = ProxmoxInThread(site, tmp_path)
    with lab:
        fresh = [call(lab, "GET", path).json() for path in reads]
        call(lab, "PUT", "nodes/pve/dns", search="other.test", dns1="192.0.2.1")
        call(lab, "POST", "nodes/pve/hosts", data="127.0.1.9 nine.lab.test\n")
        for base in ("cluster", "nodes/pve", "nodes/pve/qemu/111", "nodes/pve/lxc/201"):
            call(lab, "PUT", f"{base}/firewall/options", enable="1")
            call(lab, "POST", f"{base}/firewall/rules", type="in", action="DROP", comment=base)
        token, before = lab.server.token, [call(lab, "GET", path).json() for path in reads]
    with lab:
        assert lab.server.token == token
        assert [call(lab, "GET", path).json() for path in reads] == before
        assert lab.server.resolve("nine.lab.test") == "127.0.1.9"
    assert all(one != other for one, other in zip(fresh, before, strict=True))


def test_each_lab_has_its_own_token(lab: ProxmoxInThread, site: LabSite, tmp_path: Path) -> None:
    other = LabSite(**{**site.__dict__, "node_address": "127.19.19.19"})
    with ProxmoxInThread(other, tmp_path / "other") as second:
        assert second.server.token != lab.server.token
    assert (tmp_path / "proxmox" / "token").stat().st_mode & 0o077 == 0


def test_requests_are_logged_with_their_query_and_without_their_body(lab: ProxmoxInThread) -> None:
    call(lab, "GET", "cluster/resources?type=vm")
    call(lab, "PUT", "nodes/pve/dns", search="canary.test")
    call(lab, "PUT", "nodes/pve/dns")
    call(lab, "GET", "no/such/path")
    logged = [(one["product"], one["method"], one["path"], one["status"]) for one in lab.requests()]
    assert logged == [
        ("proxmox", "GET", "/api2/json/cluster/resources?type=vm", 200),
        ("proxmox", "PUT", "/api2/json/nodes/pve/dns", 200),
        ("proxmox", "PUT", "/api2/json/nodes/pve/dns", 400),
        ("proxmox", "GET", "/api2/json/no/such/path", 404),
    ]
    assert "canary" not in str(lab.requests())


def test_the_log_names_the_guest_that_a_request_is_about(lab: ProxmoxInThread) -> None:
    paths = [
        "nodes/pve/qemu/111/config",
        "nodes/pve/lxc/201/firewall/rules",
        "nodes/pve/qemu",
        "nodes/pve/qemu/999/config",
    ]
    for path in paths:
        call(lab, "GET", path)
    assert [one["note"] for one in lab.requests()] == ["docker-1", "gateway", "", "999"]


def test_faults_on_demand(lab: ProxmoxInThread) -> None:
    lab.server.fail("GET", "nodes/pve/dns", 500, "out of order", times=1)
    refused = call(lab, "GET", "nodes/pve/dns")
    assert (refused.status_code, refused.reason) == (500, "out of order")
    assert call(lab, "GET", "nodes/pve/dns").status_code == 200
    lab.server.fail("GET", "nodes/pve/dns", 500, "out of order")
    lab.server.heal()
    assert call(lab, "GET", "nodes/pve/dns").status_code == 200


@pytest.mark.parametrize("name", ["127.0.0.1", "other.lab.test"])
def test_the_certificate_is_for_the_node_alone(lab: ProxmoxInThread, site: LabSite, name: str) -> None:
    trust = ssl.create_default_context(cafile=str(lab.ca_file))
    port = urlsplit(lab.server.url).port
    for right in (site.node_address, "pve.lab.test"):
        with (
            socket.create_connection((site.node_address, port)) as plain,
            trust.wrap_socket(plain, server_hostname=right) as secure,
        ):
            assert secure.version() == "TLSv1.3"
    with socket.create_connection((site.node_address, port)) as plain, pytest.raises(ssl.SSLCertVerificationError):
        trust.wrap_socket(plain, server_hostname=name)


def test_a_client_that_stays_connected_does_not_delay_the_stop(site: LabSite, tmp_path: Path) -> None:
    lab = ProxmoxInThread(site, tmp_path)
    with lab:
        trust = ssl.create_default_context(cafile=str(lab.ca_file))
        kept = http.client.HTTPSConnection(site.node_address, urlsplit(lab.server.url).port, context=trust)
        kept.request("GET", "/api2/json/version", headers={"Authorization": f"PVEAPIToken={lab.server.token}"})
        assert kept.getresponse().read()
        began = time.monotonic()
    assert time.monotonic() - began < 2
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((site.node_address, urlsplit(lab.server.url).port or 0))
