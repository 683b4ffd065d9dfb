"""An answer that is no success, as the real plugin tells it."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from phoenix_providers.lab.proxmoxve.errors import ApiError, NoSuchRuleError

_NOT_THERE = ("does not exist", "no such resource", "no such ha", "No such file or directory")


def http_refusal(status: int, reason: str, answer: bytes) -> ApiError:
    """Return the error: status, reason phrase, and what the answer says beyond that."""
    more = list(_said(answer, reason))
    if more:
        reason += f" ({' - '.join(more)})"
    if "no rule at position" in reason:
        return NoSuchRuleError("no rule at position")
    told = f"received an HTTP {status} response - Reason: {reason}"
    if status == 404 or (status == 500 and any(words in reason for words in _NOT_THERE)):
        # Only words: an object is never taken for gone.
        return ApiError(f"the requested resource does not exist\n{told}")
    return ApiError(told)


def _said(answer: bytes, reason: str) -> list[str]:
    try:
        content: Any = json.loads(answer)
        fields, message = content.get("errors") or {}, content.get("message") or ""
    except (ValueError, AttributeError):
        return []
    lines = [line for line, _ in groupby(message.split("\n"))]
    # Proxmox begins the message with the reason phrase.
    told = [line for line in lines if line and not line.startswith(reason)]
    return [f"{name}: {text.rstrip()}" for name, text in fields.items()] + told
