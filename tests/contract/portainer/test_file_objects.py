"""What compose makes of `configs`: the stand-in is as harsh as the real one (2.23.0 and 2.27.6, compose 2.29.2)."""

from __future__ import annotations

from typing import Any

import pytest

HEAD = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n"
MOUNTED = HEAD + "    configs: [{source: c, target: /etc/app.conf}]\n"


@pytest.fixture
def number(lab: Any) -> int:
    return int(lab.client().create_environment(lab.agent_form(111, "agent")).json()["Id"])


def mounts(client: Any, number: int, name: str) -> list[tuple[str, str]]:
    (item,) = client.containers(number, name)
    return [(mount["Type"], mount["Destination"]) for mount in item["Mounts"]]


@pytest.mark.parametrize("definition", ['{content: ""}', '{content: "${NOPE}"}', "{external: false}", '{file: ""}'])
def test_a_config_without_text_is_a_folder_of_the_server(lab: Any, number: int, name: str, definition: str) -> None:
    client = lab.client()
    client.deployed(client.create_stack(number, name, MOUNTED + f"configs: {{c: {definition}}}\n"))
    assert mounts(client, number, name) == [("bind", "/etc/app.conf")]


def test_a_config_with_text_is_no_mount(lab: Any, number: int, name: str) -> None:
    client = lab.client()
    client.deployed(client.create_stack(number, name, MOUNTED + 'configs: {c: {content: "\\n"}}\n'))
    assert mounts(client, number, name) == []


@pytest.mark.parametrize("definition", ["{}", '{content: "", file: /x}', "{external: true}", "{environment: NOPE}"])
def test_a_config_that_compose_refuses(lab: Any, number: int, name: str, definition: str) -> None:
    client = lab.client()
    answer = client.create_stack(number, name, MOUNTED + f"configs: {{c: {definition}}}\n")
    assert "failed to deploy" in client.failure(answer)


def test_nothing_is_copied_into_a_read_only_container(lab: Any, number: int, name: str) -> None:
    client = lab.client()
    text = MOUNTED.replace("    command", "    read_only: true\n    command")
    answer = client.create_stack(number, name, text + "configs: {c: {content: x}}\n")
    assert "container rootfs is marked read-only" in client.failure(answer)


@pytest.mark.parametrize("mount", ["tmpfs: /etc", "tmpfs: ['/etc:size=1m']", "volumes: [{type: tmpfs, target: /etc}]"])
def test_a_tmpfs_covers_what_is_copied_below_it(lab: Any, number: int, name: str, mount: str) -> None:
    client = lab.client()
    text = MOUNTED.replace("    command", f"    {mount}\n    command")
    client.deployed(client.create_stack(number, name, text + "configs: {c: {content: x}}\n"))
    (container,) = lab.server.docker_hosts[111].of_project(name)
    assert container.files == {}
