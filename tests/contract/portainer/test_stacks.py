"""Stacks on both lines: names, files, variables, start and stop, the dangers of a wrong environment."""

from __future__ import annotations

from typing import Any

import pytest


def web(api: Any, extra: str = "") -> str:
    text = f"services:\n  web:\n    image: {api.image}\n    command: [sleep, '3600']\n"
    return f"{text}    stop_grace_period: 1s\n{extra}"


def two(api: Any) -> str:
    return web(api, f"  two:\n    image: {api.image}\n    command: [sleep, '3600']\n    stop_grace_period: 1s\n")


def by_service(containers: list[dict[str, Any]]) -> dict[str, str]:
    return {one["Labels"]["com.docker.compose.service"]: one["Id"] for one in containers}


def test_create(api: Any, environment: int, name: str) -> None:
    env = [{"name": "A", "value": "1"}]
    stack = api.deployed(api.create_stack(environment, name, web(api), env))
    expected = {"Name": name, "Type": 2, "EndpointId": environment, "EntryPoint": "docker-compose.yml", "Env": env}
    assert {key: stack[key] for key in expected} == expected
    assert stack["ResourceControl"]["ResourceId"] == f"{environment}_{name}"
    assert stack["UpdateDate"] == 0
    containers = api.containers(environment, name)
    assert [one["Names"] for one in containers] == [[f"/{name}-web-1"]]
    assert containers[0]["State"] == "running"
    labels = containers[0]["Labels"]
    assert labels["com.docker.compose.oneoff"] == "False"
    assert labels["com.docker.compose.container-number"] == "1"
    assert len(labels["com.docker.compose.config-hash"]) == 64


@pytest.mark.parametrize(("env", "kept"), [(None, None), ([], [])])
def test_variables_are_kept_as_sent(api: Any, environment: int, name: str, env: Any, kept: Any) -> None:
    assert api.deployed(api.create_stack(environment, name, web(api), env))["Env"] == kept


@pytest.mark.parametrize("text", ["{}", "{}# no line at the end", "\ufeff{}", "# \u00fc\u20ac\r\n{}\r\n"])
def test_the_file_comes_back_byte_for_byte(api: Any, environment: int, name: str, text: str) -> None:
    sent = text.replace("{}", web(api))
    stack = api.deployed(api.create_stack(environment, name, sent))
    assert api.call("GET", f"/api/stacks/{stack['Id']}/file").json() == {"StackFileContent": sent}


@pytest.mark.parametrize(
    ("sent", "kept"), [("My {}.V2_x-Y", "my{}v2_x-y"), ("\u00dc{}\u00ef", "{}"), ("9{}", "9{}"), ("{}!!!", "{}")]
)
def test_names_are_normalised(api: Any, environment: int, name: str, sent: str, kept: str) -> None:
    stack = api.deployed(api.create_stack(environment, sent.replace("{}", name), web(api)))
    assert stack["Name"] == kept.replace("{}", name)


@pytest.mark.parametrize("again", ["{}", "{UPPER}", "{} !."])
def test_a_name_is_taken_once(api: Any, environment: int, name: str, again: str) -> None:
    api.deployed(api.create_stack(environment, name, web(api)))
    answer = api.create_stack(environment, again.replace("{}", name).replace("{UPPER}", name.upper()), web(api))
    message = f"A stack with the normalized name '{name}' already exists"
    assert (answer.status_code, answer.json()) == (409, {"message": message, "details": message})


def test_the_same_name_in_another_environment(lab: Any, style: str, name: str) -> None:
    client = lab.client()
    first, twin = (client.create_environment(lab.agent_form(111, one)).json()["Id"] for one in ("first", "twin"))
    other = client.create_environment(lab.agent_form(112, "other")).json()["Id"]
    client.deployed(client.create_stack(first, name, web(client)))
    assert client.create_stack(other, name, web(client)).status_code == 200
    # The twin is another environment on the same engine, where the project already runs.
    assert client.create_stack(twin, name, web(client)).status_code == (409 if style == "blocking" else 200)


@pytest.mark.parametrize("bad", ["-lead", "_lead"])
def test_a_name_that_compose_refuses(api: Any, environment: int, bad: str) -> None:
    reason = api.failure(api.create_stack(environment, bad, web(api)))
    assert f'invalid project name "{bad}"' in reason


def test_a_stack_without_a_name_cannot_be_removed(lab: Any) -> None:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "a")).json()["Id"]
    stack = client.deployed(client.create_stack(number, "!!!", web(client)))
    assert stack["Name"] == ""
    assert len(client.containers(number, str(stack["Id"]))) == 1
    answer = client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={number}")
    assert answer.status_code == 500
    assert "no configuration file provided: not found" in answer.json()["message"]


def test_only_changed_services_are_recreated(api: Any, environment: int, name: str) -> None:
    stack = api.deployed(api.create_stack(environment, name, two(api)))
    before = by_service(api.containers(environment, name))
    api.deployed(api.update_stack(stack, two(api)))
    assert by_service(api.containers(environment, name)) == before
    changed = two(api).replace("  two:\n", "  two:\n    labels: {changed: 'yes'}\n")
    api.deployed(api.update_stack(stack, changed))
    after = by_service(api.containers(environment, name))
    assert after["web"] == before["web"]
    assert after["two"] != before["two"]


def test_changed_inline_content_does_not_recreate(api: Any, environment: int, name: str) -> None:
    def text(content: str, digest: str) -> str:
        uses = f"    labels: {{digest: '{digest}'}}\n    configs: [{{source: c, target: /c}}]\n"
        return web(api, f"{uses}configs:\n  c:\n    content: '{content}'\n")

    stack = api.deployed(api.create_stack(environment, name, text("one", "1")))
    first = by_service(api.containers(environment, name))
    api.deployed(api.update_stack(stack, text("two", "1")))
    assert by_service(api.containers(environment, name)) == first
    api.deployed(api.update_stack(stack, text("two", "2")))
    assert by_service(api.containers(environment, name)) != first


@pytest.mark.parametrize("prune", [False, True])
def test_a_removed_service(api: Any, environment: int, name: str, style: str, prune: bool) -> None:
    stack = api.deployed(api.create_stack(environment, name, two(api)))
    api.deployed(api.update_stack(stack, web(api), prune=prune))
    gone = style == "async" and prune
    assert set(by_service(api.containers(environment, name))) == ({"web"} if gone else {"web", "two"})
    assert api.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={environment}").status_code == 204
    assert api.containers(environment, name) == []


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"env": [{"name": "A", "value": "2"}]}, [{"name": "A", "value": "2"}]),
        ({}, None),
        ({"env": None}, None),
        ({"env": []}, []),
        ({"env": [{"NAME": "A", "Value": "x"}]}, [{"name": "A", "value": "x"}]),
        ({"env": [{"name": "A"}]}, [{"name": "A", "value": ""}]),
    ],
)
def test_an_update_replaces_all_variables(
    api: Any, environment: int, name: str, body: dict[str, Any], kept: Any
) -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    stack = api.deployed(api.create_stack(environment, name, web(api), env))
    updated = api.deployed(api.update_stack(stack, web(api), **body))
    assert updated["Env"] == kept
    assert updated["UpdateDate"] > 0


@pytest.mark.parametrize("env", [{"A": "1"}, [{"name": "A", "value": 7}]])
def test_variables_of_the_wrong_type(api: Any, environment: int, name: str, env: Any) -> None:
    stack = api.deployed(api.create_stack(environment, name, web(api)))
    answer = api.update_stack(stack, web(api), env=env)
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request payload")


def test_an_update_needs_content_and_environment(api: Any, environment: int, name: str) -> None:
    stack = api.deployed(api.create_stack(environment, name, web(api)))
    path = f"/api/stacks/{stack['Id']}"
    empty = api.call("PUT", f"{path}?endpointId={environment}", json={"env": []})
    assert (empty.status_code, empty.json()["details"]) == (400, "Invalid stack file content")
    bare = api.call("PUT", path, json={"stackFileContent": web(api)})
    assert (bare.status_code, bare.json()["details"]) == (400, "Missing query parameter")
    unknown = api.call("PUT", f"{path}?endpointId=999", json={"stackFileContent": web(api)})
    assert unknown.status_code == 404
    deletion = api.call("DELETE", path)
    assert (deletion.status_code, "key=0" in deletion.json()["details"]) == (404, True)


def test_stop_and_start(api: Any, environment: int, name: str, style: str) -> None:
    stack = api.deployed(api.create_stack(environment, name, web(api)))
    path, query = f"/api/stacks/{stack['Id']}", f"?endpointId={environment}"
    running = api.call("POST", f"{path}/start{query}")
    message = f"A stack with the name '{name}' is already running" if style == "blocking" else "Unable to start stack"
    assert (running.status_code, running.json()["message"]) == (409, message)
    assert api.call("POST", f"{path}/stop{query}").json()["Status"] == 2
    assert api.containers(environment, name) == []
    again = api.call("POST", f"{path}/stop{query}")
    assert (again.status_code, again.json()["message"]) == (400, "Stack is already inactive")
    assert api.call("POST", f"{path}/stop").status_code == 400
    assert api.call("POST", f"{path}/start{query}").json()["Status"] == 1
    assert len(api.containers(environment, name)) == 1


def test_an_update_starts_a_stopped_stack(api: Any, environment: int, name: str) -> None:
    stack = api.deployed(api.create_stack(environment, name, web(api)))
    api.call("POST", f"/api/stacks/{stack['Id']}/stop?endpointId={environment}")
    api.deployed(api.update_stack(stack, web(api)))
    assert len(api.containers(environment, name)) == 1


def test_containers_removed_by_hand_are_repaired_by_an_update(api: Any, environment: int, name: str) -> None:
    stack = api.deployed(api.create_stack(environment, name, web(api)))
    container = api.containers(environment, name)[0]["Id"]
    path = f"/api/endpoints/{environment}/docker/containers/{container}?force=true"
    assert api.call("DELETE", path).status_code == 204
    assert api.call("GET", f"/api/stacks/{stack['Id']}").json()["Status"] == 1
    api.deployed(api.update_stack(stack, web(api)))
    assert len(api.containers(environment, name)) == 1


@pytest.mark.parametrize("has_twin", [True, False])
def test_delete_with_the_wrong_environment(lab: Any, name: str, has_twin: bool) -> None:
    client = lab.client()
    own, other = (client.create_environment(lab.agent_form(n, f"e{n}")).json()["Id"] for n in (111, 112))
    stack = client.deployed(client.create_stack(own, name, web(client)))
    twin = client.deployed(client.create_stack(other, name, web(client))) if has_twin else None
    assert client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={other}").status_code == 204
    assert client.call("GET", f"/api/stacks/{stack['Id']}").status_code == 404
    assert len(client.containers(own, name)) == 1
    assert client.containers(other, name) == []
    if twin:
        assert client.call("GET", f"/api/stacks/{twin['Id']}").json()["Status"] == 1


def test_an_update_with_another_environment_moves_the_record_only(lab: Any, name: str) -> None:
    client = lab.client()
    own, other = (client.create_environment(lab.agent_form(n, f"e{n}")).json()["Id"] for n in (111, 112))
    stack = client.deployed(client.create_stack(own, name, web(client)))
    moved = client.deployed(client.update_stack({**stack, "EndpointId": other}, web(client)))
    assert moved["EndpointId"] == other
    assert [len(client.containers(one, name)) for one in (own, other)] == [1, 1]


def test_migrate_moves_containers_too(lab: Any, name: str) -> None:
    client = lab.client()
    own, other = (client.create_environment(lab.agent_form(n, f"e{n}")).json()["Id"] for n in (111, 112))
    stack = client.deployed(client.create_stack(own, name, web(client)))
    path = f"/api/stacks/{stack['Id']}/migrate?endpointId={own}"
    assert client.call("POST", path, json={"EndpointID": other}).json()["EndpointId"] == other
    assert [len(client.containers(one, name)) for one in (own, other)] == [0, 1]


def test_list_filters(lab: Any) -> None:
    client = lab.client()
    first, second, gone = (
        client.create_environment(lab.agent_form(n, f"e{e}")).json()["Id"] for e, n in enumerate((111, 112, 101 + 10))
    )
    for environment, stack in ((first, "one"), (second, "two"), (gone, "three")):
        client.deployed(client.create_stack(environment, stack, web(client)))
    client.call("DELETE", f"/api/endpoints/{gone}")
    cases = [
        ("", {"one", "two", "three"}),
        ("{}", {"one", "two", "three"}),
        (f'{{"EndpointID":{first}}}', {"one"}),
        (f'{{"endpointid":{second}}}', {"two"}),
        ('{"EndpointID":999}', set()),
        ('{"Name":"one"}', {"one", "two", "three"}),
        (f'{{"EndpointID":{first},"IncludeOrphanedStacks":true}}', {"one", "three"}),
    ]
    for filters, expected in cases:
        answer = client.call("GET", "/api/stacks", params={"filters": filters} if filters else None)
        assert {stack["Name"] for stack in answer.json()} == expected, filters


def test_the_old_route(lab: Any, name: str, style: str) -> None:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "a")).json()["Id"]
    path = f"/api/stacks?type=2&method=string&endpointId={number}"
    answer = client.call("POST", path, json={"name": name, "stackFileContent": web(client)})
    assert answer.status_code == (200 if style == "blocking" else 405)


def test_project_file_lost_on_disk(lab: Any, name: str) -> None:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "a")).json()["Id"]
    stack = client.deployed(client.create_stack(number, name, web(client)))
    (lab.folder / "portainer" / "compose" / str(stack["Id"]) / "docker-compose.yml").unlink()
    assert client.call("GET", f"/api/stacks/{stack['Id']}/file").status_code == 500
    assert client.update_stack(stack, web(client)).status_code == 500
    assert client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={number}").status_code == 204


def test_an_agent_that_is_down(lab: Any, style: str, name: str) -> None:
    client = lab.client()
    number = client.create_environment(lab.agent_form(111, "a")).json()["Id"]
    stack = client.deployed(client.create_stack(number, name, web(client)))
    lab.control("hosts/111/agent", up=False)
    created = client.create_stack(number, f"{name}2", web(client))
    assert (created.status_code, created.json()["message"]) == (500, "Unable to check for name collision")
    stopped = client.call("POST", f"/api/stacks/{stack['Id']}/stop?endpointId={number}")
    assert (stopped.status_code, stopped.json()["message"]) == (500, "Unable to stop stack")
    assert client.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={number}").status_code == 500
    assert client.call("GET", f"/api/stacks/{stack['Id']}").status_code == 200
    assert "Bad Gateway" in client.failure(client.update_stack(stack, web(client)))
    proxied = client.call("GET", f"/api/endpoints/{number}/docker/info")
    assert (proxied.status_code, proxied.text) == (502, "")
    lab.control("hosts/111/agent", up=True)
    assert len(client.containers(number, name)) == 1
