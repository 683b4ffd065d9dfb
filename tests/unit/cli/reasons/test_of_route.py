"""What of the state a route depends on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from phoenix_providers.cli.reasons.of_route import resources_of
from phoenix_providers.cli.site_view.known import KnownFiles
from phoenix_providers.cli.site_view.stored_site import StoredSite, StoredThing
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.routes.route_checks import RouteCheck
from phoenix_providers.planning.site.derive import plan_site

EXAMPLE = Path(__file__).parents[4] / "config"
CONFIGURATION = load_configuration(EXAMPLE, Settings())
STORED = StoredSite({"hosts@pve": StoredThing("hosts@pve", "HostsLegacy", {})})
KNOWN = KnownFiles(CONFIGURATION, plan_site(CONFIGURATION), stored=STORED)


@pytest.mark.parametrize(
    ("check", "names"),
    [
        (
            RouteCheck("grafana@113", "grafana", {}, "grafana.home.example", "/", ()),
            {"grafana@113", "traefik-stacks", "hosts@pve", "rules@113", "firewall@113"},
        ),
        (
            RouteCheck("infrastructure", "portainer-router", {}, "portainer.home.example", "/", (), guest="portainer"),
            {"traefik-infrastructure", "hosts@pve", "rules@110", "firewall@110"},
        ),
        # Without a name of ours, and without a guest behind it.
        (RouteCheck("infrastructure", "own", {}, "elsewhere.example", "/", ()), {"traefik-infrastructure"}),
    ],
)
def test_its_name_and_its_rules_are_asked_for_as_well(check: RouteCheck, names: set[str]) -> None:
    assert resources_of(KNOWN, check) == names


def test_before_names_were_ever_published() -> None:
    check = RouteCheck("grafana@113", "grafana", {}, "grafana.home.example", "/", ())
    nodes = {f"hosts@{node.name}" for node in KNOWN.plan.nodes if node.hosts}
    names = resources_of(replace(KNOWN, stored=StoredSite({})), check)
    assert names - nodes == {"grafana@113", "traefik-stacks", "rules@113", "firewall@113"}
