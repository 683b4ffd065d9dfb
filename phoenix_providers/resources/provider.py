"""What all providers share: settings from the engine, and errors without tracebacks.

Providers hold no state of their own: their serialized form stays about 40 characters and equal from run to run.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, ParamSpec, TypeVar

from pulumi.dynamic import ConfigureRequest, CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult
from pulumi.output import Unknown

from phoenix_providers.errors import PhoenixError
from phoenix_providers.planning.secrecy import scrubbed
from phoenix_providers.resources import connections
from phoenix_providers.resources.silence_watch import start_watch

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Properties = dict[str, Any]

PROVIDER_KEY = "__provider"
AS_DECLARED = "as declared"


class PhoenixProvider(ResourceProvider):
    """Base of the dynamic providers; its subclasses' names are stored in the state of every user."""

    serialize_as_secret_always: ClassVar[bool] = False  # type: ignore[misc]

    def configure(self, req: ConfigureRequest) -> None:
        """Take settings and credentials from the stack configuration."""
        is_plugin = _is_plugin_process()
        if is_plugin:
            sys.tracebacklimit = 0
        if not connections.configure(req.config) or not is_plugin:
            return
        if proxmox := req.config.get("proxmoxve:endpoint") or os.environ.get("PROXMOX_VE_ENDPOINT"):
            start_watch(connections.current(), str(proxmox))


def explained(method: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Turn our errors into ones that the engine prints as we wrote them, without a traceback."""

    @functools.wraps(method)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return method(*args, **kwargs)
        except PhoenixError as error:
            raise _as_shown(error) from None

    return wrapper


def has_unknown(value: object) -> bool:
    """Whether a value, at any depth, is not known before the run."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return False


def own(properties: Mapping[str, Any]) -> Properties:
    """Return the properties without the serialized provider."""
    return {key: value for key, value in properties.items() if key != PROVIDER_KEY}


def differs(olds: Mapping[str, Any], news: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    """Whether any of the keys changed; what is not known yet counts as changed."""
    return any(has_unknown(news.get(key)) or olds.get(key) != news.get(key) for key in keys)


def told(error: PhoenixError) -> str:
    """Return an error's text without what nobody may see; products repeat what they were given."""
    return scrubbed(str(error), connections.secret_values())


def _as_shown(error: PhoenixError) -> Exception:
    """Make an exception whose printed form is our message.

    Python prints `module.Class: text`; a class of `builtins` is printed without its module.
    """
    shown = type(error.label, (Exception,), {"__module__": "builtins"})
    result: Exception = shown(told(error))
    return result


def _is_plugin_process() -> bool:
    """Whether the engine started this process: there users never see a traceback. Neither tests nor the program."""
    main = sys.modules.get("__main__")
    return getattr(getattr(main, "__spec__", None), "name", "") == "pulumi.dynamic.__main__"


__all__ = [
    "AS_DECLARED",
    "PROVIDER_KEY",
    "CreateResult",
    "DiffResult",
    "PhoenixProvider",
    "Properties",
    "ReadResult",
    "UpdateResult",
    "differs",
    "explained",
    "has_unknown",
    "own",
    "told",
]
