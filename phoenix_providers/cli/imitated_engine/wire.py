"""Values as the program sends them to the engine, and gets them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from phoenix_providers.cli.imitated_engine.stored_state import SECRET, SIGNATURE
from phoenix_providers.models.engine_properties import Properties, StoredProperties


def received(message: struct_pb2.Struct) -> Properties:
    """Return what the program has sent: secrets in clear, and marks for what nobody knows yet."""
    return {key: _received(value) for key, value in message.fields.items()}


def sent(properties: StoredProperties) -> struct_pb2.Struct:
    """Return properties as the program takes them."""
    message = struct_pb2.Struct()
    message.update({key: _sent(value) for key, value in properties.items()})
    return message


def _received(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
            return _received(fields["value"])
        return {key: _received(item) for key, item in fields.items()}
    if kind == "list_value":
        return [_received(item) for item in value.list_value.values]
    if kind == "string_value":
        return _unknown() if value.string_value == UNKNOWN else value.string_value
    return None if kind in (None, "null_value") else getattr(value, kind)


def _unknown() -> Unknown:
    return Unknown()  # type: ignore[no-untyped-call]


def _sent(value: Any) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {key: _sent(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_sent(item) for item in value]
    return value
