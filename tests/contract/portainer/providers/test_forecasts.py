"""What is said of a stack before a run, beside what the run then does."""

from __future__ import annotations

from typing import Any

from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.stacks.image_foresight import foresee_images, note
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


def test_a_stack_whose_image_will_not_be_had_is_not_sent(world: Any) -> None:
    world.bring_environment_up()
    stack = world.stack()
    stack.up(world.inputs(WEB))
    news = world.inputs(WEB.replace("busybox:lab", "nosuch/thing:1"))
    assert forecast_of(stack.state, news).sending is Sending.SENT
    note(stack.state, news, str, is_known=True)
    (said,) = foresee_images(clients_of_run.current(), ["web@111"], ())
    found = forecast_of(stack.state, news)
    assert found.sending is Sending.REFUSED
    assert not found.containers
    assert found.why[0] in said
