"""What the SDK tells the engine for debugging: it goes where somebody sees it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import engine_pb2

OF_A_RESOURCE = "registering resource: ty=pulumi-python:dynamic/phoenix:PortainerStack, name=grafana@113"


class Engine:
    """Takes lines, as the engine does."""

    def __init__(self) -> None:
        self.lines: list[Any] = []

    def Log(self, request: Any) -> None:
        self.lines.append(request)

    def of(self, severity: Any) -> list[str]:
        return [line.message for line in self.lines if line.severity == severity]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    told = Engine()
    monkeypatch.setattr(pulumi.runtime.settings, "get_engine", lambda: told)
    # What the program puts there goes with the test.
    monkeypatch.setattr(pulumi.log, "debug", pulumi.log.debug)
    return told


def test_lines_that_nobody_sees_are_not_sent(
    run_program: Callable[..., Any], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOENIX_DEBUG_LINES", "no")
    run_program()
    pulumi.log.warn("seen by everybody")
    # What comes before the program starts speaks of the Pulumi stack alone.
    assert not any("phoenix:" in line for line in engine.of(engine_pb2.DEBUG))
    assert "seen by everybody" in engine.of(engine_pb2.WARNING)


@pytest.mark.parametrize(
    "said",
    [{}, {"PHOENIX_DEBUG_LINES": "yes"}, {"PHOENIX_DEBUG_LINES": "no", "PULUMI_OPTION_DEBUG": "true"}],
)
def test_the_sdk_sends_them_otherwise(
    run_program: Callable[..., Any], engine: Engine, monkeypatch: pytest.MonkeyPatch, said: dict[str, str]
) -> None:
    """Else the test before this one shows nothing."""
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    run_program()
    assert any(line.startswith(OF_A_RESOURCE) for line in engine.of(engine_pb2.DEBUG))
