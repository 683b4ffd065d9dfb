"""What is said of a stack that was not sent."""

from __future__ import annotations

from collections.abc import Sequence

NOT_AGAIN = (
    "this content failed to deploy before and is not sent again unchanged"
    "\n  next:     change it, or pulumi config set phoenix:retry NAME@VMID   (several: with commas)"
)
ANOTHER_TIME = "its content is not to blame for that, so the next run sends it again"


def no_room(leaving: Sequence[str], content_problems: Sequence[str]) -> str:
    """Say who does not make room, and for want of what."""
    alone = len(leaving) == 1
    who = f"{', '.join(leaving)} {'holds' if alone else 'hold'} what it needs, and {'makes' if alone else 'make'} room"
    return not_sent([f"{who} only once all that takes the place is ready", *content_problems])


def not_sent(reasons: Sequence[str]) -> str:
    """Say why it was not."""
    return "not sent: " + "\n".join(reasons)
