"""Live data that many ask for within a short time, and what of a server that is silent."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from phoenix_providers.clients.cache import Cached
from phoenix_providers.errors import NotFoundError, PhoenixError, UnreachableError

SILENCE = UnreachableError("Portainer cannot be reached")


class Clock:
    time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class Server:
    """Answers with how often it was asked, or with an error, after its time limit."""

    def __init__(self, clock: Clock) -> None:
        self.asked = 0
        self.error: PhoenixError | None = None
        self._clock = clock

    def read(self) -> int:
        self.asked += 1
        if self.error is not None:
            self._clock.sleep(30)
            raise self.error
        return self.asked


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Server:
    return Server(clock)


@pytest.fixture
def cached(server: Server, clock: Clock) -> Cached[int]:
    return Cached(server.read, clock)


def refused(cached: Cached[int], at_most: float | None = None) -> PhoenixError:
    with pytest.raises(PhoenixError) as told:
        cached.get(at_most)
    return told.value


def test_a_value_is_read_once_and_again_when_it_is_old_or_forgotten(cached: Cached[int], clock: Clock) -> None:
    assert [cached.get(), cached.get()] == [1, 1]
    clock.sleep(10)
    assert cached.get() == 1
    assert cached.get(at_most=9) == 2
    clock.sleep(10.1)
    assert cached.get() == 3
    cached.forget()
    assert cached.get() == 4


def test_a_silent_server_costs_one_time_limit(cached: Cached[int], server: Server, clock: Clock) -> None:
    server.error = SILENCE
    for _ in range(100):
        assert refused(cached) is SILENCE
    assert (server.asked, clock.time) == (1, 30)


def test_its_silence_is_believed_no_longer_than_a_value(cached: Cached[int], server: Server, clock: Clock) -> None:
    server.error = SILENCE
    refused(cached)
    server.error = None
    clock.sleep(10.1)
    assert cached.get() == 2


def test_whoever_says_how_old_a_value_may_be_asks_again(cached: Cached[int], server: Server) -> None:
    server.error = SILENCE
    refused(cached, at_most=1)
    server.error = None
    assert cached.get(at_most=1) == 2
    assert cached.get() == 2


def test_a_write_ends_silence_too(cached: Cached[int], server: Server) -> None:
    server.error = SILENCE
    refused(cached)
    server.error = None
    cached.forget()
    assert cached.get() == 2


def test_an_answer_that_says_no_is_not_silence(cached: Cached[int], server: Server) -> None:
    server.error = NotFoundError("no such thing")
    refused(cached)
    refused(cached)
    assert server.asked == 2


def test_an_old_value_does_not_come_back_behind_silence(cached: Cached[int], server: Server, clock: Clock) -> None:
    assert cached.get() == 1
    clock.sleep(11)
    server.error = SILENCE
    assert refused(cached) is SILENCE
    assert refused(cached) is SILENCE
    assert server.asked == 2


def test_threads_that_come_meanwhile_wait_for_the_one_that_asks(clock: Clock) -> None:
    begun, go_on, asked = threading.Event(), threading.Event(), []

    def read() -> int:
        asked.append(1)
        begun.set()
        go_on.wait(10)
        raise SILENCE

    cached = Cached(read, clock)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(refused, cached)]
        begun.wait(10)
        answers += [pool.submit(refused, cached) for _ in range(3)]
        go_on.set()
        assert [answer.result() for answer in answers] == [SILENCE] * 4
    assert asked == [1]


def test_a_fresh_value_is_read_anew(cached: Cached[int], server: Server) -> None:
    assert [cached.get(), cached.fresh(), cached.fresh(), cached.get()] == [1, 2, 3, 3]
    server.error = SILENCE
    with pytest.raises(UnreachableError):
        cached.fresh()
    server.error = None
    assert cached.fresh() == 5


def test_who_wants_a_fresh_value_shares_only_a_read_that_begins_later(clock: Clock) -> None:
    begun, go_on, asked = threading.Event(), threading.Event(), []

    def read() -> int:
        asked.append(1)
        begun.set()
        go_on.wait(10)
        return len(asked)

    cached = Cached(read, clock)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(cached.fresh)
        begun.wait(10)
        came = threading.Barrier(4, timeout=10)

        def come() -> int:
            came.wait()
            return cached.fresh()

        others = [pool.submit(come) for _ in range(3)]
        came.wait()
        go_on.set()
        assert first.result() == 1
        # The three did not come at one moment for certain, so they may have had a read each.
        assert {other.result() for other in others} <= {2, 3, 4}
