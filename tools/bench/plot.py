"""The ratios as a drawing: size of the site to the right, how many times the floor upwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from tools.bench.figures import Figure

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 270, 30, 50
_COLOURS = ("#0b6e99", "#b3541e", "#3d7a37", "#7a3d78")


def plot(figures: Sequence[Figure]) -> str:
    """Return an SVG with a line for each row that is a multiple of the floor; sizes stand on a logarithmic scale."""
    held = [figure for figure in figures if figure.of_floor and figure.ratio is not None]
    sizes = sorted({figure.size for figure in held})
    highest = math.ceil(max([2.0, *(figure.ratio or 0.0 for figure in held)]))
    parts = [*_across(highest), *_along(sizes)]
    for number, row in enumerate(dict.fromkeys(figure.row for figure in held)):
        colour = _COLOURS[number % len(_COLOURS)]
        points = [
            (_x(figure.size, sizes), _y(figure.ratio or 0.0, highest))
            for figure in sorted(held, key=lambda one: one.size)
            if figure.row == row
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in points]
        parts.append(_text(_WIDTH - _RIGHT + 15, _TOP + 15 + 20 * number, row.replace("`", ""), "start", colour))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _across(highest: int) -> list[str]:
    lines = []
    # The floor itself is always there.
    for ratio in sorted({1, *range(0, highest + 1, max(1, highest // 8))}):
        y = _y(ratio, highest)
        stroke = 'stroke="black"' if ratio == 1 else 'stroke="#ccc"'
        lines.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" {stroke}/>')
        lines.append(_text(_LEFT - 8, y + 4, f"{ratio} x", "end"))
    return lines


def _along(sizes: Sequence[int]) -> list[str]:
    bottom = _HEIGHT - _BOTTOM
    marks = [_text(_x(size, sizes), bottom + 20, f"{size:,}", "middle") for size in sizes]
    return [*marks, _text((_LEFT + _WIDTH - _RIGHT) / 2, bottom + 40, "stacks, ten on each VM", "middle")]


def _x(size: int, sizes: Sequence[int]) -> float:
    if len(sizes) < 2:
        return (_LEFT + _WIDTH - _RIGHT) / 2
    share = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
    return _LEFT + 20 + share * (_WIDTH - _RIGHT - _LEFT - 40)


def _y(ratio: float, highest: float) -> float:
    return _HEIGHT - _BOTTOM - ratio / highest * (_HEIGHT - _BOTTOM - _TOP)


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="13" fill="{colour}">{escape(text)}</text>'
