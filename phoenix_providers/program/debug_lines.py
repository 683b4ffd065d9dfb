"""Keeps the SDK's own lines for debugging from the engine where nobody would see them.

The SDK sends several for each resource, each with a call of its own that it waits for: a sixth of the program's time.
"""

from __future__ import annotations

import pulumi

from phoenix_providers.operations.debug_lines import nobody_sees_them


def leave_out_unseen_lines() -> None:
    """Drop them for the rest of the process, unless the run was called so that they are shown or kept."""
    if nobody_sees_them():
        # The SDK finds the function there for each line. One that did not would send them as before.
        vars(pulumi.log)["debug"] = _not_sent


def _not_sent(msg: str, *_: object, **__: object) -> None:
    """Take what `pulumi.log.debug` takes."""
