"""What is known before anybody is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phoenix_providers.cli.site_view.known import former_secrets
from phoenix_providers.cli.site_view.stored_site import StoredSite, StoredThing
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site

EXAMPLE = Path(__file__).parents[4] / "config"
PLAN = plan_site(load_configuration(EXAMPLE, Settings(secrets=frozenset({"MINIFLUX_DB_PASSWORD"}))))


def test_what_runs_was_given_the_secrets_of_its_last_deploy() -> None:
    given = {"MINIFLUX_DB_PASSWORD": "before", "OTHER": "plain"}
    stored = StoredSite({"miniflux@111": StoredThing("miniflux@111", "PortainerStack", {"env": given}, 1.0, 2.0)})
    assert former_secrets(PLAN, stored) == {"before"}
    assert former_secrets(replace(PLAN, stacks=()), stored) == frozenset()
