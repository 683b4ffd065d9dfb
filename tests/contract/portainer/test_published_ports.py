"""Published ports really answer, on the address of the VM they are on."""

from __future__ import annotations

from typing import Any

import pytest
import requests

WEB = "services:\n  web:\n    image: busybox:lab\n"


@pytest.fixture
def number(lab: Any) -> int:
    return int(lab.client().create_environment(lab.agent_form(111, "agent")).json()["Id"])


def get(lab: Any, port: int, vmid: int = 111) -> requests.Response:
    headers = {"Host": "app.lab.test"}
    return requests.get(f"http://{lab.address(vmid)}:{port}/path?q=1", headers=headers, timeout=5)


def closed(lab: Any, port: int) -> bool:
    try:
        get(lab, port)
    except requests.ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    ("ports", "open_ports", "closed_ports"),
    [
        ("['8071:80']", [8071], [80]),
        ("['0.0.0.0:8071:80/tcp']", [8071], []),
        ("['8071-8072:80-81']", [8071, 8072], []),
        ("[{target: 80, published: 8071}]", [8071], []),
        ("[{target: 80, published: '8071', protocol: tcp, mode: host}]", [8071], []),
        ("['127.0.0.1:8071:80']", [], [8071]),
        ("['8071:80/udp']", [], [8071]),
        ("[{target: 80, published: 8071, host_ip: 127.0.0.1}]", [], [8071]),
    ],
)
def test_spellings(
    lab: Any, number: int, name: str, ports: str, open_ports: list[int], closed_ports: list[int]
) -> None:
    client = lab.client()
    client.deployed(client.create_stack(number, name, f"{WEB}    ports: {ports}\n"))
    for port in open_ports:
        answer = get(lab, port)
        body = answer.json()
        assert {key: body[key] for key in ("stack", "service", "vm", "vmid", "host", "path")} == {
            "stack": name,
            "service": "web",
            "vm": "vm111",
            "vmid": 111,
            "host": "app.lab.test",
            "path": "/path?q=1",
        }
        headers = [answer.headers[f"X-Phoenix-{part}"] for part in ("Stack", "Service", "VM")]
        assert headers == [name, "web", "vm111"]
    assert all(closed(lab, port) for port in closed_ports)


def test_a_free_port_of_the_engine_s_choice_is_listed(lab: Any, number: int, name: str) -> None:
    client = lab.client()
    client.deployed(client.create_stack(number, name, f"{WEB}    ports: ['80']\n"))
    port = client.containers(number, name)[0]["Ports"][0]
    assert port["PrivatePort"] == 80
    assert get(lab, port["PublicPort"]).json()["stack"] == name


@pytest.mark.parametrize("how", ["stop", "remove", "exit", "delete the stack"])
def test_the_port_closes_with_the_container(lab: Any, number: int, name: str, how: str) -> None:
    client = lab.client()
    stack = client.deployed(client.create_stack(number, name, f"{WEB}    ports: ['8071:80']\n"))
    assert not closed(lab, 8071)
    container = f"/api/endpoints/{number}/docker/containers/{name}-web-1"
    if how == "stop":
        client.call("POST", f"{container}/stop")
    elif how == "remove":
        client.call("DELETE", f"{container}?force=true")
    elif how == "exit":
        lab.control(f"hosts/111/containers/{name}-web-1", behaviour="exit")
    else:
        client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={number}")
    assert closed(lab, 8071)


def test_two_vms_may_publish_the_same_port(lab: Any, number: int, name: str) -> None:
    client = lab.client()
    other = client.create_environment(lab.agent_form(112, "other")).json()["Id"]
    for environment in (number, other):
        client.deployed(client.create_stack(environment, name, f"{WEB}    ports: ['8071:80']\n"))
    assert [get(lab, 8071, vmid).json()["vm"] for vmid in (111, 112)] == ["vm111", "vm112"]


def test_a_changed_file_shows_in_the_answer_once_the_container_is_new(lab: Any, number: int, name: str) -> None:
    client = lab.client()

    def text(content: str, label: str) -> str:
        uses = f"    ports: ['8071:80']\n    labels: {{digest: {label}}}\n    configs: [{{source: c, target: /c}}]\n"
        return f"{WEB}{uses}configs: {{c: {{content: {content}}}}}\n"

    stack = client.deployed(client.create_stack(number, name, text("one", "a")))
    seen = [get(lab, 8071).json()["files"]["/c"]]
    for content, label in (("two", "a"), ("two", "b")):
        client.deployed(client.update_stack(stack, text(content, label)))
        seen.append(get(lab, 8071).json()["files"]["/c"])
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize(
    ("behaviour", "state", "status"),
    [
        ("unhealthy", "running", "(unhealthy)"),
        ("exit", "exited", "Exited (1)"),
        ("one-shot", "exited", "Exited (0)"),
        ("restart", "restarting", "Restarting (1)"),
    ],
)
@pytest.mark.parametrize("by_label", [True, False])
def test_behaviours(lab: Any, number: int, name: str, behaviour: str, state: str, status: str, by_label: bool) -> None:
    client = lab.client()
    asked = f"    labels: {{phoenix.lab.behaviour: {behaviour}}}\n"
    text = f"{WEB}{asked}" if by_label else WEB.replace("busybox:lab", f"lab/{behaviour}:1")
    health = "    healthcheck: {test: [CMD, 'true']}\n"
    client.deployed(client.create_stack(number, name, f"{text}{health}"))

    def shown() -> dict[str, Any] | None:
        container = client.containers(number, name)[0]
        return container if status in container["Status"] else None

    assert client.until(shown)["State"] == state
