"""A file of routes that a run writes anew: whether that is because somebody else has changed it."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.changes.change import Action
from phoenix_providers.planning.site.changes.resource_change import ResourceChange
from phoenix_providers.planning.site.changes.site_changes import site_changes
from phoenix_providers.planning.site.derive import plan_site

EXAMPLE = Path(__file__).parents[5] / "config"
SETTINGS = Settings(secrets=frozenset({"RESTIC_PASSWORD", "MINIFLUX_DB_PASSWORD", "PAPERLESS_SECRET_KEY"}))
TEXT = "http:\n  routers: {}\n"


@pytest.mark.parametrize(("live", "told"), [(TEXT, 0), ("http: {}\n", 1), ("[", 1)])
def test_only_another_text_was_changed_by_somebody(live: str, told: int) -> None:
    configuration = load_configuration(EXAMPLE, SETTINGS)
    # What the file follows is another thing by now, for example a stack that is held back.
    declared = {"text": TEXT, "__follow": {"deployed": {"a@111": 1}}}
    change = ResourceChange("traefik-stacks", "TraefikConfig", Action.CHANGE, {"text": TEXT}, {"text": live}, declared)
    found = site_changes([change], (), {}, configuration, plan_site(configuration), lambda text: text)
    assert len(found.changes) == told
    assert found.own_notes == 1 - told
    assert all("changed by somebody else" in one.notes[0].text for one in found.changes)
