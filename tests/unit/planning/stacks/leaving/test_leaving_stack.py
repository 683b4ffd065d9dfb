"""Stacks that leave, and those that take their place, on their way through the engine."""

from __future__ import annotations

import pytest

from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.leaving.arriving_stack import ArrivingStack
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack

LEAVING = LeavingStack(
    "old@111",
    "old-production",
    "vm111",
    successors=("new@111",),
    blocked=("newer@111",),
    back_ends={"new@111": ("backend@111:80",)},
    routes={"http": {"routers": ["old"]}},
    target="/etc/traefik",
    api="http://10.0.0.12:8080",
)
ARRIVING = ArrivingStack(
    PortainerServer("https://10.0.0.110:9443"),
    "new-production",
    "vm111",
    StackContent("services: {}", {"TOKEN": "canary"}, ("web",)),
    failed_digest="canary-digest",
    unpulled=("canary-digest", "no such image"),
)


def test_one_that_leaves_comes_back_as_it_was() -> None:
    assert LeavingStack.from_input(LEAVING.as_input()) == LEAVING


def test_what_an_older_version_did_not_say_is_nothing() -> None:
    found = LeavingStack.from_input({"project": "old-production", "environment": "vm111"})
    assert found == LeavingStack("", "old-production", "vm111")


def test_what_takes_another_project_takes_its_own_place() -> None:
    assert LEAVING.taken_by == {"old@111", "new@111"}
    assert LEAVING.place == ("vm111", "old-production")


@pytest.mark.parametrize("one", [ARRIVING, ArrivingStack(ARRIVING.server, "a", "b", ARRIVING.content)])
def test_one_that_arrives_comes_back_as_it_was(one: ArrivingStack) -> None:
    assert ArrivingStack.from_input(one.as_input()) == one


def test_one_that_arrives_is_shown_without_its_values() -> None:
    assert "canary" not in repr(ARRIVING)
