from __future__ import annotations

import pytest

from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.site.identity import refuse_foreign_state


@pytest.mark.parametrize(("recorded", "own"), [("", None), ("", "a1"), ("a1", None), ("a1", "a1")])
def test_a_site_or_a_state_without_an_id_goes_on_as_before(recorded: str, own: str | None) -> None:
    refuse_foreign_state(recorded, own, "home/prod")


def test_the_state_of_another_site_is_refused_with_the_way_out() -> None:
    with pytest.raises(UnsafeError) as refused:
        refuse_foreign_state("a1", "b2", "home/prod")
    text = str(refused.value)
    assert "stack home/prod" in text
    assert "pulumi stack init NAME" in text
    assert "pulumi config set phoenix:siteId a1" in text
