"""What is said of a stack before a run, beside what the run then does."""

from __future__ import annotations

from typing import Any

from phoenix_providers.operations.stacks.stack_forecasts import forecast_of
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"


def test_an_environment_that_gets_another_name_is_still_that_of_its_stacks(world: Any) -> None:
    world.bring_environment_up()
    stack = world.stack()
    stack.up(world.inputs(WEB))
    # Before the run nobody knows its number: the resource that has it is about to change.
    news = {key: value for key, value in world.inputs(WEB).items() if key != "environment_id"}
    found = forecast_of(stack.state, news | {"environment": "apps"})
    assert found.sending is Sending.NOT_NEEDED
    assert [(one.service, one.fate.value) for one in found.containers] == [("web", "untouched")]
