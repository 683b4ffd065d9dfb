"""What arrives in a container of a value that was sent, and of a name."""

from __future__ import annotations

import json
from typing import Any

import pytest

WEB = "services:\n  web:\n    image: {image}\n    command: [sleep, '3600']\n    stop_grace_period: 1s\n"
TEXT = WEB + '    environment:\n      V: "${V}"\n'
FROM_FILE = WEB + "    env_file: stack.env\n"


def environment_of(api: Any, endpoint: int, project: str) -> dict[str, str]:
    container = api.containers(endpoint, project)[0]["Id"]
    found = api.call("GET", f"/api/endpoints/{endpoint}/docker/containers/{container}/json").json()
    return dict(entry.split("=", 1) for entry in found["Config"]["Env"] or [])


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("a$b", "a"),
        ("a$$b", "a$b"),
        ("a b # c", "a b"),
        ('"q"', "q"),
        ("'x'", "x"),
        (" x", "x"),
        ("x ", "x"),
        ("l1\nl2", "l1"),
        ("it's", "it's"),
        ('a"b', 'a"b'),
        ("a\\", "a\\"),
        ("p=q", "p=q"),
        ("#h", "#h"),
        ("$", "$"),
        ("\u00fc\u20ac", "\u00fc\u20ac"),
        ("'a$b # \"q\"'", 'a$b # "q"'),
        ("'it\\'s'", "it's"),
        ("'l1\nl2'", "l1\nl2"),
        ("'back\\slash'", "back\\slash"),
        ('"a\\"b"', 'a"b'),
        ('"a\\\\b"', "a\\b"),
        ('"it\'s \\$x"', "it's $x"),
        ('"l1\\nl2"', "l1\nl2"),
    ],
)
def test_values(api: Any, environment: int, name: str, sent: str, arrives: str) -> None:
    env = [{"name": "V", "value": sent}]
    stack = api.deployed(api.create_stack(environment, name, TEXT.replace("{image}", api.image), env))
    assert stack["Env"] == env
    assert environment_of(api, environment, name)["V"] == arrives


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("a.b", {"a.b": "v"}),
        ("1A", {"1A": "v"}),
        ("#X", {}),
        ("A=B", {"A": "B=v"}),
        ("A:B", {"A": "B=v"}),
        ("export X", {"X": "v"}),
    ],
)
def test_names(api: Any, environment: int, name: str, sent: str, arrives: dict[str, str]) -> None:
    env = [{"name": sent, "value": "v"}]
    api.deployed(api.create_stack(environment, name, FROM_FILE.replace("{image}", api.image), env))
    found = environment_of(api, environment, name)
    assert {key: value for key, value in found.items() if value.endswith("v")} == arrives


def test_a_name_with_a_space(api: Any, environment: int, name: str) -> None:
    env = [{"name": "A B", "value": "v"}]
    answer = api.create_stack(environment, name, FROM_FILE.replace("{image}", api.image), env)
    assert "line 1: key cannot contain a space" in api.failure(answer)


def test_the_server_s_own_environment_wins(api: Any, environment: int, name: str) -> None:
    env = [{"name": "HOME", "value": "/custom"}]
    text = TEXT.replace("{image}", api.image).replace("${V}", "${HOME}")
    api.deployed(api.create_stack(environment, name, text, env))
    assert (environment_of(api, environment, name)["V"] != "/custom") is api.inherits_environment


def test_a_value_may_refer_to_the_server_s_own_environment(api: Any, environment: int, name: str) -> None:
    env = [{"name": "V", "value": "${HOME}"}]
    api.deployed(api.create_stack(environment, name, TEXT.replace("{image}", api.image), env))
    arrived = environment_of(api, environment, name)["V"]
    assert arrived.startswith("/") if api.inherits_environment else arrived == ""


def test_an_emptied_list_leaves_the_old_file(api: Any, environment: int, name: str) -> None:
    env = [{"name": "V", "value": "old"}]
    both = FROM_FILE.replace("{image}", api.image) + '    labels: {v: "${V}"}\n'
    stack = api.deployed(api.create_stack(environment, name, both, env))
    api.deployed(api.update_stack(stack, both, env=[]))
    assert environment_of(api, environment, name)["V"] == "old"
    assert api.containers(environment, name)[0]["Labels"]["v"] == ""


@pytest.mark.parametrize(
    ("expression", "arrives"),
    [
        ("${V:-d}", "d"),
        ("${E:-d}", "d"),
        ("${E-d}", ""),
        ("${A:-d}", "a"),
        ("${V:-${A}x}", "ax"),
        ("${A:+yes}", "yes"),
        ("$A-$$A", "a-$A"),
        ("${V}", ""),
        ("${V:-/{status}.html}", "/{status}.html"),
        ("${V:-{}}", "{}"),
        ("costs $5", "costs $5"),
    ],
)
def test_expressions(api: Any, environment: int, name: str, expression: str, arrives: str) -> None:
    env = [{"name": "A", "value": "a"}, {"name": "E", "value": ""}]
    text = TEXT.replace("{image}", api.image).replace('"${V}"', json.dumps(expression))
    api.deployed(api.create_stack(environment, name, text, env))
    assert environment_of(api, environment, name)["V"] == arrives
