"""Stacks are worked on side by side, up to a bound on each environment and one in all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from phoenix_providers.operations.stacks.deploy_slots import DeploySlots

SECONDS = 20


def test_nobody_waits_for_another_environment() -> None:
    slots = DeploySlots(in_all=4, per_environment=1)
    meeting = threading.Barrier(3, timeout=SECONDS)

    def work(environment: int) -> None:
        with slots.of(environment):
            if environment != 1:
                meeting.wait()

    # Four that wait for one environment come first, and keep none of the others out.
    with ThreadPoolExecutor(7) as pool:
        with slots.of(1):
            crowd = [pool.submit(work, 1) for _ in range(4)]
            others = [pool.submit(work, number) for number in (2, 3, 4)]
            assert [one.exception() for one in others] == [None] * 3
            assert not any(one.done() for one in crowd)
        assert [one.exception() for one in crowd] == [None] * 4


def test_no_more_than_the_bounds_at_once() -> None:
    slots = DeploySlots(in_all=3, per_environment=2)
    lock, now, most = threading.Lock(), {1: 0, 2: 0}, {"in all": 0, "on one": 0}

    def work(environment: int) -> None:
        with slots.of(environment):
            with lock:
                now[environment] += 1
                most["in all"] = max(most["in all"], sum(now.values()))
                most["on one"] = max(most["on one"], *now.values())
            with lock:
                now[environment] -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, [1, 2] * 200))
    assert most["in all"] <= 3
    assert most["on one"] <= 2


def test_who_only_waits_for_health_has_made_room() -> None:
    slots = DeploySlots(in_all=1, per_environment=1)
    slot = slots.of(1)
    with slot:
        slot.leave()
        slot.leave()
        with slots.of(2):
            pass
    # Leaving twice has made no more room than there was.
    with slots.of(1):
        assert not slots._in_all.acquire(blocking=False)


def test_who_waits_for_its_turn_keeps_no_other_environment_idle() -> None:
    slots, turn = DeploySlots(in_all=2, per_environment=2), threading.Lock()
    working, over = threading.Event(), threading.Event()

    def deploy(wait_for: threading.Event) -> None:
        slot = slots.of(1)
        with slot, slot.turn(turn):
            working.set()
            assert wait_for.wait(SECONDS)

    with ThreadPoolExecutor(2) as pool:
        deploys = [pool.submit(deploy, over) for _ in range(2)]
        assert working.wait(SECONDS)
        with slots.of(2):
            over.set()
        assert [one.exception() for one in deploys] == [None] * 2
    # All that was taken has been given back, and no more.
    assert [slots._in_all.acquire(blocking=False) for _ in range(3)] == [True, True, False]


def test_a_turn_without_a_place_is_only_the_lock() -> None:
    slots, turn = DeploySlots(in_all=1, per_environment=1), threading.Lock()
    slot = slots.of(1)
    with slot:
        slot.leave()
        with slots.of(2), slot.turn(turn):
            assert turn.locked()
    assert not turn.locked()
