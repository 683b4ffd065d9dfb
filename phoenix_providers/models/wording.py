"""What was found and what is allowed, in words."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import ErrorDetails

_WHOLE_NUMBER = "a whole number"
_MAPPING = "a mapping (key: value)"
_LIST = "a list"
_SWITCH = "true or false"
_ALLOWED = {
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "dict_type": _MAPPING,
    "extra_forbidden": "no such key here",
    "float_parsing": "a number",
    "float_type": "a number",
    "frozen_set_type": _LIST,
    "int_from_float": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_type": _WHOLE_NUMBER,
    "mapping_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "model_type": _MAPPING,
    "string_too_short": "text that is not empty",
    "string_type": "text",
    "tuple_type": _LIST,
}
# Under these names a value may be a secret, and is never repeated.
_SECRET_NAMES = re.compile(r"passw|secret|token|key|value|credential", re.IGNORECASE)
# Who signs in, as it stands in addresses, maybe with a password.
_USER = re.compile(r"://.*@", re.DOTALL)
_LONGEST = 60


def found(value: Any, path: tuple[str | int, ...] = ()) -> str:
    """Describe a value; only its kind where it might be a secret or is large."""
    if isinstance(value, dict):
        return "an empty mapping" if not value else "a mapping with " + _listed(list(value))
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    kind = _kind(value)
    if any(_SECRET_NAMES.search(str(step)) for step in path):
        return f"{kind} (not shown)"
    text = str(value).lower() if isinstance(value, bool) else _USER.sub("://…@", str(value))
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "..."
    return f'{kind} "{shown}"' if isinstance(value, str) else f"{kind} {shown}"


def allowed(error: ErrorDetails) -> str:
    """Describe what would have been accepted, from a pydantic error."""
    limits = error.get("ctx", {})
    kind = error["type"]
    if kind == "literal_error":
        return f"one of {limits['expected']}"
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return error["msg"].replace("Input should be ", "a number ")
    if kind == "value_error":
        return str(limits.get("error", error["msg"])).removeprefix("expected ")
    return _ALLOWED.get(kind, error["msg"])


def quoted_words(text: str) -> list[str]:
    """Return the words between quotes, as pydantic lists the values of a Literal."""
    return re.findall(r"'([^']+)'", text)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "the switch"
    return "the number" if isinstance(value, int | float) else "the text"


def _listed(keys: list[Any]) -> str:
    shown = ", ".join(f"`{key}`" for key in keys[:4])
    return shown + (" ..." if len(keys) > 4 else "")
