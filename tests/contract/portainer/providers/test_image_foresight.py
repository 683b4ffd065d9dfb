"""A preview says which images `up` could not have, in one line what it could not verify, and asks for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.output import Unknown
from pydantic import SecretStr

from phoenix_providers.errors import UnreachableError
from phoenix_providers.lab.docker.private_registry import PASSWORD, USER
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.stacks import image_foresight
from phoenix_providers.resources.portainer_stack import PortainerStackProvider
from phoenix_providers.resources.provider import AS_DECLARED
from phoenix_providers.resources.verdict import VerdictProvider

HOST = "private.registry.test:5000"
TEAM = {"url": HOST, "user": USER, "secret": "REGISTRY"}
DENIED = (
    "HTTP 403 errors: denied: requested access to the resource is denied unauthorized: authentication required "
    "(asked docker.io without a sign-in)"
)


def running(image: str) -> str:
    return f"services:\n  web:\n    image: {image}\n    command: [sleep, '3600']\n    restart: always\n"


def preview(
    world: Any, *stacks: tuple[Any, Mapping[str, Any]], registries: Any = (), capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Do what the engine does in a preview behind its refresh; return what is said."""
    provider = PortainerStackProvider()
    for stack, inputs in stacks:
        wanted = {**inputs, "observed": AS_DECLARED}
        known = {key: stack.state[key] for key in wanted if key in stack.state}
        news = provider.check(known, wanted).inputs
        if stack.id:
            provider.diff(stack.id, dict(stack.state), dict(news))
    names = [inputs["resource"] for _, inputs in stacks]
    foresight = {"preview": True, "registries": list(registries)}
    verdict = {"declared": names, "blocked": {}, "failures": dict.fromkeys(names, ""), "foresight": foresight}
    capsys.readouterr()
    assert "foresight" not in VerdictProvider().check({}, verdict).inputs
    said = capsys.readouterr().err
    return [part for part in said.replace("\n  ", " \\ ").splitlines() if part]


def sign_in(world: Any, password: str = PASSWORD) -> None:
    credentials = Credentials(
        "admin", SecretStr(world.lab.server.admin_password), secrets={"REGISTRY": SecretStr(password)}
    )
    clients_of_run.use(ClientsOfRun(Settings(**world.settings), credentials, clock=world.clock))


def paths(seen: list[dict[str, Any]], part: str = "/docker/") -> list[str]:
    return [item["path"].rpartition(part)[2] for item in seen if part in item["path"]]


def test_a_new_stack_whose_image_nobody_has(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect()
    said: list[str] = []
    new = world.inputs(running("nosuch/web:1"))
    seen = world.requests_of(lambda: said.extend(preview(world, (world.stack(), new), capsys=capsys)))
    assert [item["method"] for item in seen if "/docker/" in item["path"]] == ["GET"] * len(paths(seen))
    (line,) = said
    reason = f"not sent: the image nosuch/web:1 cannot be pulled: {DENIED}"
    assert line.startswith(f"not as declared: a run would refuse web@111: {reason} \\ next:")
    stack = world.stack()
    stack.up(new)
    assert stack.state["failure"].startswith("not sent: the image nosuch/web:1 cannot be pulled: ")


def test_a_run_that_is_no_preview_asks_nothing(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect()
    stack = world.stack()
    stack.up(world.inputs(running("nosuch/web:1")))
    names = {"declared": ["web@111"], "blocked": {}, "failures": {"web@111": ""}}
    seen = world.requests_of(
        lambda: VerdictProvider().check({}, {**names, "foresight": {"preview": False, "registries": []}})
    )
    assert (seen, "would refuse" in capsys.readouterr().err) == ([], False)


def test_an_unchanged_stack_asks_nothing(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stack = world.stack()
    inputs = world.inputs(running("nginx:1"))
    stack.up(inputs)
    world.connect()
    assert world.requests_of(lambda: preview(world, (stack, inputs), capsys=capsys)) == []


def test_another_command_with_the_same_image_asks_nothing(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stack = world.stack()
    stack.up(world.inputs(running("nginx:1")))
    world.connect()
    changed = world.inputs(running("nginx:1").replace("3600", "7200"))
    assert world.requests_of(lambda: preview(world, (stack, changed), capsys=capsys)) == []


def test_only_the_changed_image_is_asked_for_and_only_if_it_is_not_there(
    world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = world.stack()
    stack.up(world.inputs(running("nginx:1")))
    both = running("nginx:nosuch") + "  db:\n    image: docker.io/library/nginx:1\n"
    world.connect()
    said: list[str] = []
    seen = world.requests_of(lambda: said.extend(preview(world, (stack, world.inputs(both)), capsys=capsys)))
    assert paths(seen) == ["images/json", "distribution/nginx:nosuch/json", "images/nginx:nosuch/json"]
    (line,) = said
    assert "the image nginx:nosuch cannot be pulled: HTTP 404 manifest unknown" in line


def test_what_failed_for_want_of_its_image_is_asked_for_again(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stack = world.stack()
    inputs = world.inputs(running("nosuch/web:1"))
    stack.up(inputs)
    world.connect()
    assert "would refuse web@111" in preview(world, (stack, inputs), capsys=capsys)[0]


def test_one_list_and_one_question_serve_all_stacks(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect()
    stacks = [
        (world.stack(), world.inputs(running("nosuch/web:1"), project=f"s{number}", resource=f"s{number}@111"))
        for number in range(3)
    ]
    said: list[str] = []
    seen = world.requests_of(lambda: said.extend(preview(world, *stacks, capsys=capsys)))
    assert paths(seen) == ["images/json", "distribution/nosuch/web:1/json", "images/nosuch/web:1/json"]
    (line,) = said
    assert "would refuse s0@111, s1@111, s2@111: " in line


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (500, 'Get "https://registry-1.docker.io/v2/": context deadline exceeded'),
        (429, "toomanyrequests: You have reached your pull rate limit."),
        (404, "page not found"),
    ],
)
def test_a_registry_that_does_not_tell_is_no_fault(
    world: Any, capsys: pytest.CaptureFixture[str], status: int, message: str
) -> None:
    world.faults("GET", "/docker/distribution/nginx", "status", status, times=0, message=message)
    world.connect()
    both = running("nginx:9") + "  db:\n    image: nosuch/db\n"
    refused, unclear = preview(world, (world.stack(), world.inputs(both)), capsys=capsys)
    assert "the image nosuch/db cannot be pulled" in refused
    assert "nginx" not in refused
    assert unclear.startswith("not verified, whether these images can be had: nginx:9 of web@111 (")
    assert message.split(":")[-1].strip() in unclear


def test_who_takes_too_long_is_not_waited_for(
    world: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_foresight, "_SECONDS", 0.5)
    world.faults("GET", "/docker/distribution/", "delay", 2)
    world.connect()
    (line,) = preview(world, (world.stack(), world.inputs(running("nginx:9"))), capsys=capsys)
    assert "nginx:9 of web@111 (no answer within 0.5 s)" in line


def test_an_agent_that_is_down_is_named_once(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.agent(up=False)
    world.connect()
    stacks = [
        (world.stack(), world.inputs(running(f"nginx:{number}"), project=f"s{number}", resource=f"s{number}@111"))
        for number in range(3)
    ]
    (line,) = preview(world, *stacks, capsys=capsys)
    assert line.count("The agent of Portainer's environment vm111 does not answer") == 1
    assert "nginx:0, nginx:1, nginx:2 of s0@111, s1@111, s2@111" in line


@pytest.mark.parametrize("apart", [False, True], ids=["one process", "two"])
def test_an_agent_that_is_down_is_named_where_no_image_is_new(
    world: Any, capsys: pytest.CaptureFixture[str], apart: bool
) -> None:
    stack, inputs = world.stack(), world.inputs(running("nginx:1"))
    stack.up(inputs)
    world.agent(up=False)
    world.connect()
    (stack.refresh_elsewhere if apart else stack.refresh)()
    (line,) = preview(world, (stack, inputs), capsys=capsys)
    assert line.startswith("web@111 could not be looked at, and a run would fail for it: The agent of Portainer's")
    assert "docker start portainer_agent" in line


def test_a_portainer_that_is_not_ready_is_not_asked_again(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect().notes.not_ready = {
        "portainer": UnreachableError("Portainer cannot be reached", seen="no route to host")
    }
    said: list[str] = []
    new = world.inputs(running("nginx:9"))
    assert world.requests_of(lambda: said.extend(preview(world, (world.stack(), new), capsys=capsys))) == []
    assert "nginx:9 of web@111 (Portainer is not ready)" in said[0]


def test_an_environment_that_is_not_there_yet(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect()
    new = world.inputs(running("nosuch/web"), environment="vm112", environment_id=Unknown())
    (line,) = preview(world, (world.stack(), new), capsys=capsys)
    assert line.startswith("not verified, ")
    assert "Portainer has no environment vm112 yet" in line


def test_an_environment_whose_number_the_state_does_not_know_yet(
    world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    world.connect()
    new = world.inputs(running("nosuch/web"), environment_id=Unknown(), environment_instance=Unknown())
    assert "would refuse web@111" in preview(world, (world.stack(), new), capsys=capsys)[0]


def test_an_image_that_may_not_be_fetched(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect()
    new = world.inputs(running("nginx:9") + "    pull_policy: never\n")
    said: list[str] = []
    seen = world.requests_of(lambda: said.extend(preview(world, (world.stack(), new), capsys=capsys)))
    assert "not sent: the image nginx:9 is not there, and pull_policy is never" in said[0]
    assert paths(seen) == ["images/json", "images/nginx:9/json"]


def test_a_blocked_stack_is_told_elsewhere(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect()
    new = world.inputs(running("nosuch/web"), blocked="no such secret")
    assert world.requests_of(lambda: preview(world, (world.stack(), new), capsys=capsys)) == []


@pytest.mark.parametrize(("image", "told"), [("app:1", ""), ("app:nosuch", f"asked {HOST} as {USER}")])
def test_a_registry_of_the_files_is_asked_with_its_sign_in(
    world: Any, capsys: pytest.CaptureFixture[str], image: str, told: str
) -> None:
    sign_in(world)
    new = world.inputs(running(f"{HOST}/team/{image}"))
    said = preview(world, (world.stack(), new), registries=[TEAM], capsys=capsys)
    assert [told in line for line in said] == ([True] if told else [])
    assert PASSWORD not in "".join(said)


def test_a_wrong_password_is_told_and_is_no_word_on_our_own_sign_in(
    world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(world, "wrong-password")
    new = world.inputs(running(f"{HOST}/team/app:1"))
    said: list[str] = []
    seen = world.requests_of(
        lambda: said.extend(preview(world, (world.stack(), new), registries=[TEAM], capsys=capsys))
    )
    assert "HTTP 401 unauthorized: authentication required" in said[0]
    assert "wrong-password" not in said[0]
    assert len(paths(seen, "/api/auth")) <= 1


def test_nobody_else_can_sign_in_as_portainer_does(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    body = {"Name": "own", "Type": 3, "URL": HOST, "Authentication": True, "Username": USER, "Password": PASSWORD}
    world.api.call("POST", "/api/registries", json=body)
    world.connect()
    (line,) = preview(world, (world.stack(), world.inputs(running(f"{HOST}/team/app:1"))), capsys=capsys)
    assert f"{HOST}/team/app:1 of web@111 (only a pull signs in to {HOST} as {USER})" in line


def test_without_any_sign_in_a_private_registry_refuses(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    world.connect()
    (line,) = preview(world, (world.stack(), world.inputs(running(f"{HOST}/team/app:1"))), capsys=capsys)
    assert "no basic auth credentials (asked" in line
    assert "name its registry in the site file" in line


def test_an_image_named_by_a_variable_is_told_unless_that_is_a_secret(
    world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    credentials = Credentials(
        "admin", SecretStr(world.lab.server.admin_password), secrets={"TAG": SecretStr("tag-of-mine")}
    )
    clients_of_run.use(ClientsOfRun(Settings(**world.settings), credentials, clock=world.clock))
    text = running("nosuch/web:${VERSION}") + "  db:\n    image: nosuch/db:${TAG}\n"
    inputs = world.inputs(text, env={"VERSION": "1.23.4", "TAG": "tag-of-mine"})
    said = "\n".join(preview(world, (world.stack(), inputs), capsys=capsys))
    assert "the image nosuch/web:1.23.4 cannot be pulled" in said
    assert "nosuch/db:[secret] cannot be pulled" in said
    stack = world.stack()
    stack.up(inputs)
    assert "nosuch/web:1.23.4 cannot be pulled" in stack.state["failure"]
    assert "tag-of-mine" not in said + stack.state["failure"]
