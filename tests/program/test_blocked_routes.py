"""A stack whose routes alone are blocked is deployed; its routes stay, and the run fails for it at the end."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.operations.run_scope import MEANT_VARIABLE
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.traefik_config import TraefikConfigProvider
from phoenix_providers.resources.verdict import VerdictProvider

ROOT = Path(__file__).parents[2]
REASON = "has no fixed address"
ROUTES: dict[str, Any] = {"http": {"routers": {"g": {"rule": "Host(`g`)", "service": "x"}}}}


@pytest.fixture
def unaddressed(tmp_path: Path) -> str:
    """The example's files, the VM of grafana without a fixed address."""
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    vms = config / "vms.yaml"
    text, count = re.subn(r"ip: 127\.50\.0\.113/24", "ip: dhcp", vms.read_text())
    assert count == 1
    vms.write_text(text)
    return str(config)


def test_the_stack_is_deployed_and_its_routes_are_kept(run_program: Callable[..., Any], unaddressed: str) -> None:
    declared = run_program({"configDir": unaddressed})
    stack = declared.inputs["grafana@113"]
    assert stack["blocked"] == ""
    assert "grafana" in stack["compose"]
    assert stack["keep_routes"] is True
    assert "keep_routes" not in declared.inputs["whoami@111"]
    final = declared.inputs["traefik-stacks"]
    checked = TraefikConfigProvider().check({"__parts": {"grafana@113": ROUTES}}, dict(final))
    assert unpacked(checked.inputs["__parts"])["grafana@113"] == ROUTES


def test_the_run_fails_at_its_end_and_says_what_else_is_wrong(
    run_program: Callable[..., Any], unaddressed: str
) -> None:
    declared = run_program({"configDir": unaddressed}, answers={"grafana@113": {"failure": "web: exited (1)"}})
    with pytest.raises(Exception, match=REASON) as raised:
        VerdictProvider().create(dict(declared.inputs["verdict"]))
    assert type(raised.value).__name__ == "configuration"
    assert "web: exited (1)" in str(raised.value)


def test_each_plan_says_it_on_top(
    run_program: Callable[..., Any], unaddressed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", told.append)
    run_program({"configDir": unaddressed})
    (line,) = [text for text in told if "grafana" in text]
    assert line.startswith("configuration: the routes of grafana are blocked and stay as they are:")
    assert REASON in line


@pytest.mark.parametrize(("meant", "lines"), [("whoami@111 environment@111", 0), ("whoami@112 environment@112", 1)])
def test_a_run_for_one_stack_says_nothing_of_its_namesake_on_another_vm(
    run_program: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meant: str, lines: int
) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    text = (config / "vms.yaml").read_text()
    (config / "vms.yaml").write_text(text.replace("ip: 127.50.0.112/24", "ip: dhcp"))
    told: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", told.append)
    monkeypatch.setenv(MEANT_VARIABLE, meant)
    run_program({"configDir": str(config)})
    assert len([text for text in told if "routes of whoami" in text]) == lines
