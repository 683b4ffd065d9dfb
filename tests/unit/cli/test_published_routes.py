"""What `phoenix check` follows, from a state of this version and from one of before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli import check
from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.resources.packed_values import packed

EXAMPLE = Path(__file__).parents[3] / "config"
ROUTES = {
    "http": {
        "routers": {"grafana": {"rule": "Host(`grafana.home.example`)", "service": "grafana", "priority": 3.0}},
        "services": {"grafana": {"loadBalancer": {"servers": [{"url": "http://127.50.0.113:8302"}]}}},
    }
}


@pytest.mark.parametrize("stored", [packed, lambda value: value], ids=["as text", "as data"])
def test_routes_are_followed_however_they_are_stored(stored: Any) -> None:
    resources = [
        {
            "type": "pulumi-python:dynamic/phoenix:TraefikConfig",
            "urn": "urn:pulumi:lab::site::x::traefik-stacks",
            "outputs": {"__parts": stored({"grafana@113": ROUTES})},
        },
        {
            "type": "pulumi-python:dynamic/phoenix:PortainerStack",
            "urn": "urn:pulumi:lab::site::x::grafana@113",
            "outputs": {"routes": stored(ROUTES), "live_routes": stored(ROUTES)},
        },
    ]
    settings = Settings(secrets=frozenset({"MINIFLUX_DB_PASSWORD"}))
    checks = check._checks(resources, Planned.of(load_configuration(EXAMPLE, settings)), None)
    assert [(one.owner, one.host) for one in checks] == [("grafana@113", "grafana.home.example")]
