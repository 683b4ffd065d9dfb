"""`extends` within a file, and compose's own tags `!reset` and `!override`, as compose merges them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ruamel.yaml  # noqa: F401 - the package before its parts, see tests/program/test_imports.py
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from phoenix_providers.lab.docker.errors import ComposeError

# Lists and texts that the last one replaces as a whole.
_REPLACED = frozenset({"command", "entrypoint"})
# Lists of `KEY=VALUE` that are maps to compose.
_MAPS = frozenset({"annotations", "environment", "labels", "sysctls"})


@dataclass(frozen=True)
class Tagged:
    """A value with one of the tags; that of `!reset` does not count."""

    tag: str
    value: Any


class TaggingConstructor(SafeConstructor):
    """YAML as the lab reads it, with the two tags kept."""


def _constructed(constructor: SafeConstructor, node: Node) -> Tagged:
    if isinstance(node, MappingNode):
        return Tagged(str(node.tag), constructor.construct_mapping(node, deep=True))
    if isinstance(node, SequenceNode):
        return Tagged(str(node.tag), constructor.construct_sequence(node, deep=True))
    return Tagged(str(node.tag), None if node.value in {"", "~", "null"} else node.value)


for _tag in ("!reset", "!override"):
    TaggingConstructor.add_constructor(_tag, _constructed)


def resolved(services: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the services with what they inherit, without tags; raises ComposeError with compose's words."""
    return {name: untagged(_resolved(str(name), services, path, ())) for name in services}


def untagged(value: Any) -> Any:
    """Return a value without what `!reset` takes out."""
    if isinstance(value, Tagged):
        return untagged(value.value)
    if isinstance(value, dict):
        return {key: untagged(item) for key, item in value.items() if not _is_reset(item)}
    if isinstance(value, list):
        return [untagged(item) for item in value if not _is_reset(item)]
    return value


def _is_reset(value: Any) -> bool:
    return isinstance(value, Tagged) and value.tag == "!reset"


def _resolved(name: str, services: Mapping[str, Any], path: str, above: tuple[str, ...]) -> Any:
    service = services[name]
    extended = service.get("extends") if isinstance(service, dict) else None
    if extended is None or isinstance(extended, Tagged):
        return service
    base = extended.get("service") if isinstance(extended, dict) else extended
    if name in above:
        raise ComposeError(
            "Circular reference:\n  " + "\n  extends ".join(f"{one} in {path}" for one in (*above, name))
        )
    if base not in services:
        raise ComposeError(f'cannot extend service "{name}" in {path}: service "{base}" not found')
    inherited = _resolved(str(base), services, path, (*above, name))
    own = {key: value for key, value in service.items() if key != "extends"}
    return _merged(untagged(inherited), own, "")


def _merged(base: Any, own: Any, key: str) -> Any:
    if isinstance(own, Tagged) or key in _REPLACED or own is None:
        return base if own is None else own
    if key in _MAPS:
        return {**_as_map(base), **_as_map(own)}
    if isinstance(base, dict) and isinstance(own, dict):
        both = {**base, **{name: _merged(base[name], item, str(name)) for name, item in own.items() if name in base}}
        return {**both, **{name: item for name, item in own.items() if name not in base}}
    if key == "volumes" and isinstance(base, list) and isinstance(own, list):
        return list({_target(item): item for item in (*base, *own)}.values())
    if isinstance(base, list) and isinstance(own, list):
        return [*base, *(item for item in own if item not in base)]
    return own


def _target(volume: Any) -> str:
    if isinstance(volume, dict):
        return str(volume.get("target"))
    source, colon, rest = str(volume).partition(":")
    return rest.partition(":")[0] if colon else source


def _as_map(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return dict(value)
    pairs = (str(item).partition("=") for item in value or ())
    return {name: text if equals else None for name, equals, text in pairs}
