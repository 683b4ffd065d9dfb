"""What comes before a deploy only looks, and what it looks at most, the compose text, is read once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.operations.stacks.preflight import Preflight
from phoenix_providers.planning.compose import compose_reading
from phoenix_providers.planning.stacks.content import StackContent, WantedStack

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
PORT = "    ports: ['8055:80']\n"
TWICE = "    deploy: {replicas: 2}\n"
ABSENT = "  cache:\n    image: nginx:nosuch\n"
OUTSIDE = "    networks: [outside]\nnetworks: {outside: {external: true}}\n"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read from now on, in their order."""
    found: list[str] = []
    original: Callable[..., Any] = compose_reading.read_compose

    def counted(text: str, *others: Any) -> Any:
        found.append(text)
        return original(text, *others)

    compose_reading._read.cache_clear()
    monkeypatch.setattr(compose_reading, "read_compose", counted)
    return found


def access_of(world: Any) -> Any:
    """What a new process has of Portainer."""
    return world.connect().portainer(PortainerServer.from_input(world.server))


def preflight_of(world: Any, compose: str) -> tuple[Preflight, WantedStack]:
    access, number = access_of(world), world.environment.state["environment_id"]
    wanted = WantedStack("web-production", number, StackContent(compose, {}, ("web",)))
    return Preflight(access.stacks, access.docker(number), access.server), wanted


def test_a_preflight_makes_no_write_request(world: Any) -> None:
    """Not even for what sending does about the same things: a missing image, a paused container, one in the way."""
    stack, other = world.stack(), world.stack()
    other.up(world.inputs(WEB + PORT.replace("8055", "8056"), project="other-production", resource="other@111"))
    stack.up(world.inputs(WEB.replace("web:", "old:") + PORT))
    assert (stack.state["failure"], other.state["failure"]) == ("", "")
    world.lab.server.docker_hosts[111].of_project("web-production")[0].state = "paused"
    text = WEB + PORT + PORT.replace("8055", "8056").replace("    ports: ", "    expose: ") + OUTSIDE
    text = text.replace("networks: {", ABSENT + "networks: {")

    def look() -> None:
        preflight, wanted = preflight_of(world, text)
        record = next(item for item in access_of(world).stacks.all() if item.name == "web-production")
        assert preflight.faults(wanted) == ()
        assert len(preflight.missing_externals(wanted)) == 1
        preflight.conflicts(wanted, record, take_over=True)
        preflight.conflicts(wanted, None, take_over=False)
        assert preflight.holders(wanted) == ()
        preflight.refuse_paths(wanted.project, wanted.content)

    seen = world.requests_of(look)
    assert len(seen) > 5
    assert {item["method"] for item in seen if item["path"] != "/api/auth"} == {"GET"}


def test_a_deploy_reads_its_text_once(world: Any, read: list[str]) -> None:
    stack = world.stack()
    for text in (WEB, WEB + PORT, WEB + TWICE):
        read.clear()
        world.connect()
        stack.up(world.inputs(text))
        assert stack.state["failure"] == ""
        assert read.count(text) == 1, read
        assert len(read) <= 2, "nothing but its text, and the one that ran before"


def test_a_deploy_that_fails_reads_no_more(world: Any, read: list[str]) -> None:
    stack = world.stack()
    stack.up(world.inputs(WEB))
    text = WEB + ABSENT
    read.clear()
    world.connect()
    stack.up(world.inputs(text))
    assert "nginx:nosuch" in stack.state["failure"]
    assert sorted(read) == sorted({WEB, text} & {*read})
    assert read.count(text) == 1


def test_a_take_over_reads_no_more(world: Any, read: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    world.by_hand(WEB)
    read.clear()
    stack = world.stack()
    stack.up(world.inputs(WEB))
    assert stack.state["failure"] == ""
    assert "is taken over as it runs" in capsys.readouterr().err
    assert read == [WEB]
