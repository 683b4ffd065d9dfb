"""Nothing is sent that could be known to fail, and what is in the way is named."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
PORT = WEB + "    ports: ['8055:80']\n"
NAMED = WEB + "    container_name: fixed\n"


def up(world: Any, stack: Any, compose: str, **changes: Any) -> str:
    world.connect()
    return str(stack.up(world.inputs(compose, **changes)))


def sent(seen: list[dict[str, Any]]) -> list[str]:
    return [item["path"] for item in seen if item["method"] in ("PUT", "POST") and item["path"] != "/api/auth"]


@pytest.mark.parametrize(("text", "words"), [(PORT, "port 8055/tcp"), (NAMED, "container name fixed")])
def test_what_another_stack_holds_is_waited_for(world: Any, text: str, words: str) -> None:
    old, new = world.stack(), world.stack()
    up(world, old, text, project="old-production", resource="old@111")
    seen = world.requests_of(lambda: up(world, new, text))
    assert "waiting:" in new.state["failure"]
    assert words in new.state["failure"]
    assert "old-production" in new.state["failure"]
    assert sent(seen) == []
    # The other stack leaves at the end of that run; the next one deploys.
    old.destroy()
    assert up(world, new, text) == "update"
    assert new.state["failure"] == ""
    assert up(world, new, text) == "same"


def test_what_a_container_of_nobody_holds_is_named(world: Any) -> None:
    other = world.stack()
    up(world, other, PORT, project="byhand")
    record = world.records("byhand")[0]
    # The record goes, with a wrong environment; the container stays and belongs to nobody at Portainer.
    twin = world.api.create_environment(world.lab.agent_form(112, "twin")).json()["Id"]
    world.api.call("DELETE", f"/api/stacks/{record['Id']}?endpointId={twin}")
    stack = world.stack()
    up(world, stack, PORT)
    assert (
        "port 8055/tcp is held by the container byhand-web-1, of the compose project byhand" in stack.state["failure"]
    )
    assert world.containers("byhand")["web"].running


def test_a_port_that_a_former_service_of_the_stack_holds_is_freed(world: Any) -> None:
    stack = world.stack()
    up(world, stack, PORT)
    assert up(world, stack, PORT.replace("  web:", "  front:")) == "update"
    assert stack.state["failure"] == ""
    assert list(world.containers()) == ["front"]
    assert up(world, stack, PORT.replace("  web:", "  front:")) == "same"


def test_a_service_that_left_the_file_is_removed(world: Any) -> None:
    both = WEB + "  db:\n    image: busybox:lab\n    command: [sleep, '3600']\n"
    stack = world.stack()
    up(world, stack, both)
    kept = world.containers()["web"].id
    up(world, stack, WEB)
    assert {service: item.id for service, item in world.containers().items()} == {"web": kept}
    assert up(world, stack, WEB) == "same"


def test_a_service_that_a_killed_run_left_behind_is_removed_without_a_deploy(new_world: Any) -> None:
    world = new_world("blocking")
    number = world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    record = world.records()[0]
    both = WEB + "  db:\n    image: busybox:lab\n    command: [sleep, '3600']\n"
    world.api.deployed(world.api.update_stack(record, both))
    world.api.deployed(world.api.update_stack(record, WEB))
    assert set(world.containers()) == {"web", "db"}
    seen = world.requests_of(lambda: up(world, stack, WEB))
    assert set(world.containers()) == {"web"}
    assert [path for path in sent(seen) if "/docker/" not in path] == []
    assert number
    assert up(world, stack, WEB) == "same"


def test_an_image_is_fetched_before_the_deploy(world: Any) -> None:
    stack = world.stack()
    seen = world.requests_of(lambda: up(world, stack, WEB.replace("busybox:lab", "nginx")))
    posts = sent(seen)
    assert "/docker/images/create?fromImage=nginx&tag=latest" in posts[0]
    assert "/api/stacks/create" in posts[1]
    assert stack.state["failure"] == ""


def test_required_variables_and_secrets_are_checked_without_showing_them(world: Any) -> None:
    stack = world.stack()
    text = WEB + "    mem_limit: '${LIMIT:?say how much}'\n"
    seen = world.requests_of(lambda: up(world, stack, text))
    assert "LIMIT is required" in stack.state["failure"]
    assert sent(seen) == []
    ports = text + "    ports: ['${CANARY}:80']\n"
    up(world, stack, ports, env={"LIMIT": "1g", "CANARY": "s3cr3t-x"})
    assert "port of web is not valid" in stack.state["failure"]
    assert "s3cr3t-x" not in stack.state["failure"]
    assert "[secret]" in stack.state["failure"]


def test_a_changed_file_reaches_the_container(world: Any, make_text: Any) -> None:
    stack = world.stack()
    up(world, stack, make_text(b"one"))
    assert world.containers()["web"].files == {"/etc/app.conf": "one"}
    assert up(world, stack, make_text(b"two $x")) == "update"
    assert world.containers()["web"].files == {"/etc/app.conf": "two $x"}
    assert up(world, stack, make_text(b"two $x")) == "same"


@pytest.fixture
def make_text() -> Any:
    from phoenix_providers.planning.compose.injection import inject
    from phoenix_providers.planning.compose.mounted_files import MountedFile

    def make(content: bytes) -> str:
        text = content.decode().replace("$", "$$")
        return inject(WEB, {}, [MountedFile("app", "/etc/app.conf", text, ("web",))])

    return make


def test_a_config_whose_secret_is_empty_is_not_sent_and_one_with_a_value_is(world: Any) -> None:
    text = WEB + "    configs: [{source: c, target: /etc/c}]\nconfigs: {c: {content: '${CERT}'}}\n"
    stack = world.stack()
    seen = world.requests_of(lambda: up(world, stack, text, env={"CERT": ""}))
    assert "not sent: `configs.c` is empty" in stack.state["failure"]
    assert sent(seen) == []
    up(world, stack, text, env={"CERT": "pem"})
    assert stack.state["failure"] == ""
    assert (world.containers()["web"].files, world.containers()["web"].bound) == ({"/etc/c": "pem"}, {})
    assert up(world, stack, text, env={"CERT": "pem"}) == "same"


def test_an_older_content_with_an_empty_config_is_not_put_back(new_world: Any) -> None:
    """A release before this rule may have left it in the state as the last one that worked."""
    world = new_world("blocking")
    world.bring_environment_up()
    stack = world.stack()
    up(world, stack, WEB)
    empty = WEB + "    configs: [{source: c, target: /etc/c}]\nconfigs: {c: {content: ''}}\n"
    stack.state["last_good"] |= {"compose": empty}
    world.api.call(
        "DELETE",
        f"/api/endpoints/{world.inputs(WEB)['environment_id']}/docker/containers/{world.containers()['web'].id}?force=1",
    )
    fails = WEB.replace("[sleep, '3600']", "/no/such/program")
    up(world, stack, fails)
    assert "back failed, too: the content is not sent, since configs.c would become a folder" in stack.state["failure"]
    assert "web" not in world.containers()


def test_no_value_is_told_in_whatever_form_and_of_whatever_stack(world: Any) -> None:
    """Docker quotes what it could not run, and a log may show what another stack has."""
    program = '/no/"such\\program'
    text = WEB.replace("[sleep, '3600']", "['${PROGRAM}']")
    stack = world.stack()
    up(world, stack, text, env={"PROGRAM": program})
    assert "its deploy failed" in stack.state["failure"]
    assert "such" not in stack.state["failure"].split("stat ")[0]
    other = Credentials(
        "admin", SecretStr(world.lab.server.admin_password), secrets={"OTHER": SecretStr("/no/elsewhere")}
    )
    stack = world.stack()
    clients_of_run.use(ClientsOfRun(Settings(**world.settings), other))
    stack.up(world.inputs(WEB.replace("[sleep, '3600']", "[/no/elsewhere]"), project="other-production"))
    assert "[secret]" in stack.state["failure"]
    assert "elsewhere" not in stack.state["failure"] + stack.state["failed_reason"]
