"""The demo itself: what `make demo` runs after set-up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine


def test_the_demo_ends_with_an_empty_second_pass() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "phoenix", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "second pass: 0 changes"
    assert "http://grafana.home.example/" in done.stdout
    assert "grafana-production is as declared again" in done.stdout
