"""What can go wrong in the plugin; messages are worded as the real plugin words them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class PluginError(Exception):
    """Shown to the user by the engine; nothing about the resource is recorded."""


class ApiError(PluginError):
    """Proxmox refused, or did not answer."""


class NoSuchRuleError(ApiError):
    """There is no rule at that position."""


class IncompleteError(PluginError):
    """The object exists, but could not be brought to its end; the engine records `state` and tries again."""

    def __init__(self, state: Mapping[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.state = state


def joined(errors: Sequence[Exception]) -> PluginError:
    """Make one error of several."""
    if len(errors) == 1:
        return PluginError(str(errors[0]))
    listed = "".join(f"\n\t* {error}" for error in errors)
    return PluginError(f"{len(errors)} errors occurred:{listed}")
