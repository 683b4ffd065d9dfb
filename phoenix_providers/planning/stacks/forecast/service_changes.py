"""In what a service of a compose file differs from the one that runs, as far as compose makes its container anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.planning.compose.config_hash.service import usual_shape
from phoenix_providers.planning.compose.mounted_files import DIGEST_LABEL
from phoenix_providers.planning.label_prefix import is_traefik_label

# Compose takes no notice of these where it decides about a container (`ServiceHash` of 2.26 to 2.40).
_NOT_HASHED = frozenset({"build", "pull_policy", "scale", "env_file", "extends"})
# Kept as pairs, of which those that differ are told by name.
_PAIRS = frozenset({"environment", "labels", "sysctls"})
_MOST_NAMES = 3
# Of these compose tells "empty" from "not there".
_EMPTY_COUNTS = frozenset(
    {"command", "entrypoint", "deploy", "healthcheck", "logging", "blkio_config", "credential_spec", "develop"}
)


@dataclass(frozen=True)
class ServiceChange:
    """One key of a service that differs; both are empty where a value is nobody's business.

    Attributes:
        names: Of a map, those whose values differ.
    """

    key: str
    before: str = ""
    after: str = ""
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is said of it."""
        if self.key == "image":
            return f"image {_shortened(self.before, self.after)}" if self.before and self.after else "image"
        if self.key == "labels" and self.names == (DIGEST_LABEL,):
            return "its files"
        if self.key == "labels" and self.names and all(is_traefik_label(name) for name in self.names):
            return "labels of its routes"
        several = ", ".join(self.names[:_MOST_NAMES]) + (", …" if len(self.names) > _MOST_NAMES else "")
        return f"{self.key} ({several})" if several else self.key


def service_changes(
    before: ComposeNode, after: ComposeNode, uncounted: frozenset[str] = frozenset()
) -> tuple[ServiceChange, ...]:
    """Return what makes compose take a container for outdated; nothing if it would stay.

    Args:
        before: The service that runs, with variables replaced.
        after: The one that is declared, with variables replaced.
        uncounted: Keys that this version of compose does not compare, beside those that none does.
    """
    left_out = _NOT_HASHED | uncounted
    keys = [key for key in dict.fromkeys([*after, *before]) if key not in left_out and not key.startswith("x-")]
    return tuple(change for key in keys for change in _of_key(key, before.get(key), after.get(key)))


def _of_key(key: str, before: Any, after: Any) -> Iterator[ServiceChange]:
    had, has = _shape(key, before), _shape(key, after)
    if had == has:
        return
    if key == "image":
        yield ServiceChange(key, str(before or ""), str(after or ""))
    elif key in _PAIRS and isinstance(had or {}, Mapping) and isinstance(has or {}, Mapping):
        had, has = had or {}, has or {}
        yield ServiceChange(key, names=tuple(sorted(name for name in {*had, *has} if had.get(name) != has.get(name))))
    else:
        yield ServiceChange(key)


def _shape(key: str, value: Any) -> Any:
    """Return a value in the one form that stands for all in which it may be written."""
    if value is None or (value in ([], {}) and key not in _EMPTY_COUNTS):
        return None
    if key == "deploy" and isinstance(value, Mapping):
        return {name: item for name, item in value.items() if name != "replicas"}
    return usual_shape(key, value)


def _shortened(before: str, after: str) -> str:
    """Leave out the name where only its tag differs."""
    name, _, tag = after.rpartition(":")
    if name and before.startswith(f"{name}:") and "/" not in tag and "@" not in after:
        return f"{before.removeprefix(f'{name}:')} → {tag}"
    return f"{before} → {after}"
