"""What is valid YAML, and yet refused by the library with which compose reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from phoenix_providers.models.location import Location
from phoenix_providers.planning.findings import Findings

_DIRECTIVE = re.compile(r"%YAML[ \t]+(\S+)")
_KNOWN = "1.1"
_START = "---"


def check_directives(text: str, place: Location, findings: Findings) -> None:
    """Report a version of YAML that compose's library refuses by its number."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        found = _DIRECTIVE.match(line)
        if found and found[1] != _KNOWN:
            findings.error(
                f"compose refuses a file that says it is YAML {found[1]}",
                Location(place.file, number),
                seen=line.strip(),
                expected="no such line",
                next_step=f"take it out at {Location(place.file, number)}; the rest can stay as it is",
            )
        if line.startswith(_START) or (line.strip() and not line.startswith(("%", "#"))):
            return


def check_keys(document: Any, locate: Callable[..., Location], findings: Findings) -> None:
    """Report keys that are no texts; compose wants quotes around them, even in its extensions."""
    for path, key in _odd_keys(document, ()):
        shown = "nothing" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
        findings.error(
            f"a key below {'.'.join(map(str, path)) or 'the file'} is no text, which compose refuses",
            locate(*path, shown),
            seen=shown,
            expected="a name" if key is None else f'"{shown}", in quotes',
        )


def _odd_keys(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                yield path, key
            yield from _odd_keys(item, (*path, key if isinstance(key, int) else str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _odd_keys(item, (*path, index))
