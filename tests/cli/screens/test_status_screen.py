"""`phoenix status` as users see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phoenix_providers.cli.screens.status_screen import draw_status, watched
from phoenix_providers.cli.site_view.site_view import SiteView
from tests.cli.screens import sample_sites
from tests.cli.screens.golden_screens import assert_screen, drawn

_SITES = (
    sample_sites.stateless,
    sample_sites.healthy,
    sample_sites.locked,
    sample_sites.failing,
    sample_sites.large,
)


@pytest.mark.parametrize("site", _SITES, ids=lambda site: site.__name__)
def test_screen(site: Callable[[], SiteView]) -> None:
    assert_screen(f"status-{site.__name__}", lambda console: draw_status(site(), console))


def test_everything() -> None:
    assert_screen("status-everything", lambda console: draw_status(sample_sites.failing(), console, everything=True))


def test_what_needs_attention_comes_before_the_guests_on_a_screen_that_stays() -> None:
    text = drawn(lambda console: console.print(watched(sample_sites.failing(), "12:00:00")), 80)
    assert text.index("grafana is exited (137)") < text.index("111 apps")
    assert text.rstrip().endswith("12:00:00")


def test_a_large_site_is_no_longer_than_its_guests_and_its_troubles() -> None:
    text = drawn(lambda console: draw_status(sample_sites.large(), console), 80)
    assert len(text.splitlines()) < 40 + 25
    assert text.count("app7@202") == 1
    assert "app3@" not in text


def test_a_stack_of_a_silent_environment_is_not_told_by_itself() -> None:
    text = drawn(lambda console: draw_status(sample_sites.failing(), console), 80)
    assert "paperless@112" not in text
    assert "nobody knows how its stack is" in text
