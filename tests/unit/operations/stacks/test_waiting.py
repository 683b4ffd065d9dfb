"""Waiting for health asks only when an answer can tell something new, and what all wait for is read once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from phoenix_providers.clients.cache import Cached, Dated
from phoenix_providers.clients.docker.proxy import DockerProxy
from phoenix_providers.clients.docker.records import DockerContainer, ListedContainer
from phoenix_providers.clients.portainer.server_state import ServerState
from phoenix_providers.clock import Deadline
from phoenix_providers.operations.stacks.patience import Patience
from phoenix_providers.operations.stacks.waiting import HealthWait
from phoenix_providers.planning.stacks.content import StackContent

CONTENT = StackContent("services: {web: {image: a, restart: always}}\n", {}, ("web",))


class FakeClock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class FakeDocker:
    """An engine whose one container was started at the last of these times that has come."""

    clock: FakeClock
    starts: Sequence[float] = (0.0,)
    tells: bool = True
    health: str = ""
    lists: list[float] = field(default_factory=list)
    inspections: int = 0

    def __post_init__(self) -> None:
        self._list = Cached(self._read, self.clock)

    def _read(self) -> tuple[ListedContainer, ...]:
        self.lists.append(self.clock.now())
        up = int(self.clock.now() - self._start())
        words = "Less than a second" if not up else f"{up} seconds" if up > 1 else "1 second"
        return (
            ListedContainer(
                "1",
                "p-web-1",
                "p",
                "web",
                False,
                "",
                "running",
                f"Up {words}{self.health}" if self.tells else "running",
                (),
            ),
        )

    def _start(self) -> float:
        return max(start for start in self.starts if start <= self.clock.now())

    def since(self, moment: float) -> Dated[tuple[ListedContainer, ...]]:
        return self._list.dated(moment)

    def containers(self, project: str, at_most: float | None = None, *, closely: bool = False) -> Any:
        return self.described(self._list.get(at_most), closely=closely)

    def described(self, listed: Iterable[ListedContainer], *, closely: bool = False) -> tuple[DockerContainer, ...]:
        if not closely:
            return tuple(item.running() for item in listed)
        self.inspections += 1
        restarts = sum(start <= self.clock.now() for start in self.starts) - 1
        return (DockerContainer("1", "p-web-1", "p", "web", "running", "", None, restarts, "always"),)

    def logs(self, _id: str, _lines: int) -> str:
        return ""


def wait(docker: FakeDocker, settle: float, seconds: float = 100) -> str:
    clock = docker.clock
    patience = Patience(cast(ServerState, None), clock)
    waiting = HealthWait(cast(DockerProxy, docker), clock, patience)
    return waiting.failure("p", CONTENT, Deadline.after(clock, seconds), settle, ())


def test_what_runs_for_the_whole_time_is_looked_at_twice() -> None:
    docker = FakeDocker(FakeClock())
    assert wait(docker, 3.0) == ""
    assert (docker.lists, docker.inspections) == ([0.25, 3.25], 0)


def test_what_has_a_health_check_has_to_be_seen_healthy_for_the_whole_time() -> None:
    docker = FakeDocker(FakeClock(), health=" (healthy)")
    assert wait(docker, 3.0) == ""
    assert (docker.lists, docker.inspections) == ([0.25, 3.5], 0)


def test_without_a_time_to_settle_one_look_is_enough() -> None:
    docker = FakeDocker(FakeClock())
    assert wait(docker, 0.0) == ""
    assert (docker.lists, docker.inspections) == ([0.0], 0)


def test_what_was_restarted_meanwhile_settles_anew() -> None:
    docker = FakeDocker(FakeClock(), starts=(0.0, 2.0))
    assert wait(docker, 3.0) == ""
    assert docker.clock.now() >= 2.0 + 3.0


@pytest.mark.parametrize("settle", [0.5, 3.0])
def test_what_is_restarted_again_and_again_never_settles(settle: float) -> None:
    docker = FakeDocker(FakeClock(), starts=[number * settle * 0.7 for number in range(200)])
    assert "restarted again and again" in wait(docker, settle, 10 * settle)


@pytest.mark.parametrize(("settle", "tells"), [(0.5, True), (90.0, True), (3.0, False)])
def test_where_the_list_does_not_tell_how_long_each_container_is_asked(settle: float, tells: bool) -> None:
    docker = FakeDocker(FakeClock(), tells=tells)
    assert wait(docker, settle, 300) == ""
    assert docker.inspections == 2
    assert docker.clock.now() >= settle
