"""Restarts, faults on demand, and what the request log says: the stand-in's own promises."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import requests

WEB = "services:\n  web:\n    image: busybox:lab\n    ports: ['8071:80']\n    environment: ['S=${SECRET}']\n"
SECRET = "canary-7f3a"


def deployed(lab: Any, name: str) -> tuple[Any, int, dict[str, Any]]:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    env = [{"name": "SECRET", "value": SECRET}]
    return client, number, client.deployed(client.create_stack(number, name, WEB, env))


def test_everything_survives_a_restart(lab: Any, name: str) -> None:
    client, number, stack = deployed(lab, name)
    before = client.containers(number, name)
    lab.run(lab.server.stop())
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://{lab.address(111)}:8071/", timeout=5)
    lab.up()
    client = lab.client()
    assert client.call("GET", f"/api/stacks/{stack['Id']}").json() == stack
    after = client.containers(number, name)
    assert [(one["Id"], one["State"]) for one in after] == [(one["Id"], one["State"]) for one in before]
    assert requests.get(f"http://{lab.address(111)}:8071/", timeout=5).json()["stack"] == name


def test_a_server_stopped_in_the_middle_leaves_the_stack_deploying(new_lab: Any, name: str) -> None:
    lab = new_lab("async", deploy_seconds=5.0)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    stack = client.create_stack(number, name, WEB).json()
    lab.restart()
    client = lab.client()
    assert client.call("GET", f"/api/stacks/{stack['Id']}").json()["Status"] == 3
    assert client.update_stack(stack, WEB).status_code == 409
    assert client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={number}").status_code == 204


@pytest.mark.parametrize(
    ("action", "value", "happens", "status"),
    [("status", 504, False, 504), ("status", 500, False, 500), ("cut_before", 0, False, 0), ("cut_after", 0, True, 0)],
)
def test_faults(lab: Any, action: str, value: int, happens: bool, status: int) -> None:
    client = lab.client()
    client.sign_in()
    lab.control("faults", match={"method": "POST", "path": "^/api/tags$"}, action=action, value=value, times=1)
    seen = 0
    with contextlib.suppress(requests.ConnectionError):
        seen = client.call("POST", "/api/tags", json={"Name": "t"}).status_code
    assert seen == status
    assert [tag["Name"] for tag in client.call("GET", "/api/tags").json()] == (["t"] if happens else [])
    assert client.call("POST", "/api/tags", json={"Name": "u"}).status_code == 200


def test_a_fault_that_delays_and_one_that_stays_until_cleared(lab: Any) -> None:
    client = lab.client()
    lab.control("faults", match={"path": "/api/tags"}, action="delay", value=0.3, times=1)
    assert client.call("GET", "/api/tags").elapsed.total_seconds() >= 0.3
    lab.control("faults", match={"path": "/api/tags"}, action="status", value=502, times=0)
    assert [client.call("GET", "/api/tags").status_code for _ in range(3)] == [502] * 3
    lab.control("faults")
    assert client.call("GET", "/api/tags").status_code == 200


def test_a_fault_that_makes_no_sense_is_refused(lab: Any) -> None:
    for rule in ({"action": "explode"}, {"action": "status", "value": 7}, {"action": "delay", "match": {"path": "("}}):
        assert lab.client().raw("POST", "/lab/faults", json=rule).status_code == 400


def test_the_log_names_what_was_asked_about_and_nothing_secret(lab: Any, name: str) -> None:
    client, number, stack = deployed(lab, name)
    client.call("GET", f"/api/endpoints/{number}/docker/info")
    client.containers(number, name)
    token = client.sign_in().json()["jwt"]
    client.raw("GET", "/api/tags", params={"token": token, "x-api-key": "ptr_secret", "q": "1"})
    client.call("GET", "/api/stacks/999")
    log = lab.requests()
    notes = {(entry["method"], entry["path"].split("?")[0]): entry["note"] for entry in log}
    assert notes["POST", "/api/endpoints"] == "agent"
    assert notes["POST", "/api/stacks/create/standalone/string"] == f"{name}@agent"
    assert notes["GET", f"/api/stacks/{stack['Id']}"] == f"{name}@agent"
    assert notes["GET", f"/api/endpoints/{number}/docker/info"] == "agent"
    assert notes["GET", f"/api/endpoints/{number}/docker/containers/json"] == f"{name}@agent"
    assert [entry["status"] for entry in log if entry["path"] == "/api/stacks/999"] == [404]
    text = (lab.folder / "requests.jsonl").read_text()
    for secret in (SECRET, client.password, token, "ptr_secret"):
        assert secret not in text
    assert "/api/tags?q=1" in text
