from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.health import ContainerState, Verdict, judge


def container(service: str = "web", state: str = "running", **more: Any) -> ContainerState:
    return ContainerState(service=service, name=f"{service}-1", state=state, **more)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (container(), Verdict.HEALTHY),
        (container(health="healthy"), Verdict.HEALTHY),
        (container(health="starting"), Verdict.STARTING),
        (container(health="unhealthy"), Verdict.FAILED),
        (container(state="created"), Verdict.STARTING),
        (container(state="restarting", restart_count=1), Verdict.STARTING),
        (container(state="restarting", restart_count=5, exit_code=1), Verdict.FAILED),
        (container(state="exited", exit_code=0), Verdict.HEALTHY),
        (container(state="exited", exit_code=0, restart_policy="on-failure"), Verdict.HEALTHY),
        (container(state="exited", exit_code=0, restart_policy="always"), Verdict.FAILED),
        (container(state="exited", exit_code=1), Verdict.FAILED),
        (container(state="paused"), Verdict.FAILED),
        (container(state="dead", exit_code=137), Verdict.FAILED),
    ],
)
def test_one_container(state: ContainerState, verdict: Verdict) -> None:
    assert judge(["web"], [state]).verdict is verdict


def test_the_worst_service_decides_and_each_has_its_reason() -> None:
    health = judge(
        ["web", "db", "cache", "job"],
        [
            container("job", "exited", exit_code=0),
            container("web", health="starting"),
            container("db", "exited", exit_code=3),
        ],
    )
    assert health.verdict is Verdict.FAILED
    assert health.failing == {"db"}
    assert [reason.service for reason in health.reasons] == ["web", "db", "cache"]
    assert str(health.reasons[1]) == "db: db-1 is exited, exit code 3"
    assert health.absent == ("cache has no container",)


def test_containers_of_services_that_are_gone_are_not_judged() -> None:
    assert judge(["web"], [container(), container("old", "exited", exit_code=1)]).verdict is Verdict.HEALTHY


def test_each_copy_of_a_service_counts() -> None:
    assert judge(["web"], [container(), container(health="unhealthy")]).failing == {"web"}


@pytest.mark.parametrize(
    ("state", "comes_back"),
    [
        (container(state="exited", exit_code=137, restart_policy="unless-stopped"), True),
        (container(state="created"), True),
        (container(state="paused"), True),
        (container(state="exited", exit_code=143), True),
        (container(state="exited", exit_code=137, restart_policy="on-failure"), True),
        (container(state="exited", exit_code=0), False),
        (container(state="exited", exit_code=1), False),
        (container(health="unhealthy"), False),
    ],
)
def test_what_a_deploy_would_bring_back(state: ContainerState, comes_back: bool) -> None:
    assert bool(judge(["web"], [state]).absent) is comes_back


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (container(state="exited", exit_code=1), ("web: web-1 is exited, exit code 1",)),
        (container(state="exited", exit_code=0), ()),
        (container(state="exited", exit_code=143), ()),
        (container(health="starting"), ()),
        (container(health="unhealthy"), ("web: web-1 is running, but unhealthy",)),
        (container(state="restarting", restart_count=1), ()),
        (container(state="restarting", restart_count=5), ("web: web-1 is restarting, restarted 5 times",)),
    ],
)
def test_what_fails_by_itself(state: ContainerState, words: tuple[str, ...]) -> None:
    assert judge(["web"], [state]).broken == words
