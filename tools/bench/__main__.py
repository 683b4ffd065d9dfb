"""`python -m tools.bench SIZE…`: measures sites of these sizes beside their floors; 1 if a goal was missed."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.bench.floor import engine_of_wrapper
from tools.bench.machine import machine
from tools.bench.report import Results, keep
from tools.bench.session import RunFailedError, Session, by_kind, growth
from tools.bench.site_in_lab import site_in_lab
from tools.places import ROOT, WRAPPER
from tools.pulumi_choice import InstalledPulumi
from tools.wrapper import wrapper_text

_SIZES = (10, 100)
# Runs of a large site take so long that what disturbs them once does not count.
_REPEATS = 3
_LARGE, _REPEATS_LARGE = 300, 2
_HUGE, _REPEATS_HUGE = 1000, 1
_RUN_SECONDS = 3600


def main() -> int:
    """Measure, print, keep."""
    arguments = _arguments()
    # What is measured is this tree, wherever the installed command would take its code from.
    os.environ["PYTHONPATH"] = str(ROOT)
    used = engine_of_wrapper()
    if WRAPPER.read_text(encoding="utf-8") != wrapper_text(
        InstalledPulumi(used.engine, used.language_host / "pulumi-language-python")
    ):
        print(f"bench: {WRAPPER} is of another version and is measured all the same; run `make setup`", file=sys.stderr)
    before = machine(used.engine)
    sessions: dict[int, Session] = {}
    for size in arguments.sizes:
        try:
            sessions[size] = _session(size, arguments.repeats or _repeats(size))
        except RunFailedError as error:
            sys.exit(f"bench: {error}")
    figures = [figure for session in sessions.values() for figure in session.figures]
    sizes = sorted(sessions)
    figures += [growth(sessions[few], sessions[many], (few, many)) for few, many in itertools.pairwise(sizes)]
    runs = [run for session in sessions.values() for run in session.raw]
    results = Results(before, figures, {size: _by_process(runs, size) for size in sessions}, runs)
    print(results.text())
    if arguments.docs:
        keep(results, arguments.docs)
    missed = [figure for figure in figures if figure.is_met is False]
    print(f"\n{len(missed)} goals missed" if missed else "\nevery goal met")
    return 1 if missed and not arguments.only_measure else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Measure sites beside their floors.")
    parser.add_argument("sizes", type=int, nargs="*", default=_SIZES, metavar="STACKS", help="sizes of the sites")
    parser.add_argument("--repeats", type=int, help="how often each pair of runs is taken")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="folder in which the figures are kept")
    parser.add_argument("--no-docs", dest="docs", action="store_const", const=None, help="keep them nowhere")
    parser.add_argument("--only-measure", action="store_true", help="end with 0 whatever was missed")
    return parser.parse_args()


def _repeats(size: int) -> int:
    if size < _LARGE:
        return _REPEATS
    return _REPEATS_LARGE if size < _HUGE else _REPEATS_HUGE


def _session(size: int, repeats: int) -> Session:
    with tempfile.TemporaryDirectory(prefix="phoenix-bench-") as name:
        folder = Path(name)
        with site_in_lab(folder, size, _RUN_SECONDS) as site:
            session = Session(site, folder, size, repeats, _RUN_SECONDS)
            session.measure()
            return session


def _by_process(runs: list[Mapping[str, object]], size: int) -> Mapping[str, Mapping[str, float]]:
    return {whose: by_kind(runs, "unchanged", whose, size) for whose in ("floor", "site")}


if __name__ == "__main__":
    sys.exit(main())
