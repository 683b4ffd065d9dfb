"""How `phoenix` ends, from how the engine has ended and from what was said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from phoenix_providers.errors import InterruptedRunError, PhoenixError, labels
from phoenix_providers.models.engine_properties import EngineRecord

# On a terminal the engine's event log keeps the marks from which it makes colours, such as `<{%fg 1%}>`.
_COLOUR_MARK = re.compile(r"<\{%[^%]*%\}>")
_CANCELED = re.compile("(update|preview) canceled")


def exit_code(engine_code: int, messages: Iterable[str]) -> int:
    """Find our exit code from the engine's: the labels in front of our own messages tell it.

    They count in a run that ended well, too: a preview shows what is blocked. Newer engines end with 8 when they were
    interrupted; older ones say "update canceled" or "preview canceled".
    """
    messages = [_COLOUR_MARK.sub("", message) for message in messages]
    if engine_code == InterruptedRunError.exit_code or any(_CANCELED.search(message) for message in messages):
        return InterruptedRunError.exit_code
    found = [
        code
        for message in messages
        for line in message.splitlines()
        for label, code in labels().items()
        if line.strip().startswith(f"{label}:")
    ]
    return min(found, default=PhoenixError.exit_code if engine_code else 0)


def messages(events: Iterable[EngineRecord]) -> list[str]:
    """Return what a run told, from what it reported, without marks for colours."""
    told = (str(event["diagnosticEvent"].get("message", "")) for event in events if "diagnosticEvent" in event)
    return [_COLOUR_MARK.sub("", message) for message in told]
