"""Nested inputs go to `check` as one text, and come out as they were declared."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from typing import Any

import pulumi
from hypothesis import given
from hypothesis import strategies as st
from pulumi.dynamic import CheckResult, ResourceProvider

from phoenix_providers import resources
from phoenix_providers.resources.engine_values import from_engine, to_engine
from phoenix_providers.resources.nested_inputs import NESTED, as_declared, as_sent
from phoenix_providers.resources.provider import PhoenixProvider, Properties

LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(LEAVES, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=10)


class _Echo(PhoenixProvider):
    stored_as_text = ("text",)
    of_one_run = ("told",)

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        return CheckResult(dict(news), [])


@given(st.dictionaries(st.sampled_from("abcd"), VALUES))
def test_what_is_declared_arrives(declared: dict[str, Any]) -> None:
    carried = {key: to_engine(value) for key, value in declared.items()}
    sent = as_sent(carried)
    assert not any(isinstance(value, dict | list) for value in sent.values())
    # The engine drops what is nothing.
    arrived = as_declared({key: value for key, value in sent.items() if value is not None})
    assert arrived == {key: value for key, value in carried.items() if value is not None}
    assert from_engine(arrived) == from_engine(carried)


def test_what_holds_an_output_goes_as_it_is() -> None:
    async def run() -> None:
        output = pulumi.Output.from_input("later")
        sent = as_sent({"a": {"b": output}, "c": ["d"], "e": output, "f": "g"})
        assert sent["a"] == {"b": output}
        assert (sent["c"], sent["f"], sent[NESTED]) == (None, "g", '{"c":["d"]}')
        assert sent["e"] is output
        await output.future()

    asyncio.run(run())


def test_nothing_nested_is_nothing_new() -> None:
    assert as_sent({"a": 1, "b": None}) == {"a": 1, "b": None}


def test_what_the_engine_keeps_of_the_last_run_counts() -> None:
    """It puts old values of ignored inputs among the new ones."""
    sent = as_sent({"records": ["new"], "other": {"a": 1}})
    assert as_declared({**sent, "records": ["old"]}) == {"records": ["old"], "other": {"a": 1}}


def test_check_gives_no_trace_of_it() -> None:
    sent = as_sent(to_engine({"text": {"a": 1}, "told": ["b"], "plain": {"c": [1]}, "one": "d"}))
    checked = _Echo().check({}, {key: value for key, value in sent.items() if value is not None})
    assert checked.inputs == {"text": '{"a":1}', "plain": {"c": [1]}, "one": "d"}


def test_every_provider_has_a_check_that_takes_it() -> None:
    """The SDK's own alone would put the text into the state."""
    for module in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}."):
        importlib.import_module(module.name)
    found = [kind for kind in _all(PhoenixProvider) if kind.__module__.startswith(f"{resources.__name__}.")]
    assert len(found) > 12
    for kind in found:
        assert kind.check is not ResourceProvider.check
        assert hasattr(kind.check, "__wrapped__")


def test_the_sdks_own_check_takes_it() -> None:
    class Plain(PhoenixProvider):
        pass

    checked = Plain().check({}, {NESTED: '{"a":{"b":1}}', "c": 2.0, "__provider": "x"})
    assert checked.inputs == {"a": {"b": 1}, "c": 2}


def _all(kind: type[PhoenixProvider]) -> list[type[PhoenixProvider]]:
    return [kind for child in kind.__subclasses__() for kind in (child, *_all(child))]
