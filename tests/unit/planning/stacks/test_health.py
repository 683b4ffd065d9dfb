from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import read_compose
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.stacks.health import ContainerState, HealthStatus, Lifetime, judge
from phoenix_providers.planning.stacks.lifetimes import lifetimes


def container(service: str = "web", state: str = "running", **more: Any) -> ContainerState:
    return ContainerState(service=service, name=f"{service}-1", state=state, **more)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (container(), HealthStatus.HEALTHY),
        (container(health="healthy"), HealthStatus.HEALTHY),
        (container(health="starting"), HealthStatus.PROGRESSING),
        (container(health="unhealthy"), HealthStatus.DEGRADED),
        (container(state="created"), HealthStatus.PROGRESSING),
        (container(state="restarting", restart_count=1), HealthStatus.PROGRESSING),
        (container(state="restarting", restart_count=5, exit_code=1), HealthStatus.DEGRADED),
        (container(state="exited", exit_code=0), HealthStatus.HEALTHY),
        (container(state="exited", exit_code=0, restart_policy="on-failure"), HealthStatus.HEALTHY),
        (container(state="exited", exit_code=0, restart_policy="always"), HealthStatus.DEGRADED),
        (container(state="exited", exit_code=1), HealthStatus.DEGRADED),
        (container(state="paused"), HealthStatus.DEGRADED),
        (container(state="dead", exit_code=137), HealthStatus.DEGRADED),
    ],
)
def test_one_container(state: ContainerState, status: HealthStatus) -> None:
    assert judge(["web"], [state]).status is status


def test_the_worst_service_decides_and_each_has_its_reason() -> None:
    health = judge(
        ["web", "db", "cache", "job"],
        [
            container("job", "exited", exit_code=0),
            container("web", health="starting"),
            container("db", "exited", exit_code=3),
        ],
    )
    assert health.status is HealthStatus.DEGRADED
    assert [reason.service for reason in health.reasons if reason.status is HealthStatus.DEGRADED] == ["db"]
    assert [reason.service for reason in health.reasons] == ["web", "db", "cache"]
    assert str(health.reasons[1]) == "db: db-1 is exited, exit code 3"
    assert health.absent == ("cache has no container",)


def test_containers_of_services_that_are_gone_are_not_judged() -> None:
    assert judge(["web"], [container(), container("old", "exited", exit_code=1)]).status is HealthStatus.HEALTHY


def test_each_copy_of_a_service_counts() -> None:
    health = judge(["web"], [container(), container(health="unhealthy")])
    assert [(reason.service, reason.status) for reason in health.reasons] == [("web", HealthStatus.DEGRADED)]


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


@pytest.mark.parametrize(
    ("life", "state", "comes_back"),
    [
        (Lifetime(serves=True), container(state="exited", exit_code=0), True),
        (Lifetime(ran=True), container(state="exited", exit_code=0), True),
        (Lifetime(ran=True), container(state="exited", exit_code=0, restart_policy="on-failure"), True),
        (Lifetime(serves=True), container(state="exited", exit_code=255), True),
        (Lifetime(serves=True, ran=True, ends=True), container(state="exited", exit_code=0), False),
        (Lifetime(serves=True), container(state="exited", exit_code=1), False),
        (Lifetime(copies=2), container(), True),
        (Lifetime(copies=1), container(), False),
    ],
)
def test_what_should_go_on_and_ended_well_comes_back(life: Lifetime, state: ContainerState, comes_back: bool) -> None:
    health = judge({"web": life}, [state])
    assert bool(health.absent) is comes_back
    assert (health.status is HealthStatus.HEALTHY) is not (comes_back or state.exit_code == 1)


def test_a_service_of_no_copies_has_no_container() -> None:
    assert judge({"web": Lifetime(copies=0)}, []).status is HealthStatus.HEALTHY


def lives(text: str, **variables: str) -> dict[str, Lifetime]:
    findings = Findings("s")
    compose = read_compose(text, variables, lambda *path: Location(Path("x")), findings)
    assert compose is not None
    return dict(lifetimes(compose))


@pytest.mark.parametrize(
    ("service", "life"),
    [
        ("image: i", Lifetime()),
        ("image: i, ports: ['80']", Lifetime(serves=True)),
        ("image: i, expose: ['80']", Lifetime()),
        ("image: i, healthcheck: {test: [CMD, a]}", Lifetime(serves=True)),
        ("image: i, healthcheck: {disable: true}", Lifetime()),
        ("image: i, healthcheck: {test: [NONE]}", Lifetime()),
        ("image: i, labels: {traefik.http.routers.a.rule: Host(`a`)}", Lifetime(serves=True)),
        ("image: i, labels: ['traefik.enable=false', 'traefik.http.routers.a.rule=x']", Lifetime()),
        ("image: i, scale: 3", Lifetime(copies=3)),
        ("image: i, deploy: {replicas: '${N}'}", Lifetime(copies=2)),
        ("image: i, scale: 0", Lifetime(copies=0)),
    ],
)
def test_what_a_file_says_of_a_service(service: str, life: Lifetime) -> None:
    assert lives(f"services: {{web: {{{service}}}}}", N="2") == {"web": life}


def test_who_is_waited_for_ends() -> None:
    text = "services: {a: {image: i, depends_on: {b: {condition: service_completed_successfully}}}, b: {image: i}}"
    assert lives(text)["b"].ends
    assert not lives(text)["a"].ends
