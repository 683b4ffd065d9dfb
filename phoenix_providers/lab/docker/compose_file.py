"""The text of a compose file, read and checked the way compose does it: YAML, variables, known keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from phoenix_providers.lab.docker.errors import ComposeError
from phoenix_providers.lab.docker.file_objects import check_definitions
from phoenix_providers.lab.docker.inheritance import Tagged, TaggingConstructor, resolved, untagged
from phoenix_providers.lab.docker.interpolation import (
    InvalidTemplateError,
    Lookup,
    RequiredVariableError,
    substitute,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOP_LEVEL = _words("version name services networks volumes configs secrets include models")
_SERVICE = _words(
    """annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name
    cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec
    depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts entrypoint
    env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc
    isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models
    network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged
    profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size
    stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts
    volumes volumes_from working_dir"""
)
# What libyaml and Go's parser call the same thing.
_PROBLEMS = {
    "expected the node content": "did not find expected node content",
    "expected <block end>": "did not find expected key",
    "expected ',' or": "did not find expected ',' or ']'",
}


def read(text: str, path: str, lookup: Lookup) -> dict[str, Any]:
    """Return the file's content with variables replaced; raises ComposeError with compose's words."""
    data = _parse(text)
    if not isinstance(data, dict):
        raise ComposeError("Top-level object must be a mapping")
    data = {key: _interpolated(value, str(key), lookup) for key, value in data.items()}
    _check_keys(data, _TOP_LEVEL, f"validating {path}: (root) Additional property")
    services = data.get("services")
    if services is not None and not isinstance(services, dict):
        raise ComposeError(f"validating {path}: services must be a mapping")
    if not services:
        raise ComposeError("empty compose file")
    for name, service in services.items():
        if not isinstance(service, dict):
            raise ComposeError(f"validating {path}: services.{name} must be a mapping")
        _check_keys(service, _SERVICE, f"validating {path}: services.{name} Additional property")
    data = {**untagged(data), "services": resolved(services, path)}
    check_definitions(data, path)
    return data


def _parse(text: str) -> Any:
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.Constructor = TaggingConstructor
        return yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = str(error.problem or "could not parse")
        words = next((go for lib, go in _PROBLEMS.items() if problem.startswith(lib)), problem)
        raise ComposeError(f"yaml: line {line}: {words}") from None
    except YAMLError:
        raise ComposeError("yaml: control characters are not allowed") from None


def _interpolated(value: Any, path: str, lookup: Lookup) -> Any:
    if isinstance(value, dict):
        return {key: _interpolated(item, f"{path}.{key}", lookup) for key, item in value.items()}
    if isinstance(value, list):
        return [_interpolated(item, f"{path}.[]", lookup) for item in value]
    if isinstance(value, Tagged):
        return Tagged(value.tag, _interpolated(value.value, path, lookup))
    if not isinstance(value, str):
        return value
    try:
        return substitute(value, lookup)
    except InvalidTemplateError:
        hint = "You may need to escape any $ with another $."
        raise ComposeError(f"invalid interpolation format for {path}.\n{hint}\n{value}") from None
    except RequiredVariableError as error:
        raise ComposeError(f"error while interpolating {path}: {error}") from None


def _check_keys(mapping: Mapping[str, Any], known: frozenset[str], complaint: str) -> None:
    for key in mapping:
        if key not in known and not str(key).startswith("x-"):
            raise ComposeError(f"{complaint} {key} is not allowed")
