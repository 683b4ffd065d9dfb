"""Regular expressions as Go reads them (RE2): Traefik disables a router whose expression does not compile.

Python's own compiler judges a translation. What Go has and Python has not is translated to something as long; what
Python has and Go has not is refused first.
"""

from __future__ import annotations

import re
import warnings

_LARGEST_COUNT = 1000
_NOT_IN_GO = (
    (re.compile(r"\(\?(=|!|<=|<!)"), "Go has no look-around"),
    (re.compile(r"\(\?(>|#|P=|\()"), "Go does not know this kind of group"),
    (re.compile(r"\\[1-9]"), "Go has no back references"),
    (re.compile(r"\\[ZuUN]"), "Go does not know this escape"),
    (re.compile(r"(?<!\\)[*+?}]\+"), "Go has no possessive repetition"),
)
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_ESCAPED_BACKSLASH = re.compile(r"\\\\")
_TRANSLATED = (
    (re.compile(r"\\Q.*?(\\E|$)", re.DOTALL), "a"),
    (re.compile(r"\\x\{[0-9A-Fa-f]+\}|\\[pP](\{\^?\w+\}|[A-Z])|\\C"), "a"),
    (re.compile(r"\[:\^?[a-z]+:\]"), "a"),
    (re.compile(r"\(\?<(?=[A-Za-z_])"), "(?P<"),
    (re.compile(r"\(\?[imsU-]+\)"), ""),
    (re.compile(r"\(\?[imsU-]+:"), "(?:"),
    (re.compile(r"\\z"), r"\\Z"),
)


def pattern_problem(pattern: str) -> str:
    """Return why Go would refuse the expression; empty when it would not."""
    plain = _ESCAPED_BACKSLASH.sub("a", pattern)
    for form, reason in _NOT_IN_GO:
        if found := form.search(plain):
            return f"{reason}: {found[0]}"
    if any(int(number) > _LARGEST_COUNT for pair in _COUNT.findall(plain) for number in pair if number):
        return f"Go repeats at most {_LARGEST_COUNT} times"
    for form, replacement in _TRANSLATED:
        plain = form.sub(replacement, plain)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(plain)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return ""
