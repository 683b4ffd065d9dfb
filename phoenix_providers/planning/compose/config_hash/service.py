"""A compose service in the form of which compose takes its configuration hash.

Compose hashes the JSON of its own structure: fields in the order of that structure, maps sorted, short forms written
out. Written here is what all releases from 2.26 to 2.40 do alike; everything else is unknown, never guessed.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode, ComposeShape
from phoenix_providers.planning.compose.config_hash.ports import port_shapes
from phoenix_providers.planning.compose.config_hash.unknown import UnknownShapeError
from phoenix_providers.planning.compose.config_hash.values import duration, flag, memory, number, pairs, text, texts

_OBJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]+")
_QUOTED = re.compile(r"'[^'\n]+'|\"[^\"$`\\\n]+\"")
_SHELL = frozenset("\\`$;&|<>()#!{}*?[]~\n\t'\"")
_OWN_NETWORK = frozenset({"host", "none", "bridge"})
_NETWORK_KEYS = frozenset({"aliases", "ipv4_address"})
# Compose tells "not set" from "empty" for these two.
_NULL_COUNTS = frozenset({"command", "entrypoint"})
_HARMLESS_PULL = frozenset({"missing", "if_not_present", "never"})


def service_json(service: ComposeNode, *, with_dependencies: bool) -> str:
    """Return the text that compose hashes; `service` has its variables replaced.

    Args:
        service: As it stands in the file.
        with_dependencies: Whether `depends_on` counts, as it did before compose 2.30.

    Raises:
        UnknownShapeError: It has something whose form is not known for certain.
    """
    given = {key: value for key, value in service.items() if not key.startswith("x-")}
    if unknown := [key for key in given if key not in _FIELDS and key != "pull_policy"]:
        raise UnknownShapeError(unknown[0])
    if str(given.get("pull_policy", "missing")) not in _HARMLESS_PULL:
        raise UnknownShapeError("pull_policy")
    shape: ComposeShape = {"command": None, "entrypoint": None, "networks": service_networks(given)}
    for key in given:
        if key in _FIELDS and key != "networks" and (with_dependencies or key != "depends_on"):
            shape[key] = _read(key, _FIELDS[key], given[key])
    ordered = {key: shape[key] for key in _FIELDS if key in shape}
    return go_json({key: value for key, value in ordered.items() if value is not None or key in _NULL_COUNTS})


def service_networks(service: ComposeNode) -> ComposeShape | None:
    """Return what is declared of the networks that a service is on, by key; None if it has a mode instead."""
    if "network_mode" in service:
        if "networks" in service:
            raise UnknownShapeError("networks")
        return None
    value = service.get("networks", ["default"])
    return _read("networks", _networks, value)  # type: ignore[no-any-return]


def usual_shape(key: str, value: Any) -> Any:
    """Return a value of a service in the form that compose gives it; as it stands where that is not known."""
    try:
        return _FIELDS[key](value)
    except (KeyError, UnknownShapeError):
        return value


def go_json(value: Any) -> str:
    """Return JSON as Go writes it; maps have to be in their order."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def _read(key: str, read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except UnknownShapeError:
        raise UnknownShapeError(key) from None


def _words(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text(item, empty=True) for item in value]
    written = text(value)
    if _SHELL & set(_QUOTED.sub("", written)):
        raise UnknownShapeError
    return shlex.split(written)


def _one_or_more(value: Any) -> list[str]:
    return texts([value] if isinstance(value, str) else value)


def _truth(value: Any) -> bool | None:
    return flag(value) or None


def _environment(value: Any) -> dict[str, str]:
    return pairs(value, bare=None)


def _labels(value: Any) -> dict[str, str]:
    return pairs(value, bare="")


def _hosts(value: Any) -> list[str]:
    hosts = texts(value)
    if any(not re.fullmatch(r"[A-Za-z0-9._-]+[:=][A-Za-z0-9._-]+", host) for host in hosts):
        raise UnknownShapeError
    return sorted(host.replace(":", "=", 1) for host in hosts)


def _logging(value: Any) -> ComposeShape:
    if not isinstance(value, dict) or not value or set(value) - {"driver", "options"}:
        raise UnknownShapeError
    shape: ComposeShape = {}
    if "driver" in value:
        shape["driver"] = text(value["driver"])
    if "options" in value:
        shape["options"] = pairs(value["options"], bare=None)
    return shape


def _health(value: Any) -> ComposeShape:
    readers: dict[str, Callable[[Any], Any]] = {
        "test": lambda test: ["CMD-SHELL", text(test)] if isinstance(test, str) else texts(test),
        "timeout": duration,
        "interval": duration,
        "retries": number,
        "start_period": duration,
        "start_interval": duration,
        "disable": _truth,
    }
    if not isinstance(value, dict) or not value or set(value) - set(readers):
        raise UnknownShapeError
    shape = {key: read(value[key]) for key, read in readers.items() if key in value}
    return {key: found for key, found in shape.items() if found is not None}


def _dependencies(value: Any) -> ComposeShape:
    if isinstance(value, list):
        value = {name: {} for name in texts(value)}
    if not isinstance(value, dict) or not value:
        raise UnknownShapeError
    shape: ComposeShape = {}
    for name in sorted(value):
        entry = value[name]
        if not isinstance(entry, dict) or set(entry) - {"condition", "restart", "required"}:
            raise UnknownShapeError
        restart = {"restart": True} if flag(entry.get("restart", False)) else {}
        condition = text(entry.get("condition", "service_started"))
        shape[name] = {"condition": condition, **restart, "required": flag(entry.get("required", True))}
    return shape


def _networks(value: Any) -> ComposeShape:
    entries = dict.fromkeys(texts(value)) if isinstance(value, list) else value
    if not isinstance(entries, dict) or not entries:
        raise UnknownShapeError
    return {name: _network(entries[name]) for name in sorted(entries)}


def _network(entry: Any) -> ComposeShape | None:
    if entry is None:
        return None
    if not isinstance(entry, dict) or not entry or set(entry) - _NETWORK_KEYS:
        raise UnknownShapeError
    shape: ComposeShape = {}
    if "aliases" in entry:
        shape["aliases"] = texts(entry["aliases"])
    if "ipv4_address" in entry:
        shape["ipv4_address"] = text(entry["ipv4_address"])
    return shape


def _network_mode(value: Any) -> str:
    if text(value) not in _OWN_NETWORK:
        raise UnknownShapeError
    return str(value)


def _container_name(value: Any) -> str:
    if not _OBJECT_NAME.fullmatch(text(value)):
        raise UnknownShapeError
    return str(value)


def _limits(value: Any) -> ComposeShape:
    if not isinstance(value, dict) or not value:
        raise UnknownShapeError
    shape: ComposeShape = {}
    for name in sorted(value):
        entry = value[name]
        if isinstance(entry, dict):
            if set(entry) != {"soft", "hard"}:
                raise UnknownShapeError
            shape[name] = {"soft": number(entry["soft"]), "hard": number(entry["hard"])}
        else:
            shape[name] = number(entry)
    return shape


def _volumes(value: Any) -> list[ComposeShape]:
    if not isinstance(value, list) or not value:
        raise UnknownShapeError
    shapes = [_long_volume(entry) if isinstance(entry, dict) else _short_volume(text(entry)) for entry in value]
    targets = [shape["target"] for shape in shapes]
    if len(set(targets)) != len(targets):
        raise UnknownShapeError
    return shapes


def _short_volume(entry: str) -> ComposeShape:
    source, colon, rest = entry.partition(":")
    target, *modes = rest.split(":")
    if not colon or modes not in ([], ["ro"], ["rw"]):
        raise UnknownShapeError
    return _mount(source, target, read_only=modes == ["ro"], short=True)


def _long_volume(entry: ComposeNode) -> ComposeShape:
    kind = text(entry.get("type"))
    if set(entry) - {"type", "source", "target", "read_only"} or kind not in {"volume", "bind"}:
        raise UnknownShapeError
    source, target = text(entry.get("source")), text(entry.get("target"))
    if source.startswith("/") != (kind == "bind"):
        raise UnknownShapeError
    return _mount(source, target, read_only=flag(entry.get("read_only", False)), short=False)


def _mount(source: str, target: str, *, read_only: bool, short: bool) -> ComposeShape:
    """Write a mount out; relative paths are somewhere else for Portainer, so they are never the same."""
    bind = source.startswith("/")
    if not _is_plain_path(target) or not (_is_plain_path(source) if bind else _OBJECT_NAME.fullmatch(source)):
        raise UnknownShapeError
    shape: ComposeShape = {"type": "bind" if bind else "volume", "source": source, "target": target}
    if read_only:
        shape["read_only"] = True
    if short:
        shape |= {"bind": {"create_host_path": True}} if bind else {"volume": {}}
    return shape


def _is_plain_path(path: str) -> bool:
    return path.startswith("/") and posixpath.normpath(path) == path


# In the order of compose's structure.
_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "cap_add": texts,
    "cap_drop": texts,
    "command": _words,
    "container_name": _container_name,
    "depends_on": _dependencies,
    "dns": _one_or_more,
    "dns_opt": texts,
    "dns_search": _one_or_more,
    "domainname": text,
    "entrypoint": _words,
    "environment": _environment,
    "expose": texts,
    "extra_hosts": _hosts,
    "group_add": texts,
    "hostname": text,
    "healthcheck": _health,
    "image": text,
    "init": flag,
    "ipc": text,
    "labels": _labels,
    "logging": _logging,
    "mem_limit": memory,
    "network_mode": _network_mode,
    "networks": _networks,
    "pid": text,
    "ports": port_shapes,
    "privileged": _truth,
    "read_only": _truth,
    "restart": text,
    "security_opt": texts,
    "shm_size": memory,
    "stdin_open": _truth,
    "stop_grace_period": duration,
    "stop_signal": text,
    "sysctls": _environment,
    "tmpfs": _one_or_more,
    "tty": _truth,
    "ulimits": _limits,
    "user": text,
    "userns_mode": text,
    "uts": text,
    "volumes": _volumes,
    "working_dir": text,
}
