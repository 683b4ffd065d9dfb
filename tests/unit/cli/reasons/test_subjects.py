"""What a user means by a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.cli.reasons.subjects import subject_of
from phoenix_providers.cli.site_view.known import KnownFiles
from phoenix_providers.errors import UsageError
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.routes.route_checks import RouteCheck
from phoenix_providers.planning.site.derive import plan_site

EXAMPLE = Path(__file__).parents[4] / "config"
CONFIGURATION = load_configuration(EXAMPLE, Settings())
KNOWN = KnownFiles(CONFIGURATION, plan_site(CONFIGURATION))
CHECKS = (
    RouteCheck("grafana@113", "grafana", {}, "grafana.home.example", "/", ()),
    RouteCheck("miniflux@111", "miniflux", {}, "news.home.example", "/", ()),
    RouteCheck("infrastructure", "portainer-router", {}, "portainer.home.example", "/", (), guest="portainer"),
)


@pytest.mark.parametrize(
    ("name", "full_name"),
    [
        ("grafana", "stack:grafana@113"),
        ("Grafana@113", "stack:grafana@113"),
        ("whoami@112", "stack:whoami@112"),
        ("apps", "guest:apps"),
        ("111", "guest:apps"),
        ("environment:apps", "environment:apps"),
        ("environment@111", "environment:apps"),
        ("grafana.home.example", "route:grafana.home.example"),
        ("route:grafana", "route:grafana.home.example"),
        ("news", "route:news.home.example"),
        ("record:grafana.home.example", "record:grafana.home.example"),
        ("nas", "record:nas.home.example"),
        ("SSH and Portainer", "rule:SSH and Portainer@110"),
        ("8302@113", "rule:Web through Traefik@113"),
        ("8102@111", "rule:Stacks through Traefik@111"),
        ("portainer", "guest:portainer"),
        ("rules@113", "settings:rules@113"),
        ("settings:hosts@pve", "settings:hosts@pve"),
    ],
)
def test_names(name: str, full_name: str) -> None:
    subject, _ = subject_of(name, KNOWN, CHECKS)
    assert subject.full_name == full_name


def test_its_own_route_record_and_environment_are_not_told_beside_it() -> None:
    assert subject_of("grafana", KNOWN, CHECKS)[1] == ()
    assert subject_of("apps", KNOWN, CHECKS)[1] == ()
    assert subject_of("news.home.example", KNOWN, CHECKS)[1] == ()


def test_several_of_one_kind_are_named() -> None:
    with pytest.raises(UsageError) as caught:
        subject_of("whoami", KNOWN, CHECKS)
    assert caught.value.exit_code == 2
    assert caught.value.explanation.seen == "whoami@111, whoami@112"
    assert caught.value.explanation.next_step == "phoenix why whoami@111"


def test_a_port_that_several_guests_open() -> None:
    with pytest.raises(UsageError) as caught:
        subject_of("9001", KNOWN, CHECKS)
    assert caught.value.explanation.next_step == "phoenix why 'Agent from Portainer@111'"


def test_the_nearest_name_of_what_is_unknown() -> None:
    with pytest.raises(UsageError) as caught:
        subject_of("graffana", KNOWN, CHECKS)
    assert caught.value.explanation.expected == "did you mean grafana?"
