"""Values that compose converts when it loads a file: what it cannot convert, it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.specification.value_texts import (
    flag,
    fraction,
    is_command_line,
    is_duration,
    size,
    whole,
)
from phoenix_providers.planning.findings import Findings

Step = str | int
# Tells what is expected of a text that does not fit; nothing when it fits.
_Form = Callable[[Any], str]


def check_value_forms(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report them, in all services: compose converts before it looks at profiles."""
    for pattern, form in _FORMS.items():
        for path, value in _found(compose.model, tuple(pattern.split(".")), ()):
            expected = form(value)
            if not expected or path in compose.hidden:
                continue
            findings.error(
                f"compose would refuse {'.'.join(map(str, path))}",
                locate(*path),
                seen="an empty text" if value == "" else str(value),
                expected=expected,
            )


def _flag(value: Any) -> str:
    return "true or false" if isinstance(value, str) and flag(value) is None else ""


def _whole(value: Any) -> str:
    return "a whole number" if isinstance(value, str) and whole(value) is None else ""


def _count(value: Any) -> str:
    number = whole(value) if isinstance(value, str) else value
    wrong = number is None if isinstance(value, str) else False
    return "a whole number, not below 0" if wrong or (isinstance(number, int) and number < 0) else ""


def _fraction(value: Any) -> str:
    return "a number, such as 0.5" if isinstance(value, str) and fraction(value) is None else ""


def _duration(value: Any) -> str:
    return "a duration, such as 1m30s" if isinstance(value, str) and not is_duration(value) else ""


def _size(value: Any) -> str:
    return "a size, such as 512m" if isinstance(value, str) and size(value) is None else ""


def _devices(value: Any) -> str:
    return "a whole number, or all" if isinstance(value, str) and value.lower() != "all" and _whole(value) else ""


def _command(value: Any) -> str:
    fits = not isinstance(value, str) or is_command_line(value)
    return "" if fits else "quotes and brackets in pairs (brackets of the shell in quotes), or a list of words"


def _present(value: Any) -> str:
    return "a value, or no such key" if value is None else ""


# "*" is any name, "[]" any entry of a list.
_FORMS: Mapping[str, _Form] = {
    **{
        f"services.*.{key}": form
        for form, keys in (
            (
                _flag,
                "init oom_kill_disable privileged read_only stdin_open tty healthcheck.disable volumes.[].read_only",
            ),
            (_flag, "volumes.[].volume.nocopy volumes.[].bind.create_host_path"),
            (_whole, "cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares oom_score_adj pids_limit"),
            (_whole, "configs.[].mode secrets.[].mode ports.[].target ulimits.* ulimits.*.hard ulimits.*.soft"),
            (_whole, "deploy.update_config.parallelism deploy.rollback_config.parallelism"),
            (_whole, "deploy.restart_policy.max_attempts deploy.placement.max_replicas_per_node"),
            (_count, "healthcheck.retries scale deploy.replicas"),
            (_fraction, "cpu_percent cpus deploy.resources.limits.cpus deploy.resources.reservations.cpus"),
            (_fraction, "deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio"),
            (_duration, "stop_grace_period deploy.update_config.delay deploy.update_config.monitor"),
            (_duration, "deploy.rollback_config.delay deploy.rollback_config.monitor"),
            (_duration, "deploy.restart_policy.delay deploy.restart_policy.window"),
            (_duration, "healthcheck.interval healthcheck.timeout healthcheck.start_period healthcheck.start_interval"),
            (_size, "mem_limit mem_reservation mem_swappiness memswap_limit shm_size volumes.[].tmpfs.size"),
            (_size, "deploy.resources.limits.memory deploy.resources.reservations.memory"),
            (_size, "blkio_config.device_read_bps.[].rate blkio_config.device_write_bps.[].rate"),
            (_size, "blkio_config.device_read_iops.[].rate blkio_config.device_write_iops.[].rate"),
            (_devices, "deploy.resources.reservations.devices.[].count gpus.[].count"),
            (_command, "command entrypoint"),
            (_present, "pid"),
        )
        for key in keys.split()
    },
    **{f"networks.*.{key}": _flag for key in ("external", "internal", "attachable", "enable_ipv4", "enable_ipv6")},
    **{f"{section}.*.external": _flag for section in ("volumes", "secrets", "configs")},
}


def _found(value: Any, pattern: tuple[str, ...], path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Yield path and value of everything that a pattern names."""
    if not pattern:
        yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    if step == "[]":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _found(item, rest, (*path, index))
    elif isinstance(value, Mapping):
        for key in value if step == "*" else [step] if step in value else []:
            yield from _found(value[key], rest, (*path, key))
