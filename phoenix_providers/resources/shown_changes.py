"""Which properties of a change `pulumi preview --diff` shows: those that differ, less those that only we read.

The engine shows everything of a resource that changes, unless the provider names what has changed. The SDK's answer has
a field for these names, and its class of results has none. So each comparison notes them for its thread, and the answer
is made with them.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Mapping
from typing import Any

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.resources.unknown_values import has_unknown

# The engine takes no name at all for all of them. It shows nothing of a property that is not there.
_NOTHING = "__nothing"
_of_thread = threading.local()


def note_changes(olds: object, news: object, unshown: Collection[str], shown: Collection[str] = ()) -> None:
    """Note what one comparison has found, and what else is to be shown."""
    if isinstance(olds, Mapping) and isinstance(news, Mapping):
        _of_thread.names = [*changed(olds, news, unshown), *shown] or [_NOTHING]


def changed(olds: StoredProperties, news: StoredProperties, unshown: Collection[str]) -> list[str]:
    """Return the names of properties that differ; what is not known yet does."""
    keys = {*olds, *news} - set(unshown)
    return sorted(key for key in keys if has_unknown(news.get(key)) or olds.get(key) != news.get(key))


def tell_changes() -> None:
    """Let the process that the SDK runs for our providers answer with these names.

    Where the SDK makes its answers otherwise, everything stays as it is.
    """
    main = sys.modules.get("__main__")
    messages = getattr(main, "proto", None)
    if main is not None and hasattr(messages, "DiffResponse") and not isinstance(messages, _Messages):
        main.proto = _Messages(messages)  # type: ignore[attr-defined]


class _Messages:
    """The SDK's messages, of which one is made by us."""

    def __init__(self, messages: Any) -> None:
        self._messages = messages
        self.DiffResponse = _Answers(messages.DiffResponse)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messages, name)


class _Answers:
    """Makes answers; has the class's constants as well."""

    def __init__(self, made_by: Any) -> None:
        self._made_by = made_by

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made_by, name)

    def __call__(self, **fields: Any) -> Any:
        names, _of_thread.names = getattr(_of_thread, "names", None), None
        return self._made_by(**fields, **({"diffs": names} if names else {}))
