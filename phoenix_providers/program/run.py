"""How a site's own folder runs the program."""

from __future__ import annotations

import runpy
from pathlib import Path

_PROGRAM = Path(__file__).resolve().parents[2] / "__main__.py"


def run() -> None:
    """Run the program that lies beside this package."""
    runpy.run_path(str(_PROGRAM), run_name="__main__")
