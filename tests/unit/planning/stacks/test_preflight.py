"""What is taken, by whom, and what only waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose, read_compose
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.stacks.preflight import Holder, Need, in_the_way, made_by_portainer, obstacles


def compose(service: str) -> Compose:
    text = f"services: {{web: {{image: i, {service}}}}}"
    found = read_compose(text, {}, lambda *_: Location(Path("c")), Findings("s"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("service", "holder", "need"),
    [
        ("ports: ['80:8080']", Holder("x", "", "", ((80, "tcp", "0.0.0.0"),)), Need.MEND),
        ("ports: ['80:8080']", Holder("x", "old", "", ((80, "tcp", "::"),)), Need.WAIT),
        ("ports: ['10.0.0.1:80:8080']", Holder("x", "", "", ((80, "tcp", "10.0.0.1"),)), Need.MEND),
        ("ports: ['10.0.0.1:80:8080']", Holder("x", "", "", ((80, "tcp", "10.0.0.2"),)), None),
        ("ports: ['80:8080']", Holder("x", "", "", ((80, "tcp", "10.0.0.111"),)), Need.MEND),
        ("ports: ['10.0.0.111:80:8080']", Holder("x", "old", "", ((80, "tcp", "0.0.0.0"),)), Need.WAIT),
        ("ports: ['127.0.0.1:80:8080']", Holder("x", "", "", ((80, "tcp", "0.0.0.0"), (80, "tcp", "::"))), Need.MEND),
        ("ports: ['0.0.0.0:80:8080']", Holder("x", "", "", ((80, "tcp", "::"),)), None),
        ("ports: ['80:8080'], network_mode: host", Holder("x", "", "", ((80, "tcp", "0.0.0.0"),)), None),
        ("ports: ['80:8080/udp']", Holder("x", "", "", ((80, "tcp", ""),)), None),
        ("ports: ['8080']", Holder("x", "", "", ((8080, "tcp", ""),)), None),
        ("container_name: x", Holder("x", "", ""), Need.MEND),
        ("container_name: x", Holder("x", "old", ""), Need.WAIT),
        ("restart: always", Holder("web-production-web-1", "", ""), Need.MEND),
        ("ports: ['80:8080'], container_name: x", Holder("x", "web-production", "web", ((80, "tcp", ""),)), None),
        ("ports: ['80:8080'], profiles: [later]", Holder("x", "", "", ((80, "tcp", ""),)), None),
    ],
)
def test_obstacles(service: str, holder: Holder, need: Need | None) -> None:
    found = obstacles("web-production", compose(service), [holder], {"old", "web-production"})
    assert [item.need for item in found] == ([] if need is None else [need])


def test_a_former_service_of_the_stack_itself_is_in_the_way() -> None:
    holders = [
        Holder("a", "web-production", "front", ((80, "tcp", ""),)),
        Holder("b", "web-production", "other", ((81, "tcp", ""),)),
        Holder("c", "web-production", "web", ((80, "tcp", ""),)),
    ]
    assert in_the_way("web-production", compose("ports: ['80:8080']"), holders) == ("a",)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/data/compose/17/docker-compose.yml", 17),
        ("/data/compose/17/v3/compose.yaml", 17),
        ("/srv/web/docker-compose.yml", None),
        ("/home/me/compose/web/docker-compose.yml", None),
        ("", None),
    ],
)
def test_who_made_a_container(path: str, number: int | None) -> None:
    assert made_by_portainer(path) == number
