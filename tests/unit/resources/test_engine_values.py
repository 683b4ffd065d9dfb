"""Values that went through the engine are what they were: numbers, texts that look like some, and what is empty."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.runtime import rpc

from phoenix_providers.errors import ProductError
from phoenix_providers.resources.engine_values import from_engine, to_engine
from phoenix_providers.resources.provider import PhoenixProvider, Properties

KEYS = st.text(st.characters(codec="utf-8"), max_size=4).filter(lambda key: key != rpc._special_sig_key)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: number % 1 != 0)
SCALARS = st.booleans() | NUMBERS | TEXTS | TEXTS.map("#whole:{}".format) | st.integers().map("#whole:{}".format)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner | st.none(), max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


def through_engine(properties: dict[str, Any]) -> dict[str, Any]:
    """Send properties from one process to the state, and from there to another."""
    loop = asyncio.new_event_loop()
    try:
        structure = loop.run_until_complete(rpc.serialize_properties(properties, {}))
    finally:
        loop.close()
    arrived: dict[str, Any] = json.loads(json.dumps(rpc.deserialize_properties(structure)))
    return arrived


@given(value=VALUES)
def test_every_value_comes_back(value: Any) -> None:
    back = from_engine(through_engine({"x": to_engine(value)}))
    # In JSON 10 and 10.0, and true and 1, are not the same; a map has no order on its way.
    assert json.dumps(back, sort_keys=True) == json.dumps({"x": value}, sort_keys=True)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (10.0, 10),
        (-1.0, -1),
        (0.5, 0.5),
        (1e300, 1e300),
        (True, True),
        ("10", "10"),
        ("10.0", "10.0"),
        ({"compress": {}, "list": [], "none": None}, {"compress": {}, "list": []}),
        ([None, [1.0, [2.0]], {}], [None, [1, [2]], {}]),
    ],
)
def test_what_a_state_holds_is_read_as_it_was_meant(stored: Any, read: Any) -> None:
    assert repr(from_engine(stored)) == repr(read)


class EchoProvider(PhoenixProvider):
    """Gives back what it gets, so that a test sees both."""

    seen: tuple[Any, ...] = ()

    def check(self, olds: Properties, news: Properties) -> CheckResult:
        EchoProvider.seen = (olds, news)
        return CheckResult(news, [])

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        EchoProvider.seen = (olds, news)
        return DiffResult(changes=False)

    def create(self, props: Properties) -> CreateResult:
        EchoProvider.seen = (props,)
        return CreateResult("1", props)

    def read(self, id_: str, props: Properties) -> ReadResult:
        EchoProvider.seen = (props,)
        return ReadResult(id_, props, props)

    def update(self, _id: str, olds: Properties, news: Properties) -> UpdateResult:
        EchoProvider.seen = (olds, news)
        return UpdateResult(news)

    def delete(self, _id: str, props: Properties) -> None:
        EchoProvider.seen = (props,)


@pytest.mark.parametrize("method", ["check", "diff", "create", "read", "update", "delete"])
def test_no_method_of_a_provider_meets_or_gives_anything_else(method: str) -> None:
    properties = {"small": 10.0, "large": "#whole:9007199254740993", "gone": None}
    arguments = {"check": 2, "diff": 2, "update": 2}.get(method, 1) * [properties]
    number = [] if method in {"check", "create"} else ["1"]
    result = getattr(EchoProvider(), method)(*number, *arguments)
    assert EchoProvider.seen == ({"small": 10, "large": 2**53 + 1},) * len(arguments)
    for name in ("inputs", "outs"):
        given_back = getattr(result, name, None)
        assert given_back is None or given_back == {"small": 10, "large": "#whole:9007199254740993"}


def test_what_a_state_lacks_is_told_without_a_traceback() -> None:
    class Reader(EchoProvider):
        def read(self, id_: str, props: Properties) -> ReadResult:
            return ReadResult(id_, {"file": props["file"]})

    with pytest.raises(Exception, match="the state of this resource has no 'file'") as raised:
        Reader().read("1", {"target": "/etc"})
    assert type(raised.value).__name__ == ProductError.label
