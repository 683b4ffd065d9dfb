"""Cards in columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.planning.site.graph.columns import Place, in_columns


def test_one_card_is_a_column() -> None:
    layout = in_columns([50], 100, 10)
    assert (layout.places, layout.width, layout.height) == ((Place(0, 0),), 100, 50)


def test_the_next_card_goes_where_there_is_most_room() -> None:
    layout = in_columns([100, 20, 30, 10], 100, 10)
    # Two columns: 210 wide, 100 high.
    assert layout.places == (Place(0, 0), Place(110, 0), Place(110, 30), Place(110, 70))


@given(st.lists(st.integers(20, 400), min_size=1, max_size=60))
def test_no_card_is_on_another_and_all_are_inside(heights: list[int]) -> None:
    layout = in_columns(heights, 100, 10)
    boxes = list(zip(layout.places, heights, strict=True))
    for number, (place, height) in enumerate(boxes):
        assert place.x + 100 <= layout.width
        assert place.y + height <= layout.height
        for other, its_height in boxes[:number]:
            same = place.x == other.x
            assert not same or place.y >= other.y + its_height + 10 or other.y >= place.y + height + 10
