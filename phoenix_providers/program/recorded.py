"""What the state has already, as the engine itself tells the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from phoenix_providers.clock import Clock, Deadline, SystemClock
from phoenix_providers.errors import ProductError

# Built into the engine: the resources of a stack as they were recorded last.
_READ_STATE = "pulumi:pulumi:readStackResourceOutputs"
_READABLE_WITHIN_SECONDS = 10.0
_PAUSE_SECONDS = 0.1
# The engine saves the state while the program starts. A backend in a folder writes a small file of attributes beside
# the state, not in one step: who reads in that moment gets this error and "EOF".
_BEING_SAVED = "failed to load checkpoint"


def recorded_names(clock: Clock | None = None) -> frozenset[str]:
    """Return the names of all resources in the state of this stack, in preview too.

    Raises:
        ProductError: The state stays unreadable.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    answer = _read_state(stack, clock or SystemClock())
    return frozenset(urn.rpartition("::")[2] for urn in answer.get("outputs") or {})


def _read_state(stack: str, clock: Clock) -> Mapping[str, Any]:
    deadline = Deadline.after(clock, _READABLE_WITHIN_SECONDS)
    while True:
        try:
            return pulumi.runtime.invoke(_READ_STATE, {"stackName": stack}).value or {}
        except Exception as error:  # the SDK raises nothing narrower
            if _BEING_SAVED not in str(error):
                raise
            if deadline.passed:
                raise ProductError(
                    "the engine could not read the state of this stack",
                    where=stack,
                    seen=str(error).rpartition(": ")[2],
                    expected="a readable state",
                    next_step="pulumi stack export",
                ) from error
        clock.sleep(_PAUSE_SECONDS)
