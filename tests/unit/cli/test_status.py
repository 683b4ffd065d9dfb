"""`phoenix status --watch` where nobody looks at a screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from phoenix_providers.cli import status
from phoenix_providers.cli.site_view.site_view import SiteView
from tests.cli.screens.sample_sites import failing, healthy


class _EndError(Exception):
    """Ends what goes on for ever."""


def test_a_block_only_when_something_has_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = healthy()
    later = replace(site, taken_at=site.taken_at + 60, took=2.0)
    looks: Iterator[SiteView] = iter([site, later, failing(), failing(), site])
    waited: list[float] = []

    def look(_engine: object) -> SiteView:
        try:
            return next(looks)
        except StopIteration:
            raise _EndError from None

    monkeypatch.setattr(status, "look", look)
    monkeypatch.setattr(status.time, "sleep", waited.append)
    with pytest.raises(_EndError):
        status._told(None, 5.0, as_json=False, everything=False)  # type: ignore[arg-type]
    text = capsys.readouterr().out
    assert text.count("site home.example") == 3
    assert waited == [5.0] * 5
