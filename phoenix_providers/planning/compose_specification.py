"""Whether compose would read a file at all: the published schema, and what its parts say of each other.

A file that compose refuses takes the running stack down on servers up to 2.39, so it is found here, before anything
is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from jsonschema.exceptions import relevance

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose import Compose
from phoenix_providers.planning.file_objects import check_file_objects
from phoenix_providers.planning.findings import Findings, nearest

_MOST = 5
_LONGEST = 120


def check_specification(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report everything that compose would refuse, with its place in the file."""
    errors = sorted(_validator().iter_errors(compose.model), key=lambda error: [str(step) for step in error.path])
    if errors:
        for error in [error for error in errors if not _depends_on_a_variable(error, compose.raw)][:_MOST]:
            _report(_most_telling(error), locate, findings)
    for name, service in compose.model["services"].items():
        if isinstance(service, dict):
            _check_service(name, service, compose.model, locate, findings)
    check_file_objects(compose, locate, findings)
    if cycle := _cycle(compose.model["services"]):
        findings.error(
            "services wait for each other in a circle",
            locate("services", cycle[0], "depends_on"),
            seen=" -> ".join(cycle),
            expected="an order in which each service comes after those that it needs",
        )


@cache
def _validator() -> Draft7Validator:
    text = files("phoenix_providers.planning").joinpath("schema/compose-spec.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text))


def _depends_on_a_variable(error: ValidationError, raw: Any) -> bool:
    """Whether a value comes from a variable: secrets are not known here, and compose converts what it put in."""
    if error.validator in {"additionalProperties", "required"}:
        return False
    for step in error.absolute_path:
        raw = raw[step]
    return "$" in json.dumps(raw, default=str)


def _most_telling(error: ValidationError) -> ValidationError:
    """Return the deepest cause: a part that fits no alternative is explained by the one that it fits best."""
    while error.context:
        error = max(error.context, key=relevance)
    return error


def _report(error: ValidationError, locate: Callable[..., Location], findings: Findings) -> None:
    path = [step if isinstance(step, int) else str(step) for step in error.absolute_path]
    shown = ".".join(map(str, path)) or "the file"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        unknown = [key for key in error.instance if key not in known and not str(key).startswith("x-")]
        for key in unknown:
            findings.error(
                f"compose does not know `{key}` in {shown}", locate(*path, key), seen=key, expected=nearest(key, known)
            )
        if unknown:
            return
    findings.error(f"compose would refuse {shown}", locate(*path), seen=_shown(error.instance), expected=_wanted(error))


def _wanted(error: ValidationError) -> str:
    value: Any = error.validator_value
    if error.validator == "type":
        return " or ".join(value) if isinstance(value, list) else str(value)
    if error.validator == "enum":
        return ", ".join(map(str, value))
    if error.validator == "required":
        return "all of " + ", ".join(map(str, value))
    return f"{error.validator}: {_shown(value)}"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _check_service(
    name: str, service: Mapping[str, Any], model: Mapping[str, Any], locate: Callable[..., Location], findings: Findings
) -> None:
    if not any(service.get(key) for key in ("image", "build", "extends", "provider")):
        findings.error(
            f"the service {name} has no image", locate("services", name), seen="no `image`", expected="image: NAME:TAG"
        )
    for key, used in _references(service):
        section = "services" if key == "depends_on" else key
        declared = model.get(section)
        known = declared if isinstance(declared, dict) else {}
        if used not in known and not (section == "networks" and used == "default"):
            findings.error(
                f"the service {name} refers to {used} in {section}, which the file does not define",
                locate("services", name, key),
                seen=used,
                expected=nearest(used, known) or f"{used} below the file's `{section}:`",
            )


def _references(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key of the service, name that it refers to)."""
    for name in _names(service.get("depends_on")):
        yield "depends_on", name
    for name in _names(service.get("networks")):
        yield "networks", name
    for key in ("configs", "secrets"):
        for entry in _entries(service.get(key)):
            yield key, str(entry.get("source", "") if isinstance(entry, dict) else entry)
    for entry in _entries(service.get("volumes")):
        if source := _named_volume(entry):
            yield "volumes", source


def _names(value: object) -> Iterable[str]:
    return [str(name) for name in value] if isinstance(value, list | dict) else []


def _entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _named_volume(entry: object) -> str:
    if isinstance(entry, dict):
        return str(entry.get("source") or "") if entry.get("type") == "volume" else ""
    source, separator, _ = str(entry).partition(":")
    return source if separator and source[:1].isalnum() else ""


def _cycle(services: Mapping[str, Any]) -> list[str]:
    """Return a chain of services that ends where it began; empty when there is none."""
    waits_for = {
        name: list(_names(service.get("depends_on"))) if isinstance(service, dict) else []
        for name, service in services.items()
    }
    done: set[str] = set()
    for start in waits_for:
        if found := _walk(start, waits_for, [], done):
            return found
    return []


def _walk(name: str, waits_for: Mapping[str, list[str]], path: list[str], done: set[str]) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name in done:
        return []
    for other in waits_for.get(name, ()):
        if found := _walk(other, waits_for, [*path, name], done):
            return found
    done.add(name)
    return []
