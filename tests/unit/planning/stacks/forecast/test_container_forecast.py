"""What becomes of containers, case by case: as compose's source has it."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.compose.compose_reading import reading_of
from phoenix_providers.planning.stacks.forecast.compose_version import ComposeVersion, Dependents, compose_version
from phoenix_providers.planning.stacks.forecast.container_forecast import (
    ContainerForecast,
    PresentContainer,
    container_forecasts,
)
from phoenix_providers.planning.stacks.forecast.declared_services import declared_services

ALL = ComposeVersion(Dependents.RECREATED)
DIRECT = ComposeVersion(Dependents.RESTARTED)
SAID = ComposeVersion(Dependents.RESTARTED_IF_SAID)

CHAIN = """\
services:
  db: {image: "db:1"}
  app: {image: "app:1", depends_on: [db]}
  web: {image: "web:1", depends_on: {app: {condition: service_started, restart: true}}}
  vpn: {image: "vpn:1"}
  client: {image: "client:1", network_mode: "service:vpn"}
"""


def forecast(
    before: str, after: str, version: ComposeVersion = ALL, states: dict[str, str] | None = None, copies: int = 1
) -> dict[str, str]:
    """Return the fate of each service that is touched, when one text takes the place of another."""
    running, declared = (reading_of("p", text, {}).compose for text in (before, after))
    assert running is not None
    assert declared is not None
    present = [
        PresentContainer(name, f"p-{name}-{number}", (states or {}).get(name, "running"), f"hash of {name}", "")
        for name in running.services
        for number in range(1, 1 + (copies if name == "web" else 1))
    ]
    made = {name: [f"hash of {name}"] for name in running.services}
    found = container_forecasts(declared_services(declared, running, {}, made, {}, version), present)
    return {one.service: one.fate.value for one in found if one.fate.value != "untouched"}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (ALL, {"db": "recreated", "app": "recreated", "web": "recreated"}),
        (DIRECT, {"db": "recreated", "app": "restarted"}),
        (SAID, {"db": "recreated"}),
    ],
)
def test_what_depends_on_a_container_that_is_made_anew(version: ComposeVersion, expected: dict[str, str]) -> None:
    assert forecast(CHAIN, CHAIN.replace("db:1", "db:2"), version) == expected


@pytest.mark.parametrize("version", [DIRECT, SAID])
def test_who_says_so_is_restarted(version: ComposeVersion) -> None:
    assert forecast(CHAIN, CHAIN.replace("app:1", "app:2"), version) == {"app": "recreated", "web": "restarted"}


@pytest.mark.parametrize("version", [ALL, DIRECT, SAID])
def test_who_shares_a_namespace_goes_with_it(version: ComposeVersion) -> None:
    assert forecast(CHAIN, CHAIN.replace("vpn:1", "vpn:2"), version) == {"vpn": "recreated", "client": "recreated"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("environment: {A: '1', B: '2'}", "environment: [B=2, A=1]"),
        ("command: a b", "command: [a, b]"),
        ("ports: ['80:80']", "ports: [{target: 80, published: '80', protocol: tcp, mode: ingress}]"),
        ("restart: always", "restart: always  # for good"),
        ("restart: always", "restart: always, pull_policy: missing, scale: 1, x-note: 1"),
        ("environment: {}", "labels: []"),
    ],
)
def test_what_says_the_same_restarts_nothing(before: str, after: str) -> None:
    text = "services: {{web: {{image: a, {}}}}}\n"
    after, _, note = after.partition("  #")
    assert forecast(text.format(before), text.format(after) + (f"#{note}" if note else "")) == {}


def test_what_is_not_in_the_file_any_more_is_removed_and_what_is_new_is_made() -> None:
    assert forecast("services: {web: {image: a}}", "services: {api: {image: a}}") == {
        "web": "removed",
        "api": "created",
    }


def test_what_does_not_run_is_started_jobs_as_well() -> None:
    states = {"db": "exited", "app": "paused"}
    assert forecast(CHAIN, CHAIN + "# more\n", states=states) == {"db": "started", "app": "started"}


def test_fewer_copies() -> None:
    text = "services: {{web: {{image: a, scale: {}}}}}"
    assert forecast(text.format(3), text.format(1), copies=3) == {"web": "removed"}
    assert forecast(text.format(1), text.format(2)) == {"web": "created"}


def test_depends_on_counts_up_to_229() -> None:
    before, after = CHAIN, CHAIN.replace("depends_on: [db]", "depends_on: [db, vpn]")
    assert forecast(before, after, ALL) == {"app": "recreated", "web": "recreated"}
    assert forecast(before, after, SAID) == {}


@pytest.mark.parametrize(
    ("server", "made_by", "expected"),
    [
        ((2, 23), ["2.40.3"], ALL),
        ((2, 45), [], SAID),
        ((2, 27), ["2.29.2", "2.31.0"], DIRECT),
        ((2, 33), ["v2.38.1"], SAID),
        ((2, 27), ["strange"], ComposeVersion(Dependents.RESTARTED, is_certain=False)),
    ],
)
def test_versions(server: tuple[int, int], made_by: list[str], expected: ComposeVersion) -> None:
    assert compose_version(server, made_by) == expected


def test_an_image_that_is_another_one_by_now() -> None:
    compose = reading_of("p", "services: {web: {image: 'a:1'}}", {}).compose
    assert compose is not None
    services = declared_services(compose, compose, {}, {"web": ["h"]}, {"a:1": "sha256:new"}, ALL)
    (found,) = container_forecasts(services, [PresentContainer("web", "w", "running", "h", "sha256:old")])
    assert (found.fate.value, found.why) == ("recreated", "its image is another one by now")


def test_what_may_be_fetched_is_not_certain() -> None:
    compose = reading_of("p", "services: {web: {image: a, pull_policy: always}}", {}).compose
    assert compose is not None
    services = declared_services(compose, compose, {}, {"web": ["h"]}, {}, ALL)
    (found,) = container_forecasts(services, [PresentContainer("web", "w", "running", "h", "")])
    assert (found.fate.value, found.is_certain) == ("untouched", False)


def test_a_container_of_others_is_known_by_its_hash_alone() -> None:
    compose = reading_of("p", "services: {web: {image: a}}", {}).compose
    assert compose is not None
    present = [PresentContainer("web", "w", "running", "h", "")]
    assert _fates(container_forecasts(declared_services(compose, None, {"web": "h"}, {}, {}, ALL), present)) == {
        ("untouched", True)
    }
    assert _fates(container_forecasts(declared_services(compose, None, {"web": "i"}, {}, {}, ALL), present)) == {
        ("recreated", True)
    }
    assert _fates(container_forecasts(declared_services(compose, None, {}, {}, {}, ALL), present)) == {
        ("recreated", False)
    }


def _fates(found: tuple[ContainerForecast, ...]) -> set[tuple[str, bool]]:
    return {(one.fate.value, one.is_certain) for one in found}
