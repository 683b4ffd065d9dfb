"""Routes of one stack that are not published fail the run for that stack, at the line of the label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

REASON = {"path": "http.routers.grafana.entryPoints", "reason": "Traefik has no entry point wep", "expected": "web?"}


def refused(by_traefik: bool) -> dict[str, Any]:
    return {"traefik-stacks": {"refused": {"grafana@113": {"by_traefik": by_traefik, "reasons": [REASON]}}}}


def test_the_verdict_tells_the_reason_at_its_label(run_program: Callable[..., Any]) -> None:
    failures = run_program(answers=refused(by_traefik=False)).inputs["verdict"]["failures"]
    told = failures.pop("grafana@113")
    assert told.startswith("configuration: Traefik would not take its routes: Traefik has no entry point wep")
    assert "stacks/grafana/phoenix.yaml:11 http.routers.grafana.entryPoints" in told
    assert "correct the label, then: phoenix sync stack grafana to 113" in told
    assert not any(failures.values())


def test_it_is_told_beside_what_else_is_wrong_with_the_stack(run_program: Callable[..., Any]) -> None:
    answers = refused(by_traefik=True) | {"grafana@113": {"failure": "exited (1)"}}
    told = run_program(answers=answers).inputs["verdict"]["failures"]["grafana@113"]
    assert told.startswith("exited (1)\nreverted: Traefik did not take its routes: ")
