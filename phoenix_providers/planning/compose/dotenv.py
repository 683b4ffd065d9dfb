"""Values of a stack's variables, encoded so that Portainer hands them to Compose unchanged.

Portainer writes `NAME=value` lines as it got them, and Compose reads them as a dotenv file: unquoted, `$` is expanded,
` #` begins a comment, blanks at the ends and quotes get lost. Portainer's API gives back what was sent, so a value
read there has to be decoded before it is compared.
"""

from __future__ import annotations

import re

from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# Safe without quotes: no blanks, quotes, `$`, `#`, backslashes, control characters.
_BARE = re.compile(r"[A-Za-z0-9_./:@%+,=^~*?&;|<>(){}\[\]!-]*")
_COMMENT = re.compile(r"\s+#.*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_REFERENCE = re.compile(r"\$[A-Za-z_{]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
# The environment of Portainer's own process beats the stack's variables.
_TAKEN = {"HOME", "HOSTNAME", "PATH"}


def name_problem(name: str) -> str:
    """Say why a variable of this name would be lost or changed; empty when it would not."""
    if _NAME.fullmatch(name) is None:
        return "a name is letters, digits and underscores, and does not begin with a digit"
    return ""


def is_taken(name: str) -> bool:
    """Whether Portainer's own environment gives the variable another value."""
    return name in _TAKEN


def value_problem(value: str) -> str:
    """Say why a value cannot be handed over at all; empty when it can."""
    return "it contains a NUL character" if "\0" in value else ""


def encode(value: str) -> str:
    """Return the text to send for this value: bare where that is safe, else in single or double quotes."""
    if _BARE.fullmatch(value):
        return value
    if "\r" not in value and not re.search(r"\\('|$|\Z)", value) and not value.endswith("\\"):
        return "'" + value.replace("'", "\\'") + "'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'


def decode(text: str) -> str:
    """Return the value that a container gets for a text at Portainer.

    Variables inside unquoted or double-quoted text are taken as empty: nobody knows the server's environment.
    """
    value, is_literal = _unquoted(text)
    return value if is_literal else _expanded(value)


def has_references(text: str) -> bool:
    """Whether compose puts other variables into a text at Portainer; then only the containers show what comes of it."""
    value, is_literal = _unquoted(text)
    return not is_literal and _REFERENCE.search(value.replace("$$", "")) is not None


def _unquoted(text: str) -> tuple[str, bool]:
    """Return what is between the quotes, and whether its dollars are only dollars."""
    trimmed = text.lstrip(" \t")
    if trimmed[:1] == "'" and (end := _closing(trimmed, "'")) is not None:
        return trimmed[1:end].replace("\\'", "'"), True
    if trimmed[:1] == '"' and (end := _closing(trimmed, '"')) is not None:
        # An escaped dollar has to survive the expansion that comes after the escapes.
        escapes = {**_ESCAPES, "$": "$$"}
        return _ESCAPED.sub(lambda found: escapes.get(found[1], found[1]), trimmed[1:end]), False
    return _COMMENT.sub("", text.partition("\n")[0]).strip(), False


def _closing(text: str, quote: str) -> int | None:
    """Return where the quoted part ends: at the first quote without a backslash before it."""
    found = re.compile(rf"(?s)(?:\\.|[^\\{quote}])*{quote}").match(text, 1)
    return found.end() - 1 if found else None


def _expanded(text: str) -> str:
    try:
        return interpolate(text, {}, Usage())
    except TemplateError:
        return text  # Compose would refuse it.
