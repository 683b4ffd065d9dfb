"""The figures as tables, for the terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.bench.figures import Figure

_KINDS = ("engine", "program", "provider", "plugin", "other")


def table(figures: Sequence[Figure]) -> str:
    """Return a row for each thing measured and a column for each size, the floor beside each value."""
    sizes = sorted({figure.size for figure in figures})
    rows = list(dict.fromkeys(figure.row for figure in figures))
    cells = {(figure.row, figure.size): cell(figure) for figure in figures}
    return _markdown(
        ["what", *(f"{size:,} stacks" for size in sizes)],
        [[row, *(cells.get((row, size), "") for size in sizes)] for row in rows],
    )


def cpu_table(figures: Sequence[Figure]) -> str:
    """Return seconds of CPU of the same runs."""
    seconds = [
        Figure(one.row, one.size, one.cpu, "s", floor=one.floor_cpu, of_floor=True)
        for one in figures
        if one.cpu is not None
    ]
    return table(seconds)


def remarks(figures: Sequence[Figure]) -> str:
    """Return what else there is to say of each value."""
    return "\n".join(f"- {one.row}, {one.size:,} stacks: {one.remark}" for one in figures if one.remark)


def processes(by_size: Mapping[int, Mapping[str, Mapping[str, float]]]) -> str:
    """Return seconds of CPU by kind of process.

    Args:
        by_size: By size, and by whose run it is, the seconds of each kind.
    """
    return _markdown(
        ["seconds of CPU", *_KINDS],
        [
            [f"{size:,} stacks, {whose}", *(f"{kinds.get(kind, 0.0):.1f}" for kind in _KINDS)]
            for size, both in sorted(by_size.items())
            for whose, kinds in both.items()
        ],
    )


def cell(figure: Figure) -> str:
    """Return what stands in the table for one value."""
    if figure.ours is None:
        return figure.remark or "-"
    value = _number(figure.ours, figure.unit)
    beside = f"; floor {_number(figure.floor, figure.unit)}" if figure.floor is not None else ""
    if figure.ratio is not None and figure.of_floor:
        text = f"{figure.ratio:.2f} x ({value}{beside})"
    else:
        text = f"{value} ({beside.removeprefix('; ')})" if beside else value
    if figure.goal is None:
        return text
    goal = f"{figure.goal:g} x" if figure.of_floor else _number(figure.goal, figure.unit)
    return f"{text}; goal {goal}: {'met' if figure.is_met else 'MISSED'}"


def _number(value: float, unit: str) -> str:
    digits = 0 if unit in ("", "MB") else 1
    return f"{value:.{digits}f} {unit}".strip()


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    # As text it is read in terminals too, so columns are as wide as their widest cell.
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
