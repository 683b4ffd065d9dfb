"""Ends the plugin with its engine: a plugin that nobody asks any more must not stay behind."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import grpc

# As the real plugin does: it asks every five minutes, and ends when there is no answer.
EVERY = 300.0

_GLANCE = 1.0
_ANSWER = 5.0


def wait_for_the_end(
    stopped: threading.Event, address: str, every: float = EVERY, now: Callable[[], float] = time.monotonic
) -> None:
    """Return when told to stop, when the process that started this one has gone, or when the engine does not answer."""
    parent, asked = os.getppid(), now()
    while not stopped.wait(min(_GLANCE, every)) and os.getppid() == parent:
        if now() - asked >= every:
            if not engine_answers(address):
                return
            asked = now()


def engine_answers(address: str) -> bool:
    """Whether something that speaks gRPC listens there; the engine need not know the question."""
    with grpc.insecure_channel(address) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        try:
            check(b"", timeout=_ANSWER)
        except grpc.RpcError as error:
            return bool(error.code() is grpc.StatusCode.UNIMPLEMENTED)
    return True
