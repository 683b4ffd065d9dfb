"""Rules that close: sent switched off while they have to wait, by what the check of this very run has found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CLUSTER = {"kind": "cluster", "node": "", "guest_id": 0.0}
GUEST = {"kind": "vm", "node": "pve", "guest_id": 111.0}


@pytest.fixture
def closing(tmp_path: Path) -> dict[str, str]:
    """The example with a rule that closes, behind its other five."""
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    site = config / "site.yaml"
    last = "      comment: Ping\n"
    site.write_text(site.read_text().replace(last, f"{last}    - {{type: in, action: DROP, source: 10.9.9.9}}\n"))
    return {"configDir": str(config)}


@pytest.mark.parametrize(
    ("found", "recorded", "last_one"),
    [
        pytest.param([], [], True, id="nothing waits"),
        pytest.param([(CLUSTER, "a")], [], False, id="it waits"),
        pytest.param([(CLUSTER, "b")], ["a"], False, id="again"),
        pytest.param([(GUEST, "a")], [], True, id="one of another list waits"),
        pytest.param([(CLUSTER, "a")], ["a"], True, id="a run without the check has what the last one found"),
    ],
)
def test_what_waits_is_sent_switched_off(
    run_program: Callable[..., Any],
    closing: dict[str, str],
    found: list[tuple[dict[str, Any], str]],
    recorded: list[str],
    last_one: bool,
) -> None:
    later = [{"scope": scope, "position": 5.0, "found": name, "rule": {}} for scope, name in found]
    before = {"firewall-check": {"later": [{"found": name} for name in recorded]}}
    declared = run_program(closing, state=before, answers={"firewall-check": {"later": later}})
    rules = declared.inputs["rules@cluster"]["rules"]
    assert [rule["enabled"] for rule in rules] == [True] * 5 + [last_one]
    waiting = [name for _, name in found if name not in recorded]
    assert [item["found"] for item in declared.inputs["closing-rules"]["later"]] == waiting


def test_order(run_program: Callable[..., Any], closing: dict[str, str]) -> None:
    declared = run_program(closing)
    rules = {name for name in declared.direct if name.startswith("rules@")}
    assert rules | {"icmp-types@cluster", "firewall-check"} <= declared.comes_after("closing-rules")
    assert "closing-rules" in declared.direct["firewall@cluster"]
    assert "closing-rules" in declared.comes_after("firewall-confirm")
    assert "closing-rules" not in run_program().direct, "the example has no rule that closes"
