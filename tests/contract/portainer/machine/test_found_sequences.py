"""Sequences in which a promise was broken once, found at random or by people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from .declared import ROUTE_BLOCKING
from .sequences import Sequences


@pytest.fixture
def site() -> Iterator[Sequences]:
    """Three stacks on three machines, as declared."""
    machine = Sequences()
    machine.begin(style="async", listed={"a", "b", "c"}, existing={})
    machine.run()
    yield machine
    machine.close()


def test_a_stack_takes_the_router_name_of_another(site: Sequences) -> None:
    site.name_router_like("a", "b")
    site.run_one("a")
    site.run()


def test_two_stacks_swap_their_router_names(site: Sequences) -> None:
    site.swap_router_names(("b", "c"))
    site.run_one("c")
    site.run()


def test_one_stack_is_run_while_another_waits_to_be_removed(site: Sequences) -> None:
    site.take_off("b")
    site.run_one("a")
    site.run()


def test_a_moved_stack_is_run_alone_after_its_move_was_interrupted(site: Sequences) -> None:
    site.list_on("a", 113)
    site.run_killed_at_step("", 4, "after")
    site.run()
    site.run()
    site.run_one("a")


def test_a_folder_gets_another_name(site: Sequences) -> None:
    site.rename_folder("a", "e")
    site.preview_and_run()


def test_guests_leave_while_a_stack_is_sick(site: Sequences) -> None:
    site.guest_gets_or_loses_a_firewall(121)
    site.run()
    site.guest_gets_or_loses_a_firewall(121)
    site.spoil("a", "unhealthy")
    site.run()


def test_a_stack_is_run_alone_once_its_agent_has_come() -> None:
    machine = Sequences()
    try:
        machine.begin(style="blocking", listed={"d"}, existing={})
        machine.agent_goes_or_comes(111)
        machine.run()
        machine.agent_goes_or_comes(111)
        machine.run_one("d")
    finally:
        machine.close()


def test_a_stack_that_never_came_up_is_blocked(site: Sequences) -> None:
    site.agent_goes_or_comes(112)
    site.list_on("d", 112)
    site.run()
    site.spoil("d", "unset secret")
    site.agent_goes_or_comes(112)
    site.run()


@pytest.mark.parametrize("fault", sorted(ROUTE_BLOCKING))
def test_wrong_routes_hold_back_nobody_else(site: Sequences, fault: str) -> None:
    site.spoil("a", fault)
    site.edit("b", "path")
    site.run()
    site.edit("c", "path")
    site.run_one("c")
    site.mend("a")
    site.run_one("a")


@pytest.mark.parametrize(
    "lose",
    [
        lambda site: site.drift_of_environment(112, "delete"),
        lambda site: site.drift_of_environment(112, "rename"),
        lambda site: site.portainer_loses_its_data(),
    ],
    ids=["environment deleted", "environment renamed", "all data lost"],
)
def test_portainer_forgets(site: Sequences, lose: Callable[[Sequences], None]) -> None:
    lose(site)
    site.run()


def test_a_stack_is_run_alone_when_portainer_has_lost_its_data(site: Sequences) -> None:
    site.portainer_loses_its_data()
    site.run_one("a")
    site.run()


def test_a_first_run_over_stacks_of_portainer() -> None:
    machine = Sequences()
    try:
        machine.begin(style="blocking", listed={"a", "b", "c"}, existing={"a": "same", "b": "older", "c": "older"})
        machine.spoil("c", "bad command")
        machine.run()
    finally:
        machine.close()
