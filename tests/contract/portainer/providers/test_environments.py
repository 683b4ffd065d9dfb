"""Environments: found, adopted, renamed in place, refused with the reason."""

from __future__ import annotations

import re
from typing import Any

import pytest

from phoenix_providers.errors import PhoenixError
from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider

LOCAL = "unix:///var/run/docker.sock"


def environment(world: Any) -> Any:
    world.connect()
    return type(world.environment)(PortainerEndpointProvider())


def names(world: Any) -> list[str]:
    return [item["Name"] for item in world.api.call("GET", "/api/endpoints").json()]


def socket(world: Any, name: str, url: str = LOCAL) -> Any:
    form = {"Name": name, "EndpointCreationType": "1", "URL": url}
    return world.api.create_environment(form)


def local_inputs(world: Any, **changes: Any) -> dict[str, Any]:
    return world.environment_inputs(101, environment="local", url=LOCAL, by_address="", **changes)


def test_a_local_one_that_nobody_named_keeps_its_name(world: Any) -> None:
    socket(world, "primary")
    resource = environment(world)
    resource.up(local_inputs(world, named=False))
    assert names(world).count("primary") == 1
    assert "local" not in names(world)
    world.connect()
    assert resource.up(local_inputs(world, named=False)) == "same"


def test_a_local_one_with_a_configured_name_is_renamed(world: Any) -> None:
    number = socket(world, "primary").json()["Id"]
    resource = environment(world)
    resource.up(local_inputs(world))
    assert resource.state["environment_id"] == number
    assert "local" in names(world)
    world.connect()
    assert resource.up(local_inputs(world)) == "same"


def test_a_socket_of_its_own_is_refused_with_the_reason(world: Any) -> None:
    resource = environment(world)
    with pytest.raises(Exception, match="default socket") as caught:
        resource.up(local_inputs(world) | {"url": "unix:///run/second.sock"})
    assert not isinstance(caught.value, PhoenixError)
    assert type(caught.value).__name__ == "refused"


def test_one_with_another_name_is_found_by_its_url_and_renamed_with_its_id(world: Any) -> None:
    number = world.api.create_environment(world.lab.agent_form(112, "made by hand")).json()["Id"]
    resource = environment(world)
    resource.up(world.environment_inputs(112))
    assert resource.state["environment_id"] == number
    assert "vm112" in names(world)
    assert "made by hand" not in names(world)
    world.connect()
    assert resource.up(world.environment_inputs(112)) == "same"


def test_two_with_one_url_are_explained(world: Any) -> None:
    forms = [world.lab.agent_form(112, name) for name in ("one", "two")]
    numbers = [world.api.create_environment(form).json()["Id"] for form in forms]
    resource = environment(world)
    for _ in range(2):
        resource.up(world.environment_inputs(112))
        assert re.search(r"one \(id \d+\), two \(id \d+\)", resource.state["failure"])
        assert resource.state["environment_id"] == 0
    world.api.call("DELETE", f"/api/endpoints/{numbers[0]}")
    world.connect()
    assert resource.up(world.environment_inputs(112)) == "update"
    assert (resource.state["failure"], resource.state["environment_id"]) == ("", numbers[1])


def test_one_that_the_files_block_is_neither_made_nor_renamed(world: Any) -> None:
    resource, blocked = environment(world), world.environment_inputs(112) | {"blocked": "two with one agent"}
    before = names(world)
    assert resource.up(blocked) == "create"
    for _ in range(2):
        world.connect()
        assert resource.up(blocked) == "same"
    assert (names(world), resource.state["environment_id"]) == (before, 0)
    resource.up(world.environment_inputs(112))
    number = resource.state["environment_id"]
    assert number
    world.connect()
    assert resource.up(blocked | {"environment": "renamed"}) == "same"
    assert ("vm112" in names(world), resource.state["environment_id"]) == (True, number)


def test_one_of_that_name_that_is_no_agent_is_explained(world: Any) -> None:
    socket(world, "vm112")
    resource = environment(world)
    resource.up(world.environment_inputs(112))
    assert "is no agent" in resource.state["failure"]


def test_an_agent_of_another_portainer_is_explained(world: Any) -> None:
    world.lab.control("hosts/112/agent", paired_elsewhere=True)
    resource = environment(world)
    resource.up(world.environment_inputs(112))
    assert "obeys another Portainer" in resource.state["failure"]
    assert "AGENT_SECRET" in resource.state["failure"]
    world.lab.control("hosts/112/agent", paired_elsewhere=False, up=True)
    world.connect()
    assert resource.up(world.environment_inputs(112)) == "update"
    assert resource.state["failure"] == ""


@pytest.mark.parametrize("drift", [{"Name": "renamed by hand"}, {"URL": "tcp://127.0.0.1:9"}])
def test_tags_group_and_public_address_stay(world: Any, drift: dict[str, str]) -> None:
    tag = world.api.call("POST", "/api/tags", json={"Name": "mine"}).json()["ID"]
    group = world.api.call("POST", "/api/endpoint_groups", json={"Name": "ours"}).json()["Id"]
    number = world.environment.state["environment_id"]
    own = {"TagIDs": [tag], "GroupID": group, "PublicURL": "apps.lab.test"}
    world.api.call("PUT", f"/api/endpoints/{number}", json=own | drift)
    world.connect()
    assert world.environment.up(inputs := world.environment_inputs(111)) == "update"
    record = world.api.call("GET", f"/api/endpoints/{number}").json()
    assert (record["Name"], record["URL"]) == ("vm111", inputs["url"])
    assert (record["TagIds"], record["GroupId"], record["PublicURL"]) == ([tag], group, "apps.lab.test")
    world.connect()
    assert world.environment.up(inputs) == "same"


def test_the_servers_own_docker_is_made_once_and_never_removed(world: Any) -> None:
    resource = environment(world)
    assert resource.up(local_inputs(world)) == "create"
    assert names(world).count("local") == 1
    world.connect()
    assert resource.up(local_inputs(world)) == "same"
    resource.destroy()
    assert "local" in names(world)


def test_a_new_one_whose_agent_is_down_is_told_with_its_cure(world: Any) -> None:
    world.agent(112, up=False)
    world.connect()
    other = world.declared(PortainerEndpointProvider())
    inputs = world.environment_inputs(112)
    assert other.up(inputs) == "create"
    failure = other.state["failure"]
    assert "not reachable" in failure
    assert failure.count("next:") == 1
    assert "docker start portainer_agent" in failure
    world.agent(112, up=True)
    world.connect()
    assert other.up(inputs) == "update"
    assert other.state["failure"] == ""


def test_an_agent_that_was_down_is_asked_and_not_its_status(world: Any) -> None:
    number = world.environment.state["environment_id"]
    world.agent(up=False)
    world.api.call("POST", f"/api/endpoints/{number}/snapshot")
    world.connect()
    assert world.environment.up(world.environment_inputs(111)) == "same"
    world.agent(up=True)
    # Portainer says "down" until its next snapshot.
    assert world.api.call("GET", f"/api/endpoints/{number}").json()["Status"] == 2
    stack = world.stack()
    stack.up(world.inputs("services: {web: {image: 'busybox:lab'}}"))
    assert stack.state["failure"] == ""


def test_one_that_is_gone_already_is_deleted(world: Any) -> None:
    world.api.call("DELETE", f"/api/endpoints/{world.environment.state['environment_id']}")
    world.environment.destroy()
    assert "vm111" not in names(world)


def test_one_that_holds_foreign_stacks_stays(world: Any) -> None:
    number = world.environment.state["environment_id"]
    world.api.deployed(world.api.create_stack(number, "theirs", "services: {web: {image: 'busybox:lab'}}"))
    world.connect()
    world.environment.destroy()
    assert "vm111" in names(world)


def test_a_url_at_which_no_agent_answers_is_taken_back_though_the_old_one_has_just_answered(world: Any) -> None:
    stack = world.stack()
    stack.up(world.inputs("services: {web: {image: 'busybox:lab'}}"))
    number = world.environment.state["environment_id"]
    before = world.api.call("GET", f"/api/endpoints/{number}").json()["URL"]
    assert world.environment.up(world.environment_inputs(111, url="tcp://nowhere.lab.test:9001")) == "update"
    assert "so the old URL is kept" in world.environment.state["failure"]
    assert world.api.call("GET", f"/api/endpoints/{number}").json()["URL"] == before
