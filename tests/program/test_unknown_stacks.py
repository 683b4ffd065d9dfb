"""While it is unknown what a stack declares, nothing that may be its own is taken away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("hosts@pve", ["entry"]),
        ("rules@cluster", ["rules"]),
        ("rules@pve-113", ["rules"]),
        ("firewall@cluster", ["enabled", "inputPolicy", "outputPolicy"]),
        ("firewall@pve-113", ["enabled", "inputPolicy", "outputPolicy"]),
    ],
)
def test_records_rules_and_switches_stay(
    run_program: Callable[..., Any], tmp_path: Path, name: str, kept: list[str]
) -> None:
    assert run_program().kept[name] == []
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.rmtree(tmp_path / "config" / "stacks" / "grafana")
    assert run_program({"configDir": str(tmp_path / "config")}).kept[name] == kept
