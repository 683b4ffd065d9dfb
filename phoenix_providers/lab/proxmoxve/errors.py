"""What can go wrong in the plugin; messages are worded as the real plugin words them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any


class PluginError(Exception):
    """Shown to the user by the engine; nothing about the resource is recorded."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class ApiError(PluginError):
    """Proxmox refused, or did not answer."""


class NoDataError(ApiError):
    """The answer has no data; the real plugin tells it without saying what it was doing."""


class NoSuchRuleError(ApiError):
    """There is no rule at that position."""


class IncompleteError(PluginError):
    """The object exists, but could not be brought to its end; the engine records `state` and tries again."""

    def __init__(self, state: Mapping[str, Any], reasons: Sequence[str]) -> None:
        super().__init__(*reasons)
        self.state = state


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Say what was being done when Proxmox refused."""
    try:
        yield
    except NoDataError:
        raise
    except ApiError as error:
        raise type(error)(f"{what}: {error}") from None


def joined(errors: Sequence[PluginError]) -> PluginError:
    """Make one error of several."""
    return PluginError(*(reason for error in errors for reason in error.reasons))


def listed(reasons: Sequence[str]) -> str:
    """Return reasons as the real plugin's libraries list them, also when there is only one."""
    count = f"{len(reasons)} error{'s' if len(reasons) > 1 else ''} occurred:\n"
    return count + "".join(f"\t* {reason}\n" for reason in reasons) + "\n"
