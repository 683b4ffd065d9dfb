"""Lines and options that look as if they hold a password; only ever worth a note."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phoenix_providers.planning.site.plain_secrets import is_telling
from phoenix_providers.planning.telling_values import is_telling_value

_ASSIGNMENT = re.compile(
    r"""\s*(?:-\s+)?(?:export\s+)?["']?(?P<name>[A-Za-z_][\w.-]*)["']?"""
    r"""(?:\s*[:=]\s*(?P<value>[^\s#{\[<|>&*$][^\n]*)|[ \t]+(?P<word>[^\s$]+)\s*$)"""
)
_OPTION = re.compile(r"""--?(?P<name>[A-Za-z][\w-]*)[ =]+["']?(?P<value>[^\s"'$-][^\s"']*)""")
# Clients of databases, whose options for it are one letter.
_CLIENT = re.compile(
    r"""\b(?:(?:mysql|mariadb)[\w-]*[^|;&\n]*?\s(?=-p\S)|mongo\w*[^|;&\n]*?\s(?=-p)|(?:redis|valkey)-cli[^|;&\n]*?\s(?=-a))"""
    r"""(?P<option>-[pa])\s*["']?[^\s"'$]"""
)


def password_lines(text: str) -> Iterator[int]:
    """Yield the numbers of a file's lines that may hold a password."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _ASSIGNMENT.match(line)
        # As in nginx: proxy_pass http://app;
        leads_on = found and found["word"] and found["name"].endswith("_pass") and "://" in found["word"]
        tells = found and not leads_on and _tells(found["name"], found["value"] or found["word"])
        if is_telling_value(line) or tells:
            yield number


def password_options(words: str) -> Iterator[str]:
    """Yield the options of a command line that are followed by what may be a password."""
    for found in _OPTION.finditer(words):
        if _tells(found["name"], found["value"]):
            yield re.split("[ =]", found[0])[0]
    for found in _CLIENT.finditer(words):
        yield found["option"]


def _tells(name: str, value: str) -> bool:
    return is_telling(name.replace("-", "_").replace(".", "_"), value.strip("\"' ,;"))
