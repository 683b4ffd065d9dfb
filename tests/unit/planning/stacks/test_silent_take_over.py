"""Every single thing that makes compose touch a container makes a take-over one that has to be asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_providers.planning.compose.config_hash.project_hash import ExpectedObject, ExpectedProject, ExpectedService
from phoenix_providers.planning.stacks.silent_take_over import FoundContainer, FoundObject, FoundProject, changes

EXPECTED = ExpectedProject(
    (ExpectedService("web", "nginx:1", "h1", ("default", "proxy")),),
    (ExpectedObject("default", "site_default", False, "n1"), ExpectedObject("proxy", "proxy", True, "")),
    (ExpectedObject("data", "site_data", False, "v1"),),
)
CONTAINER = FoundContainer("web", "site-web-1", "running", "h1", "sha256:a", frozenset({"id1", "id2"}))
NETWORK = FoundObject("id1", "site", "default", "n1")
PROXY = FoundObject("id2", "", "", "")
VOLUME = FoundObject("", "site", "data", "v1")
FOUND = FoundProject(
    [CONTAINER], {"nginx:1": "sha256:a"}, {"site_default": NETWORK, "proxy": PROXY}, {"site_data": VOLUME}
)


def told(found: FoundProject) -> str:
    return "; ".join(changes("site", EXPECTED, found))


def test_the_same_is_the_same() -> None:
    assert changes("site", EXPECTED, FOUND) == ()


def test_networks_and_volumes_of_an_older_compose_carry_no_hash() -> None:
    networks = {**FOUND.networks, "site_default": replace(NETWORK, config_hash="")}
    older = replace(FOUND, networks=networks, volumes={"site_data": replace(VOLUME, config_hash="")})
    assert changes("site", EXPECTED, older) == ()


@pytest.mark.parametrize(
    ("container", "part"),
    [
        (replace(CONTAINER, config_hash="h2"), "web was started with another configuration"),
        (replace(CONTAINER, config_hash=""), "web was started with another configuration"),
        (replace(CONTAINER, state="exited"), "web is exited"),
        (replace(CONTAINER, made_from="sha256:b"), "runs another image"),
        (replace(CONTAINER, made_from=""), "runs another image"),
        (replace(CONTAINER, networks=frozenset({"id1"})), "not on the networks"),
    ],
)
def test_a_container_that_compose_would_touch_is_told(container: FoundContainer, part: str) -> None:
    assert part in told(replace(FOUND, containers=[container]))


def test_containers_too_many_and_too_few_are_told() -> None:
    assert "web has 0 containers" in told(replace(FOUND, containers=[]))
    assert "web has 2 containers" in told(replace(FOUND, containers=[CONTAINER, CONTAINER]))
    old = replace(CONTAINER, service="old", name="site-old-1")
    assert told(replace(FOUND, containers=[CONTAINER, old])) == "old is not in the file, and would be removed"


@pytest.mark.parametrize(
    ("network", "part"),
    [
        (replace(NETWORK, config_hash="n2"), "the network site_default has other options"),
        (replace(NETWORK, project="other"), "was not made for this project"),
        (replace(NETWORK, key="front"), "was not made for this project"),
        (replace(NETWORK, id="id9"), "not on the networks"),
    ],
)
def test_a_network_that_compose_would_touch_is_told(network: FoundObject, part: str) -> None:
    assert part in told(replace(FOUND, networks={**FOUND.networks, "site_default": network}))


def test_what_is_missing_is_told() -> None:
    assert "the network proxy is missing" in told(replace(FOUND, networks={"site_default": NETWORK}))
    assert "the volume site_data is missing" in told(replace(FOUND, volumes={}))
    assert "runs another image" in told(replace(FOUND, images={}))
