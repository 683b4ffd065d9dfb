"""What becomes of containers, case by case: as compose's source has it."""

from __future__ import annotations

from dataclasses import replace

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
COMPARING = ComposeVersion(Dependents.RESTARTED, compares_networks=True)
SAID = ComposeVersion(Dependents.RESTARTED_IF_SAID, compares_networks=True)

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
        ("deploy: {replicas: 1}", "deploy: {}"),
    ],
)
def test_what_says_the_same_restarts_nothing(before: str, after: str) -> None:
    text = "services: {{web: {{image: a, {}}}}}\n"
    after, _, note = after.partition("  #")
    assert forecast(text.format(before), text.format(after) + (f"#{note}" if note else "")) == {}


def test_a_file_of_all_variables_that_comes_in() -> None:
    before, after = "services: {web: {image: a}}", "services: {web: {image: a, env_file: stack.env}}"
    assert forecast(before, after) == {}
    running, declared = (reading_of("p", text, {"LEVEL": "info"}).compose for text in (before, after))
    assert running is not None
    assert declared is not None
    (service,) = declared_services(declared, running, {}, {}, {}, ALL).values()
    assert service.changes == ["environment (LEVEL)"]


def test_a_variable_without_a_value_counts_as_well() -> None:
    text = "services: {{web: {{image: a, environment: {}}}}}"
    assert forecast(text.format("{A: '1'}"), text.format("{A: '1', B: null}")) == {"web": "recreated"}


@pytest.mark.parametrize("key", ["deploy: {replicas: 1}", "healthcheck: {}", "command: []", "entrypoint: []"])
def test_what_is_empty_is_not_always_as_if_it_were_not_there(key: str) -> None:
    with_key, without = f"services: {{web: {{image: a, {key}}}}}", "services: {web: {image: a}}"
    assert forecast(with_key, without) == {"web": "recreated"}
    assert forecast(without, with_key) == {"web": "recreated"}


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("env_file: stack.env", "environment (LEVEL, MORE)"),
        ("env_file: [./stack.env], environment: {LEVEL: fixed}", "environment (MORE)"),
        ("env_file: {path: stack.env}, environment: [LEVEL=fixed]", "environment (MORE)"),
        ("environment: [LEVEL, OTHER=1]", "environment (LEVEL)"),
        ("environment: {LEVEL: null, NOWHERE: null}", "environment (LEVEL)"),
        ("environment: {LEVEL: fixed}", ""),
        ("command: [a]", ""),
    ],
)
def test_a_variable_whose_value_stands_nowhere_in_the_file(service: str, expected: str) -> None:
    text = f"services: {{web: {{image: a, {service}}}}}"
    running = reading_of("p", text, {"LEVEL": "info"}).compose
    declared = reading_of("p", text, {"LEVEL": "debug", "MORE": "1"}).compose
    assert running is not None
    assert declared is not None
    services = declared_services(declared, running, {}, {"web": ["h"]}, {}, ALL)
    (found,) = container_forecasts(services, [PresentContainer("web", "w", "running", "h", "")])
    assert (found.fate.value, found.why) == (("recreated", expected) if expected else ("untouched", ""))


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


@pytest.mark.parametrize(
    ("version", "hashes", "kept"),
    [
        # Up to 2.30 those that are outdated stay, and are made anew: of what Docker lists, newest first, the last ones.
        (ALL, ["old", "old", "old"], {"w-1": "recreated"}),
        (ALL, ["new", "old", "new"], {"w-2": "recreated"}),
        (ALL, ["new", "new", "new"], {"w-1": "untouched"}),
        (SAID, ["old", "old", "old"], {"w-3": "recreated"}),
        (SAID, ["new", "old", "new"], {"w-1": "untouched"}),
    ],
)
def test_which_of_too_many_copies_stay(version: ComposeVersion, hashes: list[str], kept: dict[str, str]) -> None:
    compose = reading_of("p", "services: {web: {image: a, scale: 1}}", {}).compose
    assert compose is not None
    names = ("w-3", "w-2", "w-1")
    present = [PresentContainer("web", name, "running", hash, "") for name, hash in zip(names, hashes, strict=True)]
    found = container_forecasts(declared_services(compose, None, {"web": "new"}, {}, {}, version), present)
    assert {one.container: one.fate.value for one in found if one.fate.value != "removed"} == kept
    assert len(found) == len(names)


def test_nobody_knows_which_of_very_many_copies_stay() -> None:
    compose = reading_of("p", "services: {web: {image: a, scale: 1}}", {}).compose
    assert compose is not None
    present = [PresentContainer("web", f"w-{number}", "running", "old", "") for number in range(13)]
    found = container_forecasts(declared_services(compose, None, {"web": "new"}, {}, {}, ALL), present)
    assert not any(one.is_certain for one in found if one.fate.value == "removed")


NETWORKS = """\
services:
  web: {image: "a:1", networks: [front], depends_on: [api]}
  api: {image: "a:1", networks: [back], volumes: ["data:/data"]}
  tool: {image: "a:1"}
  host: {image: "a:1", network_mode: host}
networks: {front: {}, back: {labels: {a: "1"}}}
volumes: {data: {}}
"""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("front: {}", "front: {internal: true}", {"web": "restarted"}),
        ("front: {}", "front: {driver_opts: {mtu: 1400}}", {"web": "restarted"}),
        ("front: {}", "front: {name: other}", {"web": "recreated"}),
        ('back: {labels: {a: "1"}}', "back: {labels: [a=2]}", {"api": "restarted"}),
        ('back: {labels: {a: "1"}}', "back: {labels: [a=1], x-note: 1}", {}),
        ("networks: {front", "networks: {default: {attachable: true}, front", {"tool": "restarted"}),
        ("data: {}", "data: {name: other}", {"api": "recreated"}),
        ("data: {}", "data: {labels: {a: 1}}", {}),
    ],
)
def test_networks_and_volumes_are_compared_from_231_on(before: str, after: str, expected: dict[str, str]) -> None:
    assert before in NETWORKS
    assert forecast(NETWORKS, NETWORKS.replace(before, after), SAID) == expected
    assert forecast(NETWORKS, NETWORKS.replace(before, after), ALL) == {}


def test_depends_on_counts_up_to_229() -> None:
    before, after = CHAIN, CHAIN.replace("depends_on: [db]", "depends_on: [db, vpn]")
    assert forecast(before, after, ALL) == {"app": "recreated", "web": "recreated"}
    assert forecast(before, after, SAID) == {}


@pytest.mark.parametrize(
    ("server", "made_by", "expected"),
    [
        ((2, 23), ["2.40.3"], ALL),
        ((2, 45), [], SAID),
        ((2, 27), ["2.29.2", "2.30.3"], DIRECT),
        ((2, 27), ["2.29.2", "2.31.0"], COMPARING),
        ((2, 33), ["v2.38.1"], SAID),
        ((2, 27), ["strange"], replace(COMPARING, is_certain=False)),
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


def test_a_container_that_was_made_since_may_be_as_declared_and_so_may_what_depends_on_it() -> None:
    compose = reading_of("p", CHAIN, {}).compose
    assert compose is not None
    made = {name: [f"hash of {name}"] for name in compose.services}
    present = [
        PresentContainer(name, name, "running", "of a run that was cut off" if name == "db" else f"hash of {name}", "")
        for name in compose.services
    ]
    found = container_forecasts(declared_services(compose, compose, {}, made, {}, ALL), present)
    assert {one.service: one.is_certain for one in found} == {
        "db": False,
        "app": False,
        "web": False,
        "vpn": True,
        "client": True,
    }
    found = container_forecasts(declared_services(compose, compose, {}, made, {}, DIRECT), present)
    assert [one.service for one in found if not one.is_certain] == ["db", "app"]


def _fates(found: tuple[ContainerForecast, ...]) -> set[tuple[str, bool]]:
    return {(one.fate.value, one.is_certain) for one in found}
