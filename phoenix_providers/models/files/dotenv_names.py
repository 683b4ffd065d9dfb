"""Names in a `.env` beside a compose file; its values are nobody's business here."""

from __future__ import annotations

import re
from pathlib import Path

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:]")


def dotenv_names(folder: Path) -> dict[str, int]:
    """Return the line of each variable of a folder's `.env`; of a file that cannot be read, none."""
    try:
        text = (folder / ".env").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return {}
    found = ((_LINE.match(line), number) for number, line in enumerate(text.splitlines(), 1))
    return {match[1]: number for match, number in found if match}
