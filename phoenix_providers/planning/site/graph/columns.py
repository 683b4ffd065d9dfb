"""Cards of different heights in columns of one width: the layout of the picture that needs no browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Width to height of the whole, as near as whole columns come: a screen's.
_RATIO = 1.5


@dataclass(frozen=True)
class Place:
    """Where a card is."""

    x: float
    y: float


@dataclass(frozen=True)
class Layout:
    """Where each card is, in their order, and how much room all of them take."""

    places: tuple[Place, ...]
    width: float
    height: float


def in_columns(heights: Sequence[float], width: float, gap: float) -> Layout:
    """Return where cards go: each on the column that is shortest by then, so that their order stays from the top."""
    columns = min(range(1, len(heights) + 1), key=lambda count: _miss(heights, width, gap, count), default=1)
    return _with(heights, width, gap, columns)


def _miss(heights: Sequence[float], width: float, gap: float, columns: int) -> float:
    layout = _with(heights, width, gap, columns)
    return abs(layout.width / layout.height - _RATIO)


def _with(heights: Sequence[float], width: float, gap: float, columns: int) -> Layout:
    bottoms = [0.0] * columns
    places = []
    for height in heights:
        column = min(range(columns), key=lambda one: bottoms[one])
        places.append(Place(column * (width + gap), bottoms[column]))
        bottoms[column] += height + gap
    return Layout(tuple(places), columns * (width + gap) - gap, max(bottoms, default=gap) - gap)
