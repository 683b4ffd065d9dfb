"""Networks and volumes that somebody else makes are looked for before a stack is sent, anew in each run."""

from __future__ import annotations

from typing import Any

import pytest

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
USES = {
    "network": WEB + "    networks: [n]\nnetworks: {n: {external: true, name: 'shared-${END}'}}\n",
    "volume": WEB + "    volumes: ['v:/v']\nvolumes: {v: {external: true, name: 'shared-${END}'}}\n",
}
MAKES = {kind: text.replace("external: true, ", "") for kind, text in USES.items()}
ENV = {"END": "net"}


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, env=ENV, **changes)))


def sent(seen: list[dict[str, Any]]) -> list[str]:
    return [item["path"] for item in seen if item["method"] in ("PUT", "POST") and item["path"] != "/api/auth"]


def make(world: Any, kind: str) -> None:
    host = world.lab.server.docker_hosts[111]
    (host.networks if kind == "network" else host.volumes)["shared-net"] = {}


@pytest.mark.parametrize("kind", USES)
@pytest.mark.parametrize("before", [None, WEB], ids=["new", "update"])
def test_what_is_missing_is_named_and_nothing_is_sent(world: Any, kind: str, before: str | None) -> None:
    stack = world.stack()
    if before:
        up(world, stack, before)
    ran = world.containers()
    for _ in range(2):
        assert sent(world.requests_of(lambda: up(world, stack, USES[kind]))) == []
        expected = f"not sent: the {kind} shared-net, which it declares as external, is not there; make it"
        assert stack.state["failure"].startswith(expected)
        assert f"(docker {kind} create shared-net)" in stack.state["failure"]
        assert "the next run looks again" in stack.state["failure"]
    assert (world.containers(), stack.state["failed_digest"]) == (ran, "")
    make(world, kind)
    assert up(world, stack, USES[kind]) == "update"
    assert stack.state["failure"] == ""
    assert up(world, stack, USES[kind]) == "same"


@pytest.mark.parametrize("kind", USES)
def test_another_stack_may_make_it(world: Any, kind: str) -> None:
    user, maker = world.stack(), world.stack()
    for _ in range(2):
        up(world, user, USES[kind])
        up(world, maker, MAKES[kind], project="bb-production", resource="bb@111")
    assert (user.state["failure"], maker.state["failure"]) == ("", "")
    inputs = world.inputs(MAKES[kind], project="bb-production", resource="bb@111", env=ENV)
    world.connect()
    assert (user.up(world.inputs(USES[kind], env=ENV)), maker.up(inputs)) == ("same", "same")


@pytest.mark.parametrize("kind", USES)
@pytest.mark.parametrize("style", ["blocking", "async"])
def test_what_goes_away_before_the_deploy_does_not_blame_the_content(
    new_world: Any, monkeypatch: Any, style: str, kind: str
) -> None:
    world = new_world(style)
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    with monkeypatch.context() as patch:
        # It was there when it was looked for.
        patch.setattr(f"phoenix_providers.clients.docker.proxy.DockerProxy.has_{kind}", lambda *_: True)
        up(world, stack, USES[kind])
    assert "its deploy failed" in stack.state["failure"]
    assert "the next run sends it again" in stack.state["failure"]
    assert stack.state["failed_digest"] == ""
    assert world.containers()["web"].running
    make(world, kind)
    up(world, stack, USES[kind])
    assert (stack.state["failure"], up(world, stack, USES[kind])) == ("", "same")


@pytest.mark.parametrize("kind", USES)
def test_an_engine_that_does_not_say_is_no_missing_one(world: Any, kind: str) -> None:
    stack = world.stack()
    world.faults("GET", f"/docker/{kind}s", "status", 502, times=0)
    assert sent(world.requests_of(lambda: up(world, stack, USES[kind]))) == []
    assert "is not there" not in stack.state["failure"]
    assert stack.state["failure"].startswith("not reachable")
    world.lab.control("faults")
    make(world, kind)
    up(world, stack, USES[kind])
    assert stack.state["failure"] == ""


def test_what_is_given_is_looked_for_only_before_something_is_sent(world: Any) -> None:
    for kind in USES:
        make(world, kind)
    stack = world.stack()
    up(world, stack, USES["network"])
    seen = world.requests_of(lambda: up(world, stack, USES["network"]))
    assert not [item for item in seen if "/docker/networks" in item["path"] or "/docker/volumes" in item["path"]]
