"""Projects that run without a record at Portainer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

HASHES = Path(__file__).parents[3] / "cases" / "compose" / "configuration_hashes.json"

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def without_record(world: Any) -> str:
    """Deploy a project whose record is then dropped, as a deletion with another environment does."""
    number = world.environment.state["environment_id"]
    stack = world.api.deployed(world.api.create_stack(number, "web-production", WEB))
    twin = world.api.create_environment(world.lab.agent_form(112, "twin")).json()["Id"]
    assert world.api.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={twin}").status_code == 204
    return str(world.containers()["web"].id)


def started_by_hand(world: Any, compose: str = WEB) -> str:
    """Do what `docker compose up` does on the VM."""
    world.by_hand(compose)
    return str(world.containers()["web"].id)


def created(seen: list[Any]) -> list[Any]:
    return [item for item in seen if item["method"] == "POST" and "/api/stacks" in item["path"]]


def test_what_portainer_made_and_forgot_is_taken_over_unchanged(world: Any) -> None:
    before = without_record(world)
    stack = world.stack()
    up(world, stack, WEB)
    assert (stack.state["failure"], world.containers()["web"].id) == ("", before)
    assert up(world, stack, WEB) == "same"


@pytest.mark.parametrize("name", ["image only", "environment from variables", "two services", "labels as map"])
def test_what_was_started_by_hand_and_stays_as_it_is_is_taken_over(world: Any, capsys: Any, name: str) -> None:
    """The hash on the container is the one that compose itself leaves, so that nobody's own opinion is tested."""
    case = next(case for case in json.loads(HASHES.read_text())["cases"] if case["name"] == name)
    world.by_hand(case["compose"], case["env"])
    before = world.containers()
    for service, container in before.items():
        assert container.config_hash == case["services"][service]["hash"]
    stack = world.stack()
    up(world, stack, case["compose"], env=case["env"])
    assert stack.state["failure"] == ""
    assert {service: item.id for service, item in world.containers().items()} == {
        service: item.id for service, item in before.items()
    }
    assert "is taken over as it runs" in capsys.readouterr().err
    assert up(world, stack, case["compose"], env=case["env"]) == "same"


OTHER = WEB.replace("3600", "7200")
UNKNOWN = WEB + "    devices: [/dev/dri]\n"


@pytest.mark.parametrize(
    ("running", "declared", "reason"),
    [
        (WEB, OTHER, "web was started with another configuration, and would be made anew"),
        (UNKNOWN, UNKNOWN, "what compose makes of devices of the service web is not known for certain"),
        (WEB + "  old:\n    image: busybox:lab\n", WEB, "old is not in the file, and would be removed"),
    ],
)
def test_what_a_take_over_would_change_is_left_alone_until_the_user_agrees(
    world: Any, running: str, declared: str, reason: str
) -> None:
    started_by_hand(world, running)
    before = {service: item.id for service, item in world.containers().items()}
    stack = world.stack()
    seen = world.requests_of(lambda: up(world, stack, declared))
    assert "started outside Portainer" in stack.state["failure"]
    assert reason in stack.state["failure"]
    assert "phoenix:takeOver" in stack.state["failure"]
    assert created(seen) == []
    assert {service: item.id for service, item in world.containers().items()} == before
    world.settings["take_over"] = ("web@111",)
    up(world, stack, declared)
    assert stack.state["failure"] == ""
    assert (world.containers()["web"].id == before["web"]) == (running != WEB or declared == WEB)
    assert up(world, stack, declared) == "same"


def test_a_newer_image_on_the_engine_is_told(world: Any) -> None:
    started_by_hand(world)
    world.containers()["web"].labels["com.docker.compose.image"] = "sha256:older"
    stack = world.stack()
    up(world, stack, WEB)
    assert "web runs another image than busybox:lab is by now" in stack.state["failure"]


def test_a_network_with_other_options_is_told(world: Any) -> None:
    started_by_hand(world)
    world.lab.server.docker_hosts[111].networks["web-production_default"]["com.docker.compose.config-hash"] = "other"
    stack = world.stack()
    up(world, stack, WEB)
    assert "the network web-production_default has other options" in stack.state["failure"]


def test_no_secret_shows_in_a_refusal(world: Any) -> None:
    compose = WEB + '    user: "${A}"\n'
    world.by_hand(compose, {"A": "one"})
    stack = world.stack()
    up(world, stack, compose, env={"A": "canary-of-web"})
    assert "another configuration" in stack.state["failure"]
    assert "canary-of-web" not in stack.state["failure"]


def test_an_orphan_of_another_machine_is_not_taken(world: Any) -> None:
    other = world.api.create_environment(world.lab.agent_form(112, "other")).json()["Id"]
    orphan = world.api.deployed(world.api.create_stack(other, "web-production", WEB))
    world.api.call("DELETE", f"/api/endpoints/{other}")
    stack = world.stack()
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    by_id = {item["Id"]: item["EndpointId"] for item in world.records()}
    assert by_id == {orphan["Id"]: other, stack.state["stack_id"]: world.environment.state["environment_id"]}


def test_deleting_a_stack_whose_environment_is_gone_is_explained(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    world.api.call("DELETE", f"/api/endpoints/{world.environment.state['environment_id']}")
    world.connect()
    with pytest.raises(Exception, match="belongs to an environment that Portainer no longer has"):
        stack.destroy()


def test_deleting_what_is_gone_already_is_fine(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    record = world.records()[0]
    world.api.call("DELETE", f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}")
    world.connect()
    stack.destroy()


def test_deleting_names_the_stacks_own_environment_and_leaves_its_volumes(world: Any) -> None:
    number = world.environment.state["environment_id"]
    text = WEB + "    volumes: ['data:/data']\nvolumes: {data: {}}\n"
    stack = world.stack()
    stack.up(world.inputs(text))
    record = world.records()[0]["Id"]
    twin = world.api.create_environment(world.lab.agent_form(112, "twin")).json()["Id"]
    world.api.deployed(world.api.create_stack(twin, "web-production", WEB))
    world.connect()
    seen = world.requests_of(stack.destroy)
    deleted = [item["path"] for item in seen if item["method"] == "DELETE"]
    assert deleted == [f"/api/stacks/{record}?endpointId={number}"]
    assert [item["EndpointId"] for item in world.records()] == [twin]
    assert world.containers(vmid=112)["web"].running
    assert "web-production_data" in world.lab.server.docker_hosts[111].volumes


def test_what_portainer_deploys_from_git_is_cut_loose_only_if_the_user_agrees(world: Any) -> None:
    number = world.environment.state["environment_id"]
    made = world.api.deployed(world.api.create_stack(number, "web-production", WEB))
    world.lab.server._deployments._store.stacks[made["Id"]]["GitConfig"] = {"URL": "https://git.example/web"}
    stack, changed = world.stack(), WEB + "    labels: [a=b]\n"
    # What is the same on both sides is adopted, and Portainer goes on looking after it.
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    seen = world.requests_of(lambda: up(world, stack, changed))
    assert "from a git repository" in stack.state["failure"]
    assert "phoenix:takeOver" in stack.state["failure"]
    assert [item for item in seen if item["method"] == "PUT"] == []
    world.settings["take_over"] = ("web@111",)
    up(world, stack, changed)
    assert stack.state["failure"] == ""
    assert world.containers()["web"].labels["a"] == "b"


def test_a_stack_of_another_kind_is_neither_written_nor_deleted(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    world.lab.server._deployments._store.stacks[stack.state["stack_id"]]["Type"] = 1
    seen = world.requests_of(lambda: up(world, stack, WEB + "    labels: [a=b]\n"))
    assert "is no compose stack" in stack.state["failure"]
    world.connect()
    seen += world.requests_of(stack.destroy)
    assert [item for item in seen if item["method"] != "GET" and "/api/stacks" in item["path"]] == []
    assert world.containers()["web"].running


def test_a_status_that_only_newer_servers_have_stands_in_nobodys_way(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB)
    world.lab.server._deployments._store.stacks[stack.state["stack_id"]]["Status"] = 9
    assert up(world, stack, WEB) == "same"
    world.lab.run(world.lab.server.docker_hosts[111].remove(world.containers()["web"]))
    assert up(world, stack, WEB) == "update"
    assert world.containers()["web"].running
