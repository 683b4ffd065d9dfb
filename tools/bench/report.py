"""Puts the figures where they are kept: docs/performance.md, and JSON and a drawing beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench.figures import Figure
from tools.bench.plot import plot
from tools.bench.table import cpu_table, processes, remarks, table

BEGIN, END = "<!-- figures: `make bench` writes them -->", "<!-- end of figures -->"
_PAGE, _FOLDER = "performance.md", "performance"


@dataclass(frozen=True)
class Results:
    """Everything of one session.

    Attributes:
        processes: Seconds of CPU of an unchanged run by size, by whose it is, by kind of process.
        runs: Every single run.
    """

    machine: Mapping[str, str]
    figures: Sequence[Figure]
    processes: Mapping[int, Mapping[str, Mapping[str, float]]]
    runs: Sequence[Mapping[str, Any]]

    def text(self) -> str:
        """Return the tables."""
        where = "\n".join(f"- {name}: {value}" for name, value in self.machine.items())
        return "\n\n".join(
            [
                table(self.figures),
                "The same runs in seconds of CPU, of all processes together:",
                cpu_table(self.figures),
                "Taken on:\n\n" + where,
                "An unchanged run by process:\n\n" + processes(self.processes),
                "Beside the values:\n\n" + remarks(self.figures),
            ]
        )


def keep(results: Results, docs: Path) -> None:
    """Write the results below a folder with the page in it."""
    folder = docs / _FOLDER
    folder.mkdir(exist_ok=True)
    data = {
        "machine": dict(results.machine),
        "figures": [figure.as_json() for figure in results.figures],
        "runs": list(results.runs),
    }
    (folder / "figures.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "ratios.svg").write_text(plot(results.figures), encoding="utf-8")
    page = docs / _PAGE
    page.write_text(with_figures(page.read_text(encoding="utf-8"), results.text()), encoding="utf-8")


def with_figures(page: str, text: str) -> str:
    """Return the page with other figures between its marks."""
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"the page has no place for figures: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
