"""Whether a compose file has nothing but what most have, in forms that the published schema takes for certain.

That schema's library takes long to load and to judge. It judges all files of which this is not said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from phoenix_providers.models.compose_records import ComposeTree

_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_CONTAINER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}

Fits = Callable[[Any], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool | str)


def _is_size(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _are_texts_or_numbers(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_size, value)) and len(set(map(str, value))) == len(value)


def _is_text_or_texts(value: object) -> bool:
    return _is_text(value) or _are_texts(value)


def _is_command(value: object) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))


def _are_values(value: object) -> bool:
    """Whether it is what environments and labels are: a list of texts, or a map of simple values."""
    if not isinstance(value, dict):
        return _are_texts(value)
    return all(isinstance(key, str) and key and "\n" not in key for key in value) and all(
        item is None or isinstance(item, str | int) for item in value.values()
    )


def _is_container(value: object) -> bool:
    return isinstance(value, str) and _CONTAINER.fullmatch(value) is not None


def _has_only(forms: Mapping[str, Fits], value: object) -> bool:
    return isinstance(value, dict) and all(key in forms and forms[key](item) for key, item in value.items())


def _is_named(fits: Fits, value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and _NAME.fullmatch(name) and fits(item) for name, item in value.items()
    )


def _waits(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"condition"} and str(value["condition"]) in _CONDITIONS


def _are_dependencies(value: object) -> bool:
    return _are_texts(value) or _is_named(_waits, value)


_HEALTH: Mapping[str, Fits] = {
    **dict.fromkeys(("interval", "timeout", "start_period"), _is_text),
    "test": _is_command,
    "retries": _is_size,
}
_LOGGING: Mapping[str, Fits] = {"driver": _is_text, "options": partial(_is_named, _is_size)}
_SERVICE: Mapping[str, Fits] = {
    **dict.fromkeys(
        ("image", "restart", "hostname", "user", "working_dir", "network_mode", "stop_grace_period"), _is_text
    ),
    **dict.fromkeys(("privileged", "init", "read_only", "tty", "stdin_open"), _is_flag),
    **dict.fromkeys(("shm_size", "mem_limit"), _is_size),
    **dict.fromkeys(("volumes", "devices", "cap_add", "cap_drop", "security_opt", "networks", "profiles"), _are_texts),
    **dict.fromkeys(("ports", "expose"), _are_texts_or_numbers),
    **dict.fromkeys(("environment", "labels"), _are_values),
    **dict.fromkeys(("command", "entrypoint"), _is_command),
    **dict.fromkeys(("dns", "tmpfs", "env_file"), _is_text_or_texts),
    "container_name": _is_container,
    "depends_on": _are_dependencies,
    "healthcheck": partial(_has_only, _HEALTH),
    "logging": partial(_has_only, _LOGGING),
}
_OBJECT: Mapping[str, Fits] = {"name": _is_text, "external": lambda value: isinstance(value, bool)}


def _is_object(value: object) -> bool:
    return value is None or _has_only(_OBJECT, value)


_FILE: Mapping[str, Fits] = {
    "version": _is_text,
    "name": _is_text,
    "services": partial(_is_named, partial(_has_only, _SERVICE)),
    "volumes": partial(_is_named, _is_object),
    "networks": partial(_is_named, _is_object),
}


def is_plain(model: ComposeTree) -> bool:
    """Whether the schema has nothing against a file, for certain; most files say nothing else."""
    return _has_only(_FILE, model)
