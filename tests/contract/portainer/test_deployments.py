"""What a deployment does to records, files and containers, on each line."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

MISSING = "nosuch/image:1"
BAD_YAML = "services:\n  web:\n   image: [\n"


def web(api: Any, extra: str = "") -> str:
    text = f"services:\n  web:\n    image: {api.image}\n    command: [sleep, '3600']\n"
    return f"{text}    stop_grace_period: 1s\n{extra}"


@pytest.fixture
def number(lab: Any) -> int:
    return int(lab.client().create_environment(lab.agent_form(111, "agent")).json()["Id"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BAD_YAML, "did not find expected node content"),
        # "Additional property bogus is not allowed", or, of newer ones, "additional properties 'bogus' not allowed".
        ("services:\n  web:\n    image: {image}\n    bogus: 1\n", "services.web [Aa]dditional propert.* not allowed"),
        ("bogus: 1\nservices:\n  web:\n    image: {image}\n", "[Aa]dditional propert.* not allowed"),
        ("just a string", "[Tt]op-level object must be a mapping"),
        ("version: '3'\n", "empty compose file"),
        (
            "services:\n  web:\n    image: {image}\n    environment: ['A=${MUST:?need it}']\n",
            "required variable MUST is missing a value: need it",
        ),
        (
            "services:\n  web:\n    image: {image}\n    command: ['${{ a }}']\n",
            "invalid interpolation format for services.web.command",
        ),
        ("services:\n  web:\n    image: {image}\n    command: ['/no/such/bin']\n", "no such file or directory"),
        (
            "services:\n  a:\n    image: {image}\n    command: [sleep, '3600']\n    stop_grace_period: 1s\n"
            "    healthcheck: {test: [CMD, 'false'], interval: 1s, retries: 1}\n"
            "  b:\n    image: {image}\n    command: [sleep, '3600']\n    stop_grace_period: 1s\n"
            "    depends_on: {a: {condition: service_healthy}}\n",
            "is unhealthy",
        ),
    ],
)
def test_what_compose_refuses(api: Any, environment: int, name: str, style: str, text: str, reason: str) -> None:
    answer = api.create_stack(environment, name, text.replace("{image}", api.image))
    assert re.search(reason, api.failure(answer))
    records = [stack for stack in api.call("GET", "/api/stacks").json() if stack["Name"] == name]
    assert len(records) == (0 if style == "blocking" else 1)
    if style == "blocking":
        assert api.containers(environment, name) == []


def test_missing_image(lab: Any, number: int, name: str) -> None:
    client = lab.client()
    reason = client.failure(client.create_stack(number, name, f"services: {{web: {{image: '{MISSING}'}}}}"))
    assert "pull access denied for nosuch/image" in reason
    assert client.containers(number, name) == []


@pytest.mark.parametrize(("command", "status"), [("false", "Exited (1)"), ("true", "Exited (0)")])
def test_a_container_that_ends_is_no_failure(api: Any, environment: int, name: str, command: str, status: str) -> None:
    text = f"services:\n  web:\n    image: {api.image}\n    command: ['{command}']\n"
    api.deployed(api.create_stack(environment, name, text))
    assert api.until(lambda: status in api.containers(environment, name)[0]["Status"])


def test_a_taken_port(lab: Any, number: int, name: str, style: str) -> None:
    client = lab.client()
    text = web(client, "    ports: ['8055:80']\n")
    client.deployed(client.create_stack(number, f"{name}first", text))
    reason = client.failure(client.create_stack(number, name, text))
    assert "Bind for 0.0.0.0:8055 failed: port is already allocated" in reason
    assert len(client.containers(number, name)) == (0 if style == "blocking" else 1)
    assert len(client.containers(number, f"{name}first")) == 1


def test_a_taken_container_name(lab: Any, number: int, name: str) -> None:
    client = lab.client()
    text = web(client, "    container_name: fixedname\n")
    client.deployed(client.create_stack(number, f"{name}first", text))
    assert 'The container name "/fixedname" is already in use' in client.failure(
        client.create_stack(number, name, text)
    )


def test_failing_update_on_the_blocking_line_is_an_outage(new_lab: Any, name: str) -> None:
    lab = new_lab("blocking", deploy_seconds=0.02)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    volume = "    volumes: ['data:/data']\nvolumes: {data: {}}\n"
    env = [{"name": "A", "value": "1"}]
    stack = client.deployed(client.create_stack(number, name, web(client, volume), env))
    answer = client.update_stack(stack, BAD_YAML, env=[{"name": "A", "value": "2"}])
    assert answer.status_code == 500
    assert answer.json()["message"].startswith("failed to deploy a stack: yaml: line ")
    assert answer.json()["details"].startswith("Failed to deploy a stack: yaml: line ")
    assert client.call("GET", f"/api/stacks/{stack['Id']}").json() == stack
    text = client.call("GET", f"/api/stacks/{stack['Id']}/file").json()["StackFileContent"]
    assert text == web(client, volume)
    assert client.containers(number, name) == []
    volumes = client.call("GET", f"/api/endpoints/{number}/docker/volumes").json()["Volumes"]
    assert f"{name}_data" in [one["Name"] for one in volumes]


def test_failing_update_on_the_async_line(new_lab: Any, name: str) -> None:
    lab = new_lab("async", deploy_seconds=0.02)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    stack = client.deployed(client.create_stack(number, name, web(client), [{"name": "A", "value": "1"}]))
    running = client.containers(number, name)[0]["Id"]
    new_env = [{"name": "A", "value": "2"}]
    answer = client.update_stack(stack, BAD_YAML, env=new_env)
    assert (answer.status_code, answer.json()["Status"]) == (200, 3)
    failed = client.settled(stack["Id"])
    assert [entry["Status"] for entry in failed["DeploymentStatus"]] == [3, 4]
    assert failed["DeploymentStartStatus"] == 1
    assert (failed["Status"], failed["Env"]) == (4, new_env)
    assert client.call("GET", f"/api/stacks/{stack['Id']}/file").json()["StackFileContent"] == web(client)
    assert client.containers(number, name)[0]["Id"] == running
    start = client.call("POST", f"/api/stacks/{stack['Id']}/start?endpointId={number}")
    assert start.status_code == 409
    # From status 4 the server takes the project down first, so even an unchanged service is new afterwards.
    assert client.deployed(client.update_stack(stack, web(client)))["Status"] == 1
    assert client.containers(number, name)[0]["Id"] != running


def test_failed_create_on_the_async_line_keeps_the_record(new_lab: Any, name: str) -> None:
    lab = new_lab("async", deploy_seconds=0.02)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    answer = client.create_stack(number, name, BAD_YAML)
    assert (answer.status_code, answer.json()["Status"]) == (200, 3)
    assert client.settled(answer.json()["Id"])["Status"] == 4
    assert client.create_stack(number, name, web(client)).status_code == 409
    client.deployed(client.update_stack(answer.json(), web(client)))


def test_nothing_else_may_happen_while_deploying(new_lab: Any, name: str) -> None:
    lab = new_lab("async", deploy_seconds=1.0)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    stack = client.create_stack(number, name, web(client)).json()
    assert stack["Status"] == 3
    query = f"?endpointId={number}"
    statuses = [
        client.update_stack(stack, web(client)).status_code,
        client.call("POST", f"/api/stacks/{stack['Id']}/start{query}").status_code,
        client.call("POST", f"/api/stacks/{stack['Id']}/stop{query}").status_code,
    ]
    assert statuses == [409, 409, 409]
    assert client.settled(stack["Id"])["Status"] == 1


def test_failed_create_tears_down_a_project_that_was_nobodys(new_lab: Any, name: str) -> None:
    lab = new_lab("blocking", deploy_seconds=0.02)
    client = lab.client()
    own, other = (client.create_environment(lab.agent_form(n, f"e{n}")).json()["Id"] for n in (111, 112))
    stack = client.deployed(client.create_stack(own, name, web(client)))
    client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={other}")
    assert len(client.containers(own, name)) == 1
    assert client.create_stack(own, name, BAD_YAML).status_code == 500
    assert client.containers(own, name) == []


def test_a_project_that_was_nobodys_is_taken_over_unchanged(lab: Any, name: str) -> None:
    client = lab.client()
    own, other = (client.create_environment(lab.agent_form(n, f"e{n}")).json()["Id"] for n in (111, 112))
    stack = client.deployed(client.create_stack(own, name, web(client)))
    before = client.containers(own, name)[0]["Id"]
    client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={other}")
    client.deployed(client.create_stack(own, name, web(client)))
    assert client.containers(own, name)[0]["Id"] == before


def test_creates_side_by_side(new_lab: Any, style: str, name: str) -> None:
    lab = new_lab(style, deploy_seconds=0.4)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: client.create_stack(number, name, web(client)).status_code, range(2)))
    records = [stack for stack in client.call("GET", "/api/stacks").json() if stack["Name"] == name]
    assert sorted(answers) == ([200, 200] if style == "blocking" else [200, 409])
    assert len(records) == answers.count(200)
    for record in records:
        assert client.settled(record["Id"])["Status"] == 1
        path = f"/api/stacks/{record['Id']}?endpointId={number}"
        assert client.call("DELETE", path).status_code == 204
        assert client.containers(number, name) == []


def test_pulling_what_only_the_engine_has(new_lab: Any, name: str) -> None:
    lab = new_lab("blocking", deploy_seconds=0.02)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    stack = client.deployed(client.create_stack(number, name, web(client)))
    before = client.containers(number, name)[0]["Id"]
    refused = client.update_stack(stack, web(client), pullImage=True)
    assert refused.status_code == 500
    assert refused.json()["message"].startswith("failed to pull images of the stack:")
    assert client.update_stack(stack, web(client), repullImageAndRedeploy=True).status_code == 200
    assert client.containers(number, name)[0]["Id"] == before


def test_a_client_that_gives_up_does_not_stop_the_server(new_lab: Any, style: str, name: str) -> None:
    lab = new_lab(style, deploy_seconds=0.6)
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    path = f"{client.url}/api/stacks/create/standalone/string?endpointId={number}"
    token = {"Authorization": f"Bearer {client.sign_in().json()['jwt']}"}
    body = {"name": name, "stackFileContent": web(client)}
    if style == "blocking":
        with pytest.raises(requests.Timeout):
            requests.post(path, json=body, headers=token, verify=str(lab.authority.ca_file), timeout=(5, 0.2))
    else:
        requests.post(path, json=body, headers=token, verify=str(lab.authority.ca_file), timeout=5)

    def names() -> list[str]:
        return [stack["Name"] for stack in client.call("GET", "/api/stacks").json() if stack["Status"] == 1]

    assert client.until(names) == [name]
