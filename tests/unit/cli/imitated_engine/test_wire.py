"""Values between the program and the imitated engine."""

from __future__ import annotations

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.cli.imitated_engine.stored_state import SECRET, SIGNATURE
from phoenix_providers.cli.imitated_engine.wire import received, sent


def test_what_the_program_sends_is_read_in_clear() -> None:
    message = Struct()
    message.update(
        {
            "number": 7,
            "texts": ["a", None, True],
            "map": {"secret": {SIGNATURE: SECRET, "value": {"in": "clear"}}},
            "secret": {SIGNATURE: SECRET, "value": "canary"},
        }
    )
    assert received(message) == {
        "number": 7.0,
        "texts": ["a", None, True],
        "map": {"secret": {"in": "clear"}},
        "secret": "canary",
    }


def test_what_nobody_knows_yet_is_a_mark_both_ways() -> None:
    message = sent({"known": 1, "later": Unknown(), "deep": {"list": [Unknown()]}})
    assert MessageToDict(message) == {"known": 1.0, "later": UNKNOWN, "deep": {"list": [UNKNOWN]}}
    found = received(message)
    assert isinstance(found["later"], Unknown)
    assert isinstance(found["deep"]["list"][0], Unknown)
