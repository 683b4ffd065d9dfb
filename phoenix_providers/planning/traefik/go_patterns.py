"""Regular expressions as Go reads them: Traefik disables a router whose expression does not compile.

RE2 is what Go's own package was made after.
"""

from __future__ import annotations

import re

import re2

# Go has no limit of this kind; RE2's own one is reached by `\pL{1000}`.
_MEMORY = 64 << 20
# The only thing that RE2 takes and Go does not: a single byte.
_BYTE = re.compile(r"(?>\\Q.*?(?:\\E|$)|\\[^C]|[^\\])*+\\C", re.DOTALL)


def pattern_problem(pattern: str) -> str:
    """Return why Go would refuse the expression; empty when it would not."""
    if _BYTE.match(pattern):
        return r"invalid escape sequence: \C"
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        (reason,) = error.args
        return reason.decode() if isinstance(reason, bytes) else str(reason)
    return ""
