"""What a failure leaves behind, and what the messages say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

DNS = {"nodeName": "pve", "domain": "home.lan", "servers": ["192.0.2.1"]}
HOSTS = {"nodeName": "pve", "entry": [{"address": "192.0.2.1", "hostnames": ["one"]}]}
OPTIONS = {"nodeName": "pve", "vmId": 111, "enabled": True}


@pytest.mark.parametrize(
    ("kind", "inputs", "method", "path"),
    [
        ("dns", DNS, "PUT", "nodes/pve/dns"),
        ("dns", DNS, "GET", "nodes/pve/dns"),
        ("hosts", HOSTS, "POST", "nodes/pve/hosts"),
        ("hosts", HOSTS, "GET", "nodes/pve/hosts"),
        ("options", OPTIONS, "PUT", "qemu/111/firewall/options"),
        ("cluster options", {}, "PUT", "cluster/firewall/options"),
        ("rules", {"rules": []}, "GET", "cluster/firewall/rules"),
    ],
)
def test_a_failed_create_is_not_recorded(
    engine: Any, lab: Any, kind: str, inputs: dict[str, Any], method: str, path: str
) -> None:
    lab.server.fail(method, path, 500, "no luck", times=1)
    with pytest.raises(Exception, match="received an HTTP 500 response - Reason: no luck") as refused:
        engine.create(kind, inputs)
    assert vars(refused.value)["state"] is None
    assert sum(call.startswith(method) for call in lab.calls()) == 1
    engine.create(kind, inputs)


@pytest.mark.parametrize(("kind", "inputs"), [("options", OPTIONS), ("cluster options", {"enabled": True})])
def test_options_that_cannot_be_read_back_are_recorded_as_wanted(
    engine: Any, lab: Any, kind: str, inputs: dict[str, Any]
) -> None:
    lab.server.fail("GET", "firewall/options", 500, "no luck", times=1)
    with pytest.raises(Exception, match="no luck") as refused:
        engine.create(kind, inputs)
    assert vars(refused.value)["state"]["enabled"] is True


def test_a_failed_update_is_recorded_as_wanted_and_repeated_without_a_difference(engine: Any, lab: Any) -> None:
    created = engine.create("dns", DNS)
    wanted = DNS | {"domain": "other.lan"}
    lab.server.fail("PUT", "nodes/pve/dns", 500, "no luck", times=1)
    failed = engine.up(created, wanted)
    assert failed.problem == "error updating DNS configuration: received an HTTP 500 response - Reason: no luck"
    assert failed.state["domain"] == "other.lan"
    assert lab.files.search == "home.lan"
    lab.forget()
    assert engine.up(failed, wanted).done == "updated"
    assert lab.calls() == ["PUT nodes/pve/dns", "GET nodes/pve/dns"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "authentication failure"),
        (403, "Permission check failed (/nodes/pve, Sys.Audit)"),
        (404, "Not Found"),
        (500, "storage 'x' does not exist"),
        (302, "Found"),
        (596, "Connection refused"),
    ],
)
def test_nothing_is_ever_read_as_gone(engine: Any, lab: Any, status: int, reason: str) -> None:
    created = engine.create("dns", DNS)
    lab.forget()
    lab.server.fail("GET", "nodes/pve/dns", status, reason)
    with pytest.raises(Exception, match=rf"received an HTTP {status} response - Reason: ") as refused:
        engine.refresh(created)
    gone = "the requested resource does not exist\n" if status in (404, 500) else ""
    said = f"error retrieving DNS configuration: {gone}received an HTTP {status} response - Reason: {reason}"
    assert str(refused.value) == said
    assert lab.calls() == ["GET nodes/pve/dns"]


def test_a_page_of_a_proxy_is_not_an_answer(engine: Any, lab: Any) -> None:
    lab.server.api.fail("GET", "nodes/pve/dns", 200, "<html>busy</html>", html=True)
    with pytest.raises(Exception, match="failed to decode HTTP GET response"):
        engine.take_over("dns", "pve")


def test_an_answer_without_data_is_an_error(engine: Any, lab: Any) -> None:
    lab.server.api.fail("GET", "nodes/pve/dns", 200, '{"data": null}', html=True)
    with pytest.raises(Exception, match="the server did not include a data object in the response"):
        engine.take_over("dns", "pve")


@pytest.mark.parametrize(("method", "tries"), [("GET", 4), ("PUT", 1)])
def test_only_reads_are_tried_again_when_the_connection_is_cut(engine: Any, lab: Any, method: str, tries: int) -> None:
    """Three times, and once more when it was a kept connection that died."""
    created = engine.create("dns", DNS)
    lab.forget()
    lab.server.api.flaky_network(drop_rate=1.0)
    if method == "GET":
        with pytest.raises(Exception, match="failed to perform HTTP GET request"):
            engine.refresh(created)
    else:
        failed = engine.up(created, DNS | {"domain": "other.lan"})
        assert "failed to perform HTTP PUT request" in failed.problem
    assert lab.calls() == [f"{method} nodes/pve/dns"] * tries


def test_a_server_that_is_down_is_an_error(plugin: Any, site: Any) -> None:
    endpoint = f"https://{site.node_address}:{site.proxmox_port}"
    plugin.engine.configure(endpoint=endpoint, apiToken="user@pve!id=00000000-0000-0000-0000-000000000000")
    with pytest.raises(Exception, match=r"failed to perform HTTP GET request.*refused"):
        plugin.engine.take_over("dns", "pve")


@pytest.mark.parametrize("limit", ["1", "enable=1", "enable=1,burst=5", "enable=1,rate=1/second"])
def test_an_incomplete_log_limit_ends_the_process(
    executable: Path, engine_address: str, plugin: Any, lab: Any, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(lab.ca_file))
    doomed = type(plugin)(executable, engine_address)
    try:
        doomed.engine.configure(endpoint=lab.server.url, apiToken=lab.server.token)
        lab.set_options({"log_ratelimit": limit})
        with pytest.raises(Exception, match=r"."):
            doomed.engine.take_over("cluster options", "cluster-firewall")
        assert doomed.process.wait(10) == 2
    finally:
        doomed.end()


def test_parts_of_a_log_limit_stand_in_any_order(engine: Any, lab: Any) -> None:
    lab.set_options({"log_ratelimit": "rate=3/hour,enable=0,burst=7"})
    found = engine.take_over("cluster options", "cluster-firewall").state
    assert found["logRatelimit"] == {"rate": "3/hour", "enabled": False, "burst": 7}
