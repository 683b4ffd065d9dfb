"""Values in answers of Proxmox, read with the real plugin's strictness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from phoenix_providers.lab.proxmoxve.errors import ApiError, NoDataError

_Data = TypeVar("_Data")


def data_of(answer: bytes, path: str) -> Any:
    """Read the data of an answer to a GET.

    Errors:
        NoDataError: there is none.
        ApiError: it is not JSON.
    """
    try:
        content = json.loads(answer)
    except ValueError:
        what = f"invalid character '{answer[:1].decode(errors='replace')}' looking for beginning of value"
        raise ApiError(
            f"failed to decode HTTP GET response (path: {path}) - Reason: {what if answer else 'EOF'}"
        ) from None
    data = content.get("data") if isinstance(content, dict) else content
    if data is None:
        raise NoDataError("the server did not include a data object in the response")
    return data


def of_kind(data: Any, kind: type[_Data]) -> _Data:
    """Return data that has to be one object, or a list.

    Errors:
        ApiError: it is something else.
    """
    if isinstance(data, kind):
        return data
    raise ApiError(
        "failed to decode HTTP GET response - Reason: "
        f"json: cannot unmarshal {_json_kind(data)} into Go struct field data"
    )


def as_bool(value: Any) -> bool:
    """Read a switch: only true and 1 are on; a quoted "1", 2 and nothing at all are off."""
    return value is True or (type(value) is int and value == 1)


def as_text(answer: Mapping[str, Any], name: str) -> str | None:
    """Read a text, or None when it is absent.

    Errors:
        ApiError: it is there, but not as a text.
    """
    value = answer.get(name)
    if value is not None and not isinstance(value, str):
        raise ApiError(
            "failed to decode HTTP GET response - Reason: "
            f"json: cannot unmarshal {_json_kind(value)} into Go struct field data.{name} of type string"
        )
    return value


def _json_kind(value: Any) -> str:
    kinds = {bool: "bool", int: "number", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")
