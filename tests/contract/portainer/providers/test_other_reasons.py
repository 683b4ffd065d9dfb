"""What failed for another reason than its content is tried again, and what cannot be fetched costs no time anew."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.clients.docker.proxy import DockerProxy

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CHANGED = WEB + "    labels: [a=b]\n"
NGINX = WEB.replace("busybox:lab", "nginx:1.27")
NO_ADDRESS = (
    "failed to deploy a stack: Network web-production_default Error failed to create network web-production_default: "
    "Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the defaults to "
    "assign to the network"
)
AWAY = 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: i/o timeout'


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def pulls(seen: list[dict[str, Any]]) -> int:
    return len([item for item in seen if "/images/create" in item["path"]])


@pytest.mark.parametrize(("before", "method"), [(None, "POST"), (WEB, "PUT")])
def test_a_machine_without_addresses_is_no_failed_content(new_world: Any, before: str | None, method: str) -> None:
    world = new_world("blocking")
    world.bring_environment_up()
    stack = world.stack()
    if before:
        up(world, stack, before)
    world.faults(method, "/api/stacks/", "status", 500, message=NO_ADDRESS)
    up(world, stack, CHANGED)
    assert "non-overlapping IPv4 address pool" in stack.state["failure"]
    assert "the next run sends it again" in stack.state["failure"]
    assert stack.state["failed_digest"] == ""
    assert up(world, stack, CHANGED) in {"create", "update"}
    assert stack.state["failure"] == ""
    assert up(world, stack, CHANGED) == "same"


@pytest.mark.parametrize("other", ["content", "retry"])
def test_a_registry_that_is_away_is_given_a_short_time_by_later_runs(
    new_world: Any, monkeypatch: Any, other: str
) -> None:
    world, limits, pull = new_world("blocking"), [], DockerProxy.pull

    def noting(docker: DockerProxy, image: str, timeout: float) -> None:
        limits.append(timeout)
        pull(docker, image, timeout)

    monkeypatch.setattr(DockerProxy, "pull", noting)
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    before = world.containers()["web"].id
    world.faults("POST", "/images/create", "status", 500, message=AWAY)
    up(world, stack, NGINX)
    failure = stack.state["failure"]
    assert "i/o timeout" in failure
    world.faults("POST", "/images/create", "cut_before", times=0)
    for _ in range(2):
        up(world, stack, NGINX)
        assert stack.state["failure"] == failure
    assert (world.containers()["web"].id, limits) == (before, [6.0, 5.0, 5.0])
    world.lab.control("faults")
    if other == "retry":
        world.settings["retry"] = ("web@111",)
    up(world, stack, NGINX, env={"A": "1"} if other == "content" else {})
    assert (stack.state["failure"], limits[3:]) == ("", [6.0])
    assert world.containers()["web"].image == "nginx:1.27"


@pytest.mark.parametrize("how", ["registry", "by hand"])
def test_an_image_that_can_be_had_again_is_used_without_a_word_of_the_user(world: Any, how: str) -> None:
    stack = world.stack()
    world.faults("POST", "/images/create", "status", 500, message=AWAY)
    up(world, stack, NGINX)
    assert "i/o timeout" in stack.state["failure"]
    if how == "by hand":
        world.lab.server.docker_hosts[111].images.add("nginx:1.27")
    seen = world.requests_of(lambda: up(world, stack, NGINX))
    assert (stack.state["failure"], pulls(seen)) == ("", int(how == "registry"))
    assert up(world, stack, NGINX) == "same"
