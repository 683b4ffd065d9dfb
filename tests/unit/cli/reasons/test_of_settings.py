"""Lists and settings by the names that plans print."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from phoenix_providers.cli.reasons.of_settings import judged, of_settings
from phoenix_providers.cli.reasons.subjects import Subject
from phoenix_providers.cli.site_view.known import Known, KnownFiles
from phoenix_providers.cli.site_view.outlook import Outlook
from phoenix_providers.cli.site_view.site_view import ChangeView
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site

EXAMPLE = Path(__file__).parents[4] / "config"
CONFIGURATION = load_configuration(EXAMPLE, Settings())
KNOWN = cast(Known, KnownFiles(CONFIGURATION, plan_site(CONFIGURATION)))


def nobody(_question: object) -> Any:
    raise AssertionError


def found(name: str) -> Any:
    return of_settings(KNOWN, Subject("settings", name, (name,)), nobody)


@pytest.mark.parametrize(
    ("name", "place", "text"),
    [
        ("rules@113", "vms.yaml:", "8302"),
        ("firewall@113", "vms.yaml:", "VM 113, tools"),
        ("hosts@pve", "grafana/phoenix.yaml:", "grafana.home.example, to 127.50.0.12"),
        ("traefik-stacks", "", "the files of this site"),
    ],
)
def test_what_asks_for_it(name: str, place: str, text: str) -> None:
    asked = found(name).asked
    assert place in asked[0].place
    assert any(text in one.text for one in asked)


def test_a_long_list_is_cut_off_and_says_so() -> None:
    asked = found("hosts@pve").asked
    assert len(asked) == 13
    assert asked[-1].text == f"and {len(KNOWN.plan.dns) - 12} more"


@pytest.mark.parametrize(
    ("expected", "standing", "verdict"),
    [
        (Outlook((), ""), "fine", "as declared"),
        (Outlook(None, "Proxmox did not answer"), "unknown", "nobody knows whether it is as declared"),
        (Outlook((ChangeView("rules@113", "firewall rules", "update", "drift", "rules"),)), "wrong", "not as declared"),
    ],
)
def test_how_it_is_by_what_a_run_would_do(expected: Outlook, standing: str, verdict: str) -> None:
    told = judged(found("rules@113"), expected)
    assert (told.standing, told.verdict) == (standing, verdict)


def test_what_leaves_is_asked_for_by_nothing() -> None:
    gone = ChangeView("rules@113", "firewall rules", "delete", None, "is not in the files any more")
    assert judged(found("rules@113"), Outlook((gone,))).asked == ()
