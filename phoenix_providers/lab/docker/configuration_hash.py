"""The hash by which compose tells whether a service, network or volume changed.

Compose hashes the JSON of its own structure. For plain services that is imitated to the letter, so that the labels are
the ones that a real compose leaves; anything else gets a hash that is right within the lab only.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

# Compose leaves these out of the hash that decides about recreation.
_NOT_HASHED = frozenset({"build", "pull_policy", "scale", "depends_on", "profiles", "env_file"})
_PLAIN = frozenset({"image", "command", "environment", "labels", "ports", "restart", "volumes", "container_name"})
_PORT = re.compile(r"(\d+):(\d+)")
_VOLUME = re.compile(r"([\w.-]{2,}):(/[^:]+)")
_WORDS = re.compile(r"[\w ./=-]+")


def service_hash(
    raw: Mapping[str, Any],
    environment: Mapping[str, str | None],
    labels: Mapping[str, str],
    *,
    with_dependencies: bool = False,
) -> str:
    """Return the hash of a service, whose variables are replaced."""
    counted = {key: value for key, value in raw.items() if key not in _NOT_HASHED and not key.startswith("x-")}
    hashed = counted | {"environment": dict(environment)}
    if with_dependencies and raw.get("depends_on"):
        hashed["depends_on"] = _dependencies(raw["depends_on"])
    if with_dependencies and raw.get("profiles"):
        hashed["profiles"] = raw["profiles"]
    structure = _structure(hashed, labels)
    return _digest(json.dumps(hashed, sort_keys=True, default=str) if structure is None else _as_go_writes(structure))


def network_hash(name: str) -> str:
    """Return the hash of a network without options."""
    return _digest(_as_go_writes({"name": name, "ipam": {}}))


def volume_hash(name: str) -> str:
    """Return the hash of a volume without options."""
    return _digest(_as_go_writes({"name": name, "driver": "local"}))


def _structure(hashed: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any] | None:
    """Return compose's structure of a plain service; None for any other."""
    command, ports, volumes = (hashed.get(key) for key in ("command", "ports", "volumes"))
    if set(hashed) - _PLAIN or not _is_plain_command(command):
        return None
    found_ports = [_PORT.fullmatch(str(port)) for port in ports or ()]
    found_volumes = [_VOLUME.fullmatch(str(volume)) for volume in volumes or ()]
    if None in found_ports or None in found_volumes:
        return None
    structure: dict[str, Any] = {
        "command": command.split() if isinstance(command, str) else command,
        "container_name": hashed.get("container_name"),
        "entrypoint": None,
        "environment": dict(sorted(hashed["environment"].items())),
        "image": hashed.get("image"),
        "labels": dict(sorted(labels.items())),
        "networks": {"default": None},
        "ports": [
            {"mode": "ingress", "target": int(port[2]), "published": port[1], "protocol": "tcp"}
            for port in found_ports
            if port
        ],
        "restart": hashed.get("restart"),
        "volumes": [
            {"type": "volume", "source": volume[1], "target": volume[2], "volume": {}}
            for volume in found_volumes
            if volume
        ],
    }
    return {key: value for key, value in structure.items() if value or key in ("command", "entrypoint")}


def _dependencies(value: Any) -> dict[str, Any]:
    """Write short forms out."""
    entries = value if isinstance(value, dict) else dict.fromkeys(value)
    usual = {"condition": "service_started", "required": True}
    return {name: usual | (entry or {}) for name, entry in sorted(entries.items())}


def _is_plain_command(command: Any) -> bool:
    if isinstance(command, list):
        return all(isinstance(word, str) for word in command)
    return command is None or (isinstance(command, str) and _WORDS.fullmatch(command) is not None)


def _as_go_writes(structure: Any) -> str:
    text = json.dumps(structure, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
