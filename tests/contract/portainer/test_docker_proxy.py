"""The Docker API behind Portainer: containers, health, logs, and what is not there."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest


def deploy(api: Any, endpoint: int, name: str, extra: str = "") -> dict[str, Any]:
    text = f"services:\n  web:\n    image: {api.image}\n    command: [sleep, '3600']\n    stop_grace_period: 1s\n"
    return dict(api.deployed(api.create_stack(endpoint, name, text + extra)))


def docker(api: Any, endpoint: int, path: str, method: str = "GET", **arguments: Any) -> Any:
    return api.call(method, f"/api/endpoints/{endpoint}/docker/{path}", **arguments)


@pytest.mark.parametrize("versioned", [False, True])
def test_list_with_and_without_version(api: Any, environment: int, name: str, versioned: bool) -> None:
    deploy(api, environment, name)
    # Its own version: an engine refuses those that are too old or too new for it.
    prefix = f"v{docker(api, environment, 'version').json()['ApiVersion']}/" if versioned else ""
    filters = json.dumps({"label": [f"com.docker.compose.project={name}"]})
    answer = docker(api, environment, f"{prefix}containers/json", params={"filters": filters})
    (container,) = answer.json()
    assert container["State"] == "running"
    assert container["Status"].startswith("Up ")
    assert container["Portainer"]["ResourceControl"]["ResourceId"] == f"{environment}_{name}"
    by_map = json.dumps({"label": {f"com.docker.compose.project={name}": True}})
    assert len(docker(api, environment, "containers/json", params={"filters": by_map}).json()) == 1


@pytest.mark.parametrize(("test", "verdict"), [("'true'", "healthy"), ("'false'", "unhealthy")])
def test_health(api: Any, environment: int, name: str, test: str, verdict: str) -> None:
    deploy(api, environment, name, f"    healthcheck: {{test: [CMD, {test}], interval: 1s, retries: 1}}\n")
    container = api.containers(environment, name)[0]["Id"]
    seen: list[str] = []

    def decided() -> bool:
        seen.append(docker(api, environment, f"containers/{container}/json").json()["State"]["Health"]["Status"])
        return seen[-1] == verdict

    assert api.until(decided)
    assert set(seen) <= {"starting", verdict}
    assert f"({verdict})" in api.containers(environment, name)[0]["Status"]


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("containers/nosuch/json", 404, "No such container: nosuch"),
        ("nosuchpath", 404, "page not found"),
        ("images/nosuch/json", 404, "No such image: nosuch"),
        ("swarm", 503, "This node is not a swarm manager"),
    ],
)
def test_docker_s_own_errors(api: Any, environment: int, path: str, status: int, message: str) -> None:
    answer = docker(api, environment, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"message"}
    assert message in answer.json()["message"]
    assert answer.text.endswith("\n")


def test_ping_info_version(api: Any, environment: int) -> None:
    assert docker(api, environment, "_ping").text == "OK"
    assert docker(api, environment, "info").json()["Swarm"]["LocalNodeState"] == "inactive"
    assert docker(api, environment, "version").json()["ApiVersion"].startswith("1.")


def test_stop_start_and_remove_by_hand(api: Any, environment: int, name: str) -> None:
    deploy(api, environment, name)
    path = f"containers/{name}-web-1"
    assert docker(api, environment, f"{path}/stop?t=1", "POST").status_code == 204
    assert api.containers(environment, name)[0]["State"] == "exited"
    assert docker(api, environment, f"{path}/start", "POST").status_code == 204
    assert docker(api, environment, f"{path}/start", "POST").status_code == 304
    assert docker(api, environment, path, "DELETE").status_code == 409
    assert docker(api, environment, f"{path}?force=1", "DELETE").status_code == 204
    assert api.containers(environment, name) == []


def test_logs_are_framed_unless_there_is_a_terminal(lab: Any, name: str) -> None:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "a")).json()["Id"]
    deploy(client, number, name)
    deploy(client, number, f"{name}tty", "    tty: true\n")
    framed = docker(client, number, f"containers/{name}-web-1/logs?stdout=1&stderr=1").content
    stream, size = struct.unpack(">BxxxI", framed[:8])
    assert stream == 1
    assert framed[8 : 8 + size].endswith(b"\n")
    assert docker(client, number, f"containers/{name}tty-web-1/logs?stdout=1").content.startswith(name.encode())
    assert docker(client, number, f"containers/{name}-web-1/logs").status_code == 400


def test_the_engine_itself_is_down(lab: Any) -> None:
    client = lab.client()
    form = {"Name": "own", "EndpointCreationType": "1", "URL": "unix:///var/run/docker.sock"}
    number = client.create_environment(form).json()["Id"]
    lab.control("hosts/101/agent", up=False)
    answer = docker(client, number, "info")
    assert (answer.status_code, answer.json()["message"]) == (
        500,
        "Unable to proxy the request via the Docker socket",
    )
