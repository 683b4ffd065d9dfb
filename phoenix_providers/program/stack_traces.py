"""The SDK tells the engine for each resource which lines of Python have declared it, and the engine stores that.

It would be a third of the state: paths of one computer, which another one writes anew, and which nobody reads.
"""

from __future__ import annotations

from pulumi.runtime import resource as registration
from pulumi.runtime.proto import source_pb2


def leave_out() -> None:
    """Tell the engine nothing of them; the SDK has no setting for it."""
    registration._get_stack_trace = source_pb2.StackTrace  # type: ignore[assignment]
