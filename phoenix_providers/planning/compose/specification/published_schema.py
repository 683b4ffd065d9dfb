"""The published schema of compose files: what does not fit it, and which part of it is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from jsonschema.exceptions import relevance

from phoenix_providers.models.location import Location
from phoenix_providers.planning.compose.compose_file import Compose
from phoenix_providers.planning.compose.specification.unique_lists import Step, without_repetition
from phoenix_providers.planning.findings import Findings, nearest

_MOST = 5
_LONGEST = 120
_KEYS = "a key that compose knows, or one that begins with x-"
_NAMES = "a name of letters, digits, dots, dashes and underscores"


def check_schema(compose: Compose, locate: Callable[..., Location], findings: Findings) -> None:
    """Report what does not fit, at most a few: one slip can make many."""
    model, back = without_repetition(compose.model)
    errors = sorted(_validator().iter_errors(model), key=lambda error: [str(step) for step in error.path])
    own = [error for error in errors if not _depends_on_a_variable(error, back(tuple(error.absolute_path)), compose)]
    for error in own[:_MOST]:
        told = _most_telling(error)
        _report(told, back(tuple(told.absolute_path)), locate, findings)


@cache
def _validator() -> Draft7Validator:
    text = files(__package__).joinpath("schema/compose-spec.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text))


def _depends_on_a_variable(error: ValidationError, path: tuple[Step, ...], compose: Compose) -> bool:
    """Whether a value comes from a variable: secrets are not known here, and compose converts what it put in."""
    if error.validator in {"additionalProperties", "required"}:
        return False
    raw: Any = compose.raw
    for step in path:
        raw = raw[step]
    return "$" in json.dumps(raw, default=str)


def _most_telling(error: ValidationError) -> ValidationError:
    """Return the deepest cause: a part that fits no alternative is explained by the one that it was meant for."""
    while error.context:
        # Of a list and a map, it was meant for the one that it is.
        meant = [cause for cause in error.context if cause.validator != "type" or len(cause.path)]
        error = max(meant or error.context, key=relevance)
    return error


def _report(
    error: ValidationError, path: tuple[Step, ...], locate: Callable[..., Location], findings: Findings
) -> None:
    steps = [step if isinstance(step, int) else str(step) for step in path]
    shown = ".".join(map(str, steps)) or "the file"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        schema = error.schema if isinstance(error.schema, dict) else {}
        known = schema.get("properties", {})
        # Where the file's author chooses the names, the schema has a pattern for them alone.
        otherwise = _KEYS if known else _NAMES
        unknown = [key for key in error.instance if key not in known and not str(key).startswith("x-")]
        for key in unknown:
            findings.error(
                f"compose does not know `{key}` in {shown}",
                locate(*steps, key),
                seen=key or "an empty name",
                expected=nearest(key, known) or otherwise,
            )
        if unknown:
            return
    findings.error(
        f"compose would refuse {shown}", locate(*steps), seen=_shown(error.instance), expected=_wanted(error)
    )


def _wanted(error: ValidationError) -> str:
    value: Any = error.validator_value
    if error.validator == "type":
        return " or ".join(value) if isinstance(value, list) else str(value)
    if error.validator == "enum":
        return ", ".join(map(str, value))
    if error.validator == "required":
        return "all of " + ", ".join(map(str, value))
    if error.validator == "uniqueItems":
        return "each entry once"
    return f"{error.validator}: {_shown(value)}"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
