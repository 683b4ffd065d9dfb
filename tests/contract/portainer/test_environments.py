"""Environments: create, list, update, delete, and agents that do not answer."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

TLS = {"TLS": "true", "TLSSkipVerify": "true", "TLSSkipClientVerify": "true"}
LOCAL = {"EndpointCreationType": "1", "URL": "unix:///var/run/docker.sock"}
AGENT = {"EndpointCreationType": "2"}


def test_create_shows_the_whole_object(api: Any, environment: int) -> None:
    shown = api.call("GET", f"/api/endpoints/{environment}").json()
    agent = os.environ.get("PHOENIX_PORTAINER_AGENT_URL", "")
    assert (shown["GroupId"], shown["Status"], shown["Type"]) == (1, 1, 2 if agent else 1)
    # Some versions drop the scheme of an agent's address.
    assert shown["URL"].removeprefix("tcp://") == (agent.removeprefix("tcp://") or LOCAL["URL"])
    assert (shown["TLSConfig"]["TLS"], shown["TLSConfig"]["TLSSkipVerify"]) == (bool(agent), bool(agent))
    assert not api.call("GET", f"/api/endpoints/{environment}?excludeSnapshot=true").json()["Snapshots"]


def test_names_are_unique_but_for_their_case_and_urls_are_not(lab: Any) -> None:
    client = lab.client()
    statuses = [client.create_environment({"Name": name, **LOCAL}).status_code for name in ("one", "one", "ONE", "two")]
    assert statuses == [200, 409, 200, 200]
    refused = client.create_environment({"Name": "one", **LOCAL})
    assert refused.json() == {"message": "Name is not unique", "details": "Name is not unique"}


def test_an_agent_is_pinged_over_its_socket(lab: Any) -> None:
    client = lab.client()
    by_name = client.create_environment({"Name": "named", **AGENT, "URL": "tcp://vm111.lab.test:9001", **TLS})
    assert by_name.status_code == 200, by_name.text
    assert by_name.json()["Type"] == 2
    assert by_name.json()["TLSConfig"] == {"TLS": True, "TLSSkipVerify": True}
    assert client.create_environment(lab.agent_form(112, "by-address")).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "message", "details"),
    [
        ({"Name": "", **LOCAL}, 400, "Invalid request payload", "Invalid environment name"),
        (
            {"Name": "a", **AGENT, "URL": "tcp://vm111.lab.test:9001", "TLS": "true", "TLSSkipVerify": "true"},
            400,
            "Invalid request payload",
            "Invalid certificate file. Ensure that the file is uploaded correctly",
        ),
        (
            {"Name": "a", **AGENT, "URL": "tcp://vm111.lab.test:9001"},
            500,
            "Unable to get environment type",
            "certificate signed by unknown authority",
        ),
        (
            {"Name": "a", **AGENT, "URL": "tcp://vm101.lab.test:9001", **TLS},
            500,
            "Unable to get environment type",
            "connect: connection refused",
        ),
        (
            {"Name": "a", **AGENT, "URL": "tcp://nobody.lab.test:9001", **TLS},
            500,
            "Unable to get environment type",
            "no such host",
        ),
        (
            {"Name": "a", **AGENT, "URL": "tcp://vm101.lab.test:9443", **TLS},
            500,
            "Unable to get environment type",
            "Failed request with status 404",
        ),
        (
            {"Name": "a", **AGENT, "URL": "vm111.lab.test:9001", **TLS},
            500,
            "Unable to initiate communications with environment",
            "Unable to parse docker host `vm111.lab.test:9001`",
        ),
        (
            {"Name": "a", "EndpointCreationType": "1", "URL": "tcp://127.0.0.1:2399"},
            500,
            "Unable to initiate communications with environment",
            "Cannot connect to the Docker daemon at tcp://127.0.0.1:2399. Is the docker daemon running?",
        ),
    ],
)
def test_refused_environments_are_not_saved(
    lab: Any, form: dict[str, str], status: int, message: str, details: str
) -> None:
    client = lab.client()
    answer = client.create_environment(form)
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert details in answer.json()["details"]
    assert client.call("GET", "/api/endpoints").json() == []


def test_a_json_body_has_no_name(api: Any) -> None:
    answer = api.call("POST", "/api/endpoints", json={"Name": "js", **LOCAL})
    assert (answer.status_code, answer.json()["details"]) == (400, "Invalid environment name")


@pytest.mark.parametrize("extra", [{"TagIds": "[999]"}, {"GroupID": "999"}])
def test_unknown_tag_or_group_is_an_error_that_saves(lab: Any, extra: dict[str, str]) -> None:
    client = lab.client()
    assert client.create_environment({"Name": "bogus", **LOCAL, **extra}).status_code == 500
    assert [one["Name"] for one in client.call("GET", "/api/endpoints").json()] == ["bogus"]


def test_an_unknown_creation_type(new_lab: Any, style: str) -> None:
    client = new_lab(style).client()
    answer = client.create_environment({"Name": "x", **LOCAL, "EndpointCreationType": "9"})
    assert answer.status_code == (200 if style == "blocking" else 400)


def test_an_agent_of_another_server(lab: Any) -> None:
    client = lab.client()
    lab.control("hosts/111/agent", paired_elsewhere=True)
    answer = client.create_environment(lab.agent_form(111, "taken"))
    assert answer.status_code == 500
    assert answer.json()["details"] == "Agent already paired with another Portainer instance"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("name=b", ["b"]),
        ("name=B", []),
        ("name=nothing", []),
        ("search=b", ["ab", "b"]),
        ("start=0&limit=1", ["a"]),
        ("start=1&limit=1", ["a"]),
        ("start=2&limit=1", ["ab"]),
        ("types=2", ["a", "ab", "b"]),
        ("types[]=2", ["b"]),
    ],
)
def test_list(lab: Any, query: str, expected: list[str]) -> None:
    client = lab.client()
    for name in ("a", "ab"):
        client.create_environment({"Name": name, **LOCAL})
    client.create_environment(lab.agent_form(111, "b"))
    answer = client.call("GET", f"/api/endpoints?{query}")
    assert [one["Name"] for one in answer.json()] == expected
    assert answer.headers["X-Total-Available"] == "3"


def test_update_changes_only_what_is_sent(lab: Any) -> None:
    client = lab.client()
    tag = client.call("POST", "/api/tags", json={"Name": "t"}).json()["ID"]
    for name in ("one", "two"):
        client.create_environment({"Name": name, **LOCAL})
    cases: list[tuple[dict[str, Any], int, dict[str, Any]]] = [
        ({"Name": "three"}, 200, {"Name": "three", "URL": LOCAL["URL"]}),
        ({"Name": "one"}, 409, {}),
        ({"publicURL": "p.example", "Bogus": 1}, 200, {"PublicURL": "p.example", "Name": "three"}),
        ({"TagIDs": [tag]}, 200, {"TagIds": [tag]}),
        ({"TagIDs": [999]}, 500, {}),
        ({"TagIds": []}, 200, {"TagIds": []}),
        ({"GroupID": 999}, 200, {"GroupId": 999}),
        ({"URL": "tcp://127.0.0.1:2399"}, 200, {"URL": "tcp://127.0.0.1:2399", "Status": 1}),
        ({"Name": ""}, 200, {"Name": ""}),
    ]
    for body, status, expected in cases:
        answer = client.call("PUT", "/api/endpoints/2", json=body)
        assert answer.status_code == status, (body, answer.text)
        assert {key: answer.json()[key] for key in expected} == expected


def test_status_changes_at_a_snapshot_only(lab: Any) -> None:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    seen = []
    for up in (False, True):
        lab.control("hosts/111/agent", up=up)
        seen.append(client.call("GET", f"/api/endpoints/{number}").json()["Status"])
        assert client.call("POST", f"/api/endpoints/{number}/snapshot").status_code == 204
        seen.append(client.call("GET", f"/api/endpoints/{number}").json()["Status"])
    assert seen == [1, 2, 2, 1]


def test_delete_leaves_stacks_behind(lab: Any, name: str) -> None:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    stack = client.deployed(client.create_stack(number, name, f"services: {{web: {{image: '{client.image}'}}}}"))
    assert client.call("DELETE", f"/api/endpoints/{number}").status_code == 204
    assert client.call("GET", f"/api/stacks/{stack['Id']}").status_code == 200
    for method in ("PUT", "DELETE"):
        path = f"/api/stacks/{stack['Id']}?endpointId={number}"
        assert client.call(method, path, json={"stackFileContent": "x"}).status_code == 404
    again = client.create_environment(lab.agent_form(111, "agent")).json()["Id"]
    assert again != number
    path = f"/api/stacks/{stack['Id']}/associate?endpointId={again}&orphanedRunning=true"
    assert client.call("PUT", path).json()["EndpointId"] == again
    assert client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={again}").status_code == 204


def test_the_agent_itself(lab: Any) -> None:
    client, address = lab.client(), lab.address(111)
    client._session.verify = False
    client.url = f"https://{address}:9001"
    with pytest.warns(Warning, match="Unverified HTTPS"):
        ping = client.raw("GET", "/ping")
    with pytest.warns(Warning, match="Unverified HTTPS"):
        other = client.raw("GET", "/containers/json")
    assert (ping.status_code, ping.headers["Portainer-Agent-Platform"]) == (204, "1")
    assert other.status_code == 403
    lab.control("hosts/111/agent", up=False)
    with socket.socket() as probe:
        assert probe.connect_ex((address, 9001)) != 0
