"""`extends` within a compose file, as compose resolves it: a service has what the other one has, its own on top.

What is deployed keeps its `extends`, since Portainer's compose resolves it itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phoenix_providers.models.compose_records import ComposeNode
from phoenix_providers.models.wording import found
from phoenix_providers.planning.compose.merge import MergeError, cleaned, merged
from phoenix_providers.planning.compose.parts import Part
from phoenix_providers.planning.findings import nearest


class ExtendsError(ValueError):
    """What compose would refuse; `path` leads to it in the file."""

    def __init__(self, reason: str, part: Part, seen: str, expected: str) -> None:
        self.path, self.seen, self.expected = part.path, seen, expected
        super().__init__(reason)


def extended(service: ComposeNode) -> tuple[str, str]:
    """Return the service that another one extends, and the file where that stands; empty where there is none."""
    value = service.get("extends")
    if isinstance(value, dict):
        return str(value.get("service") or ""), str(value.get("file") or "")
    return (str(value), "") if isinstance(value, str) else ("", "")


def is_extending(services: Any) -> bool:
    """Whether some service extends another one of the same file."""
    own = services.values() if isinstance(services, dict) else ()
    found_ones = (extended(service) for service in own if isinstance(service, dict))
    return any(name and not file for name, file in found_ones)


def resolved(services: Part, errors: list[ExtendsError]) -> Part:
    """Return the services with everything that they inherit; one that cannot be resolved stays as it is.

    A service that extends one of another file keeps its `extends`.
    """
    done: dict[str, Part] = {}
    for name in services.value:
        try:
            done[name] = _service(name, services.value, done, [])
        except ExtendsError as error:
            done[name] = services.value[name]
            if str(error) not in {str(known) for known in errors}:
                errors.append(error)
    return services.with_content({name: cleaned(part, ("services", name)) for name, part in done.items()})


def _service(name: str, services: Mapping[str, Part], done: dict[str, Part], path: list[str]) -> Part:
    own = services[name]
    if name in done or not own.is_map:
        return done.get(name, own)
    base, file = extended(own.said)
    if not base or file:
        return own
    extends = own.value["extends"]
    if name in path:
        circle = [*path[path.index(name) :], name]
        raise ExtendsError(
            f"services extend each other in a circle: {', '.join(sorted(set(circle)))}",
            extends,
            " -> ".join(circle),
            "a service at the end that extends none",
        )
    if base not in services:
        expected = nearest(base, services) or ", ".join(services)
        raise ExtendsError(f"{name} extends {base}, which the file does not define", extends, base, expected)
    below = _service(base, services, done, [*path, name])
    without = own.with_content({key: part for key, part in own.value.items() if key != "extends"})
    if not below.is_map:
        return without
    kept = below.with_content({key: part for key, part in below.value.items() if key != "extends"})
    try:
        whole = merged(kept, without, ("services", name))
    except MergeError as error:
        reason = f"{name} cannot extend {base}: {error}"
        raise ExtendsError(reason, error.part, found(error.part.said), f"what {base} has there") from None
    if "extends" in below.value:
        whole = whole.with_content({**whole.value, "extends": below.value["extends"]})
    done[name] = whole
    return whole
