"""Lists in which compose takes an entry that stands there twice as one, before it judges the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from phoenix_providers.models.compose_records import ComposeTree

Step = str | int

# "*" stands for any name (compose-go 2, `override/uncity.go`).
_PATTERNS = tuple(
    tuple(pattern.split("."))
    for pattern in (
        "networks.*.labels",
        "networks.*.ipam.options",
        "services.*.deploy.labels",
        "services.*.networks.*.aliases",
        "services.*.networks.*.link_local_ips",
        *(f"services.*.build.{key}" for key in ("args", "additional_contexts", "extra_hosts", "tags", "labels")),
        *(
            f"services.*.{key}"
            for key in (
                *("annotations", "cap_add", "cap_drop", "configs", "devices", "dns", "dns_opt", "dns_search"),
                *("env_file", "environment", "expose", "extra_hosts", "labels", "links", "ports", "profiles"),
                *("secrets", "sysctls", "tmpfs", "volumes"),
            )
        ),
    )
)


def without_repetition(model: ComposeTree) -> tuple[Any, Callable[[tuple[Step, ...]], tuple[Step, ...]]]:
    """Return the model with such entries once, and what turns a path in it into one in the model that was given."""
    kept: dict[tuple[Step, ...], list[int]] = {}

    def back(path: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(
            kept[path[:depth]][step] if isinstance(step, int) and path[:depth] in kept else step
            for depth, step in enumerate(path)
        )

    return _reduced(model, (), kept), back


def _reduced(value: Any, path: tuple[Step, ...], kept: dict[tuple[Step, ...], list[int]]) -> Any:
    if isinstance(value, Mapping):
        return {key: _reduced(item, (*path, key), kept) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    indices = list(range(len(value)))
    if any(_fits(path, pattern) for pattern in _PATTERNS):
        written = [json.dumps(item, default=str, sort_keys=True) for item in value]
        indices = [index for index in indices if written[index] not in written[:index]]
    kept[path] = indices
    return [_reduced(value[index], (*path, at), kept) for at, index in enumerate(indices)]


def _fits(path: tuple[Step, ...], pattern: tuple[str, ...]) -> bool:
    return len(path) == len(pattern) and all(wanted in ("*", step) for step, wanted in zip(path, pattern, strict=True))
