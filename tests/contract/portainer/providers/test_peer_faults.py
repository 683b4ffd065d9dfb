"""What the nearest peer gets wrong on a real server, one test each: none of it may be ours."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from phoenix_providers.lab.docker.behaviour import Behaviour
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.names import normalised
from phoenix_providers.resources.inventory import InventoryProvider

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
TWO = WEB + "  db:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CANNOT_START = WEB.replace("[sleep, '3600']", "['/no/such/program']")


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def deployed(world: Any, compose: str = WEB, **changes: Any) -> Any:
    stack = world.stack()
    assert up(world, stack, compose, **changes) == "create"
    assert stack.state["failure"] == ""
    assert up(world, stack, compose, **changes) == "same"
    return stack


@pytest.mark.parametrize("how", ["remove", "stop", "pause"])
@pytest.mark.parametrize("restart", ["always", "no"])
def test_1_containers_removed_or_stopped_by_hand_are_seen_and_come_back(world: Any, how: str, restart: str) -> None:
    text = TWO.replace("restart: always", f"restart: '{restart}'")
    stack = deployed(world, text)
    kept = world.containers()["web"].id
    world.lab.run(getattr(world.lab.server.docker_hosts[111], how)(world.containers()["db"]))
    assert up(world, stack, text) == "update"
    assert stack.state["failure"] == ""
    assert {item.service: item.running for item in world.containers().values()} == {"web": True, "db": True}
    assert world.containers()["web"].id == kept
    assert up(world, stack, text) == "same"


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda host, db: host.stop(db, exit_code=3), "is exited, exit code 3"),
        (lambda host, db: host.change_behaviour(db, Behaviour.UNHEALTHY), "is running, but unhealthy"),
    ],
)
def test_1_what_fails_by_itself_is_told_and_not_deployed_again(world: Any, break_it: Any, words: str) -> None:
    text = TWO.replace("restart: always", "restart: 'no'") + "    healthcheck: {test: [CMD, 'true']}\n"
    stack = deployed(world, text)
    world.lab.run(break_it(world.lab.server.docker_hosts[111], world.containers()["db"]))
    world.api.until(lambda: world.containers()["db"].health(time.time()) == "unhealthy")
    for _ in range(2):
        seen = world.requests_of(lambda: up(world, stack, text))
        assert stack.state["failure"].startswith(f"db: web-production-db-1 {words}")
        assert [item for item in seen if item["method"] == "PUT"] == []


def test_1_a_container_replaced_by_hand_is_seen_and_comes_back(world: Any) -> None:
    stack = deployed(world, TWO)
    kept = world.containers()["db"].id
    other = world.containers()["web"]
    other.image = "busybox:other"
    other.labels["com.docker.compose.config-hash"] = "0" * 64
    world.connect()
    stack.refresh()
    assert stack.state["observed"] == "the container of web was replaced by another one"
    assert up(world, stack, TWO) == "update"
    assert stack.state["failure"] == ""
    assert (world.containers()["web"].image, world.containers()["db"].id) == ("busybox:lab", kept)
    assert up(world, stack, TWO) == "same"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("services:\n  web:\n   image: [\n", "not valid YAML"),
        ("services:\n  web:\n    image: nosuch/image:1\n", "nosuch/image:1 cannot be pulled"),
        ("services:\n  web:\n    image: busybox:lab\n    imgae: x\n", "does not know `imgae`"),
    ],
)
def test_2_a_bad_update_is_not_sent_and_the_stack_keeps_running(world: Any, bad: str, words: str) -> None:
    stack = deployed(world)
    before = world.containers()["web"].id
    seen = world.requests_of(lambda: up(world, stack, bad, services=["web"], routes={}))
    assert words in stack.state["failure"]
    assert [item for item in seen if item["method"] == "PUT"] == []
    assert world.containers()["web"].id == before
    assert stack.state["live_routes"]
    up(world, stack, WEB)
    assert (stack.state["failure"], world.containers()["web"].id) == ("", before)
    assert up(world, stack, WEB) == "same"


def test_2_an_update_that_fails_all_the_same_leaves_the_old_version_running(world: Any) -> None:
    stack = deployed(world)
    up(world, stack, CANNOT_START, routes={})
    failure = stack.state["failure"]
    assert "no such file or directory" in failure
    assert "was put back and runs" in failure or "still runs" in failure
    assert world.containers()["web"].running
    assert stack.state["live_routes"]
    # The same content is not sent again; what runs stays as it is.
    running = world.containers()["web"].id
    seen = world.requests_of(lambda: up(world, stack, CANNOT_START))
    assert [item for item in seen if item["method"] in ("PUT", "POST") and "/api/stacks" in item["path"]] == []
    assert "not sent again" in stack.state["failure"]
    assert "no such file or directory" in stack.state["failure"]
    assert world.containers()["web"].id == running
    # Going back to the old content heals it.
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert world.containers()["web"].running
    assert up(world, stack, WEB) == "same"


def test_3_a_running_stack_is_adopted_without_a_restart(world: Any) -> None:
    number = world.environment.state["environment_id"]
    world.api.deployed(world.api.create_stack(number, "web-production", WEB, [{"name": "A", "value": "'1 2'"}]))
    before = world.containers()["web"].id
    stack = world.stack()
    seen = world.requests_of(lambda: up(world, stack, WEB, env={"A": "1 2"}))
    assert stack.state["failure"] == ""
    assert world.containers()["web"].id == before
    assert {item["method"] for item in seen} <= {"GET", "POST"}
    assert [item["path"] for item in seen if item["method"] == "POST"] == ["/api/auth"]
    assert up(world, stack, WEB, env={"A": "1 2"}) == "same"


def test_4_killed_in_the_first_run_leaves_one_record(world: Any) -> None:
    deployed(world)
    before = world.containers()["web"].id
    # The state was never written: the next run knows nothing.
    again = world.stack()
    assert up(world, again, WEB) == "create"
    assert len(world.records()) == 1
    assert world.containers()["web"].id == before


@pytest.mark.parametrize(("action", "value"), [("status", 504), ("status", 502), ("cut_before", 0), ("cut_after", 0)])
def test_5_a_create_with_an_unclear_answer_makes_one_record(world: Any, action: str, value: int) -> None:
    world.faults("POST", "/api/stacks/create/standalone/string", action, value)
    stack = world.stack()
    up(world, stack, WEB)
    assert stack.state["failure"] == ""
    assert len(world.records()) == 1
    assert stack.state["stack_id"] == world.records()[0]["Id"]
    assert up(world, stack, WEB) == "same"


@pytest.mark.parametrize("status", [404, 500, 503])
def test_6_an_answer_of_something_in_front_never_makes_a_stack_look_gone(world: Any, status: int) -> None:
    stack = deployed(world)
    before = world.containers()["web"].id
    world.faults("GET", "/api/stacks", "status", status, times=0)
    # What could not be verified is looked at again, and that fails as well: recorded, with the routes kept.
    assert up(world, stack, WEB) == "update"
    assert stack.id
    assert stack.state["failure"]
    assert stack.state["live_routes"]
    world.lab.control("faults")
    assert up(world, stack, WEB) == "update"
    assert (stack.state["failure"], world.containers()["web"].id) == ("", before)
    assert up(world, stack, WEB) == "same"


def test_7_a_stack_made_by_hand_with_capitals_is_the_same_stack(world: Any) -> None:
    number = world.environment.state["environment_id"]
    world.api.deployed(world.api.create_stack(number, "Web-Production", WEB))
    before = world.containers()["web"].id
    deployed(world, project=normalised("Web-Production"))
    assert (len(world.records()), world.containers()["web"].id) == (1, before)


def test_8_one_name_in_two_resources_makes_one_record(world: Any) -> None:
    deployed(world)
    deployed(world, resource="other@111")
    assert len(world.records()) == 1


def test_8_several_records_of_one_name_are_explained_and_left_alone(new_world: Any) -> None:
    world = new_world("blocking", deploy_seconds=0.3)
    number = world.bring_environment_up()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: world.api.create_stack(number, "web-production", WEB), range(2)))
    assert len(world.records()) == 2
    before = world.containers()["web"].id
    stack = world.stack()
    up(world, stack, WEB)
    assert "has the stack web-production 2 times" in stack.state["failure"]
    assert world.containers()["web"].id == before


def test_9_a_renamed_resource_is_refused_before_its_containers_are_gone(new_world: Any) -> None:
    new_world("blocking")

    def names(name: str) -> dict[str, Any]:
        stack = {"name": name, "environment": "vm111", "project": "web-production"}
        return {"stacks": [stack], "environments": [], "records": [], "threshold": 30, "allowed": []}

    failures = InventoryProvider().check(names("web@111"), names("web@112")).failures
    assert "pulumi state rename" in failures[0].reason
    for in_state, refused in ((["web@111"], True), (["web@112"], False)):
        found = InventoryProvider().check(names("web@111"), {**names("web@112"), "in_state": in_state})
        assert bool(found.failures) is refused
        assert "in_state" not in found.inputs


def test_9_firewalls_of_guests_count_like_anything_else_that_goes(world: Any) -> None:
    world.connect()

    def names(filtered: int, *allowed: str) -> dict[str, Any]:
        kinds: dict[str, list[Any]] = {"stacks": [], "environments": [], "records": []}
        guests = [
            DeclaredGuest("vm", number, "a", "pve", "vms.yaml:1", number < 101 + filtered).as_input()
            for number in range(101, 109)
        ]
        in_state = [f"rules@{number}" for number in range(101, 109)]
        return {**kinds, "guests": guests, "in_state": in_state, "threshold": 30, "allowed": list(allowed)}

    assert not InventoryProvider().check(names(8), names(6)).failures
    (refused,) = InventoryProvider().check(names(8), names(5)).failures
    assert "3 of 8 guests' firewalls" in refused.reason
    assert "firewall@106" in refused.reason
    # Of a property the engine would show the whole value first.
    assert not refused.property
    assert "--allow-delete 3" in refused.reason
    assert not InventoryProvider().check(names(8), names(5, "firewall@106")).failures


def test_10_a_stack_stopped_in_portainer_runs_again_after_one_run(world: Any) -> None:
    stack = deployed(world)
    record = world.records()[0]
    world.api.call("POST", f"/api/stacks/{record['Id']}/stop?endpointId={record['EndpointId']}")
    assert up(world, stack, WEB) == "update"
    assert world.records()[0]["Status"] == 1
    assert world.containers()["web"].running
    assert up(world, stack, WEB) == "same"


def test_11_values_arrive_as_written_and_an_emptied_list_is_empty(world: Any) -> None:
    text = WEB + "    env_file: [stack.env]\n    environment: ['A=${A}']\n"
    stack = deployed(world, text, env={"A": "a$b # 'q' \"d\" ", "B": "x"})
    assert world.containers()["web"].environment["A"] == "a$b # 'q' \"d\" "
    plain = WEB + "    env_file: [stack.env]\n"
    assert up(world, stack, plain) == "update"
    assert stack.state["failure"] == ""
    assert {"A", "B"} & set(world.containers()["web"].environment) == set()
    assert up(world, stack, plain) == "same"


def test_11_another_order_of_values_is_no_drift(world: Any) -> None:
    stack = deployed(world, env={"A": "1", "B": "2"})
    assert up(world, stack, WEB, env={"B": "2", "A": "1"}) == "same"


def test_12_a_stack_whose_environment_was_made_anew_goes_with_it(world: Any) -> None:
    stack = deployed(world)
    before, record = world.containers()["web"].id, world.records()[0]["Id"]
    world.api.call("DELETE", f"/api/endpoints/{world.environment.state['environment_id']}")
    world.connect()
    number = world.bring_environment_up()
    assert number != stack.state["environment_id"]
    assert up(world, stack, WEB) == "update"
    assert stack.state["failure"] == ""
    assert [(item["Id"], item["EndpointId"]) for item in world.records()] == [(record, number)]
    assert world.containers()["web"].id == before
    assert up(world, stack, WEB) == "same"


def test_13_a_container_that_exits_at_once_is_no_success(world: Any) -> None:
    stack = world.stack()
    up(world, stack, WEB.replace("[sleep, '3600']", "['false']").replace("restart: always", "restart: 'no'"))
    assert "web" in stack.state["failure"]
    assert "exit code 1" in stack.state["failure"]
    assert "log of web:" in stack.state["failure"]
    assert stack.state["live_routes"] == {}


def test_14_every_request_has_a_limit(world: Any) -> None:
    stack = deployed(world)
    world.connect(request_timeout=0.3)
    world.faults("GET", "/api/stacks$", "delay", 30, times=0)
    began = time.monotonic()
    stack.refresh()
    assert time.monotonic() - began < 10
    assert "time limit" in stack.state["observed"]
    world.settings["request_timeout"] = 5.0


def test_14_an_expired_token_is_renewed_once(world: Any) -> None:
    stack = deployed(world)
    made = world.connect()
    access = made.portainer(PortainerServer.from_input(world.server))
    access.stacks.all()
    access.session._token = "not.a.token"
    seen = world.requests_of(lambda: stack.refresh())
    assert [item["path"] for item in seen].count("/api/auth") == 1
    assert stack.state["observed"] == "as declared"
    assert json.dumps(stack.state)
