"""The variables that a service's containers get: those that it names, and those that it has from the stack's own.

A variable that is only named (`environment: [NAME]`), and all that `env_file: stack.env` gives, have values that stand
nowhere in the file. Compose hashes them with the rest, so a change of one makes the container anew.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.planning.compose.interpolation import PROJECT_NAME

# Portainer writes it beside the compose file, from the stack's variables.
_PORTAINERS_OWN = "stack.env"


def with_given_variables(service: ComposeNode, variables: Mapping[str, object]) -> ComposeNode:
    """Return the service with the values of all its variables, if some of them stand nowhere in it.

    Args:
        service: With variables replaced.
        variables: Those of the stack.
    """
    own = _pairs(service.get("environment"))
    if own is None:
        return service
    of_file = {name: value for name, value in variables.items() if name != PROJECT_NAME} if _has_all(service) else {}
    # A name that has no value anywhere stays, and compose hashes it without one.
    given = {name: variables[name] for name, value in own.items() if value is None and name in variables}
    return {**service, "environment": {**of_file, **own, **given}} if of_file or given else service


def _pairs(value: object) -> dict[str, object] | None:
    if value is None or isinstance(value, Mapping):
        return {str(name): item for name, item in (value or {}).items()}
    if not isinstance(value, list):
        return None
    split = [str(item).partition("=") for item in value]
    return {name: item if equals else None for name, equals, item in split}


def _has_all(service: ComposeNode) -> bool:
    value = service.get("env_file")
    entries = value if isinstance(value, list) else [value]
    paths = [entry.get("path") if isinstance(entry, Mapping) else entry for entry in entries]
    return any(posixpath.normpath(str(path)) == _PORTAINERS_OWN for path in paths if path)
