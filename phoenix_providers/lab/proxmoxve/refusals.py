"""Errors as the engine takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from phoenix_providers.lab.proxmoxve.errors import PluginError, listed


def refuse(context: Any, reason: str) -> NoReturn:
    """End a call with an error; the engine records nothing."""
    context.abort(grpc.StatusCode.UNKNOWN, reason)
    raise AssertionError("abort does not return")


def refuse_incomplete(context: Any, identifier: str, state: Mapping[str, Any], reason: str) -> NoReturn:
    """End a call with an error, after which the engine records the state and tries again in the next run."""
    detail = provider_pb2.ErrorResourceInitFailed(id=identifier, reasons=[reason])
    detail.properties.update(dict(state))
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    refuse(context, reason)


@contextmanager
def refusing(context: Any, doing: str = "") -> Iterator[None]:
    """Turn the plugin's errors into refusals that say what was being done."""
    try:
        yield
    except PluginError as error:
        refuse(context, doing + listed(error.reasons))
