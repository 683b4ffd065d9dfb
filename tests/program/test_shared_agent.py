"""Two VMs whose environments have one agent stop each other; everybody else is declared as ever."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.resources.verdict import VerdictProvider

ROOT = Path(__file__).parents[2]


def test_both_are_left_alone_and_the_run_fails_for_them(run_program: Callable[..., Any], tmp_path: Path) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    vms = config / "vms.yaml"
    vms.write_text(vms.read_text().replace("tools-agent.home.example", "media-agent.home.example"))
    declared = run_program({"configDir": str(config)})
    blocked = {name for name, inputs in declared.inputs.items() if inputs.get("blocked") and name != "verdict"}
    assert blocked >= {"environment@112", "environment@113", "grafana@113", "paperless@112"}
    assert not {"environment@111", "whoami@111", "homepage@111"} & blocked
    with pytest.raises(Exception, match="have the same agent") as raised:
        VerdictProvider().create(dict(declared.inputs["verdict"]))
    assert {"environment@112", "environment@113"} <= set(str(raised.value).replace(",", " ").replace(":", " ").split())
    assert "whoami@111" not in str(raised.value)
