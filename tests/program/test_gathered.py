"""Many outputs as one: as the SDK's own way has it, without a task for each part of each."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.program.gathered import gathered


class Nothing(Mocks):
    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return args.name, dict(args.inputs)

    def call(self, _args: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return {}, []


@pytest.fixture
def loop(event_loop: None) -> asyncio.AbstractEventLoop:
    set_mocks(Nothing(), "phoenix", "test", preview=True)
    return asyncio.get_event_loop_policy().get_event_loop()


async def facts(output: pulumi.Output[Any]) -> tuple[Any, bool, bool, set[Any]]:
    return await output.future(), await output.is_known(), await output.is_secret(), await output.resources()


def of(value: Any, resource: Any = None, *, known: bool = True, secret: bool = False) -> pulumi.Output[Any]:
    def told(result: Any) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.set_result(result)
        return future

    return pulumi.Output({resource} if resource else set(), told(value), told(known), told(secret))


@pytest.mark.parametrize(
    "make",
    [
        lambda: {},
        lambda: "text",
        lambda: {"a": of({"b": [1, "c"]}, "one"), "d": of("e", "two")},
        lambda: {"a": {"b": of("c", "one", secret=True), "d": "e"}, "f": ["g", of(None, "two")]},
        lambda: {"a": of("b", "one"), "c": of(None, "two", known=False)},
        lambda: {"a": of({"b": UNKNOWN}, "one")},
        lambda: [of("a", "one"), of({}, "two", secret=True), 3],
    ],
)
def test_it_is_what_the_sdk_makes_of_them(loop: asyncio.AbstractEventLoop, make: Any) -> None:
    async def both() -> tuple[Any, Any]:
        return await facts(gathered(make())), await facts(pulumi.Output.from_input(make()))

    ours, theirs = loop.run_until_complete(both())
    assert ours[1:] == theirs[1:]
    assert ours[0] == theirs[0] or not ours[1]


def test_one_that_fails_is_told_once(loop: asyncio.AbstractEventLoop) -> None:
    async def failing() -> Any:
        raise ValueError("as it is")

    async def run() -> None:
        output = gathered({"a": pulumi.Output.from_input(failing()), "b": "c"}).apply(lambda found: found["b"])
        with pytest.raises(ValueError, match="as it is"):
            await output.future()
        pulumi.runtime.settings.SETTINGS.outputs.clear()

    loop.run_until_complete(run())
