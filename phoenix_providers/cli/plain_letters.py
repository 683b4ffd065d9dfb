"""Signs for terminals that have no letters for them."""

from __future__ import annotations

import codecs
import io
from typing import TextIO

# One for one, so that columns stay columns.
_INSTEAD = str.maketrans({"✓": "v", "✗": "x", "→": ">", "…": ".", "·": "."})
_NAME = "phoenix-plain-letters"


def write_what_it_can(stream: TextIO) -> None:
    """Let a stream without UTF-8 take every text: what it has no letter for becomes a plain one, or a question mark."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(_NAME, _plain)
        stream.reconfigure(errors=_NAME)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wanted = error.object[error.start : error.end].translate(_INSTEAD)
    return "".join(one if one.isascii() else "?" for one in wanted), error.end
