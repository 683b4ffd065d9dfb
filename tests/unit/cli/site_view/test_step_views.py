"""The seven steps, and what to type now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.site_view.site_view import (
    ChangeView,
    EnvironmentView,
    LastRun,
    ProductView,
    RouteView,
    StackView,
    StepView,
    Trouble,
)
from phoenix_providers.cli.site_view.step_views import next_command, step_views
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.stacks.health import HealthStatus

EXAMPLE = Path(__file__).parents[4] / "config"
PLAN = plan_site(load_configuration(EXAMPLE, Settings()))
UP = (ProductView("Proxmox", "p", True), ProductView("Portainer", "q", True), ProductView("Traefik", "t", True))
DOWN = (UP[0], ProductView("Portainer", "q", False, Trouble("silent", next_step="nc -vz q")), UP[2])
ENVIRONMENT = EnvironmentView(111, "apps", "apps", "fine")
SILENT = EnvironmentView(111, "apps", "apps", "unknown", Trouble("silent", next_step="docker start agent"))
STACK = StackView("grafana@111", 111, "apps", HealthStatus.HEALTHY)
SICK = StackView("grafana@111", 111, "apps", HealthStatus.DEGRADED, message="x", next_step="docker logs g")
HELD = StackView("a@111", 111, "apps", HealthStatus.HEALTHY, note="held: nothing of it is changed")
BLOCKED = StackView("b@111", 111, "apps", HealthStatus.HEALTHY, note="blocked: x", next_step="correct it")
ROUTE = RouteView("g.home.example", "grafana@111", "g", "fine", "HTTP 200", vmid=111)
BROKEN = RouteView("g.home.example", "grafana@111", "g", "wrong", "status: HTTP 500", vmid=111)
CHANGE = ChangeView("rules@111", "firewall rules", "update", "drift", "rules")


def steps(**other: Any) -> dict[int, StepView]:
    known = {
        "files": (),
        "last_run": None,
        "products": UP,
        "environments": (ENVIRONMENT,),
        "stacks": (STACK,),
        "routes": (ROUTE,),
        "changes": (),
        "deployed": True,
    }
    return {step.number: step for step in step_views(PLAN, **{**known, **other})}


@pytest.mark.parametrize(
    ("other", "number", "standing", "text"),
    [
        ({}, 3, "fine", "Proxmox, Portainer and Traefik answer"),
        ({"products": DOWN}, 3, "wrong", "Portainer does not answer; Proxmox and Traefik answer"),
        ({"files": (Trouble("x"),)}, 1, "wrong", "10 guests, 8 stacks; 1 error"),
        ({"warnings": 1}, 1, "fine", "10 guests, 8 stacks; no errors, 1 warning"),
        ({"deployed": False}, 2, "unknown", "never deployed"),
        ({"deployed": None}, 2, "unknown", "not known without the state"),
        ({"deployed": None, "routes": ()}, 5, "unknown", "not known without the state"),
        ({"deployed": None, "routes": ()}, 7, "unknown", "not known without the state"),
        ({"last_run": LastRun("phoenix sync all", 1, 2, 0)}, 2, "fine", "phoenix sync all: in sync"),
        (
            {"last_run": LastRun("phoenix sync all", 1, 2, 4, "", ("a", "b"))},
            2,
            "wrong",
            "phoenix sync all: ended with 4, 2 failed",
        ),
        (
            {"last_run": LastRun("phoenix sync all", 1, None, None)},
            2,
            "unknown",
            "phoenix sync all: goes on, or was killed",
        ),
        ({}, 6, "fine", "1 of 1 environment answers; 1 Healthy"),
        ({"stacks": (SICK,)}, 6, "wrong", "1 of 1 environment answers; 1 Degraded"),
        ({"environments": (SILENT,)}, 6, "unknown", "0 of 1 environment answers; 1 Healthy"),
        ({"stacks": (STACK, HELD)}, 6, "fine", "1 of 1 environment answers; 2 Healthy, 1 held"),
        ({"stacks": (STACK, BLOCKED)}, 6, "wrong", "1 of 1 environment answers; 2 Healthy, 1 blocked"),
        ({"routes": (BROKEN,)}, 7, "wrong", "0 of 1 answered"),
        ({}, 7, "fine", "1 of 1 answered"),
    ],
)
def test_one_step(other: dict[str, Any], number: int, standing: str, text: str) -> None:
    step = steps(**other)[number]
    assert (step.standing, step.text) == (standing, text)


def test_core_is_wrong_if_a_run_would_change_it_and_unknown_if_nobody_compared() -> None:
    assert steps(changes=(CHANGE,))[4].standing == "wrong"
    assert "firewall rules" in steps(changes=(CHANGE,))[4].text
    assert steps(changes=None)[4].standing == "unknown"
    assert steps()[4].standing == "fine"


@pytest.mark.parametrize(
    ("other", "command"),
    [
        ({}, ""),
        ({"files": (Trouble("x", next_step="correct it"),), "products": DOWN}, "correct it"),
        ({"products": DOWN, "environments": (SILENT,)}, "nc -vz q"),
        ({"deployed": False}, "phoenix sync all --preview"),
        ({"environments": (SILENT,), "changes": (CHANGE,)}, "docker start agent"),
        ({"changes": (CHANGE,), "stacks": (SICK,)}, "phoenix plan"),
        ({"stacks": (SICK,), "routes": (BROKEN,)}, "docker logs g"),
        ({"routes": (BROKEN,)}, "phoenix check"),
    ],
)
def test_what_everything_else_waits_for_comes_first(other: dict[str, Any], command: str) -> None:
    known: dict[str, Any] = {
        "files": (),
        "products": UP,
        "environments": (ENVIRONMENT,),
        "routes": (ROUTE,),
        "stacks": (STACK,),
        "changes": (),
        "deployed": True,
    }
    assert next_command(**{**known, **other}) == command
