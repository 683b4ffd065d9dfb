from __future__ import annotations

import json
from typing import Any

import pytest

from phoenix_providers.planning.site.graph.stacks import remark
from phoenix_providers.planning.site.rendering import render

COMPOSE = "services:\n  web:\n    image: nginx\n    ports: ['8080:80']\n"


@pytest.mark.parametrize(
    ("hold", "withdrawn", "routes"), [(True, False, "stay as they are"), ("without-routes", True, "are withdrawn")]
)
def test_it_is_said_and_is_no_error(make_plan: Any, hold: object, withdrawn: bool, routes: str) -> None:
    manifest = json.dumps({"x-phoenix": {"hold": hold, "probe": "required"}}).encode()
    plan = make_plan({"web": (COMPOSE, {})}, files={"web/phoenix.json": manifest})
    (stack,) = plan.stacks
    assert (stack.untouched, stack.withdraws_routes, stack.problems) == (True, withdrawn, ())
    # Whoever holds it does not demand that it answers.
    assert not stack.demands_answer
    (said,) = [problem for problem in plan.every_problem if "is held" in problem.message]
    assert said.message == f"{stack.resource_name} is held: nothing of it is changed, its routes {routes}"
    assert said.location.path == "x-phoenix.hold"
    assert render(plan)["stacks"][0]["held"] is True
    assert remark(stack) == "held"


def test_errors_of_one_that_is_held_are_errors_and_its_routes_stay(make_plan: Any) -> None:
    manifest = json.dumps({"x-phoenix": {"hold": "without-routes"}}).encode()
    plan = make_plan({"web": (COMPOSE.replace("ports", "prots"), {})}, files={"web/phoenix.json": manifest})
    (stack,) = plan.stacks
    assert stack.blocking
    assert stack.keeps_routes
    assert not stack.withdraws_routes


def test_what_is_said_to_us_in_the_compose_file_would_do_nothing(make_plan: Any) -> None:
    plan = make_plan({"web": (f"x-phoenix: {{hold: true}}\n{COMPOSE}", {})})
    (problem,) = plan.stacks[0].blocking
    assert "phoenix.yaml" in problem.expected
    assert problem.location.line == 1
