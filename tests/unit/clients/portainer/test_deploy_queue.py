"""A limit counts from when the work may have begun: behind all that was sent before."""

from __future__ import annotations

from phoenix_providers.clients.portainer.deploy_queue import DeployQueue


def test_who_came_first_is_behind_nobody() -> None:
    queue = DeployQueue()
    with queue.joined() as first_waits:
        with queue.joined() as second_waits:
            assert (first_waits(), second_waits(), queue.is_shared) == (False, True, True)
        assert (first_waits(), queue.is_shared) == (False, False)


def test_those_that_come_later_do_not_count() -> None:
    queue = DeployQueue()
    first = queue.joined()
    first.__enter__()
    with queue.joined() as second_waits:
        first.__exit__(None, None, None)
        with queue.joined():
            assert not second_waits()


def test_where_deploys_take_long_few_are_looked_at_at_once() -> None:
    queue, looks = DeployQueue(), []
    for number in range(30):
        if queue.may_end_at_once():
            looks.append(number)
            queue.looked_at_once(has_ended=False)
    assert looks == [0, 4, 17]


def test_one_that_takes_longer_changes_little_where_others_are_over_at_once() -> None:
    queue, looks = DeployQueue(), []
    for number in range(10):
        if queue.may_end_at_once():
            looks.append(number)
            queue.looked_at_once(has_ended=number != 2)
    assert looks == [0, 1, 2, 6, 7, 8, 9]
