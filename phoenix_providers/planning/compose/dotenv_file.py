"""Files of `NAME=value` lines, such as `.env` and what `env_file` names, read as compose does (`dotenv/parser.go`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from phoenix_providers.planning.compose.interpolation import TemplateError, Usage, interpolate

_EXPORT = re.compile(r"export[ \t\v\f\r\x85\xa0]+")
_KEY = re.compile(r"[\w.\-\[\] \t\v\f\r\x85\xa0]*")
_ESCAPE = re.compile(r"\\(?:0\d{0,3}|[abcfnrtv$\"\\])")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}


@dataclass(frozen=True)
class FileVariable:
    """One variable of a file, and the line where it stands."""

    name: str
    value: str
    line: int


class DotenvError(ValueError):
    """A file that compose would refuse; `line` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        self.line = line
        super().__init__(reason)


def read_dotenv(text: str, known: Mapping[str, str]) -> tuple[FileVariable, ...]:
    """Return the variables of a file; the last one of a name counts.

    Args:
        text: The file.
        known: What a value, or a name without `=`, takes from outside; it counts before the file's own variables.

    Raises:
        DotenvError: Compose would refuse the file.
    """
    return tuple(_Reader(text.removeprefix("\ufeff"), known).read().values())


def read_raw(text: str) -> tuple[FileVariable, ...]:
    """Return the variables of a file with `format: raw`: no quotes, and nothing is replaced."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = line.partition("=")
        if equals and name.strip() and not name.lstrip().startswith("#"):
            found[name.strip()] = FileVariable(name.strip(), value, number)
    return tuple(found.values())


class _Reader:
    def __init__(self, text: str, known: Mapping[str, str]) -> None:
        self._text = text
        self._known = known
        self._at = 0
        self._found: dict[str, FileVariable] = {}

    def read(self) -> dict[str, FileVariable]:
        while self._to_statement():
            line = self._text.count("\n", 0, self._at) + 1
            name, alone = self._name(line)
            if not alone:
                self._found[name] = FileVariable(name, self._value(line), line)
            elif name in self._known:
                self._found[name] = FileVariable(name, self._known[name], line)
        return self._found

    def _to_statement(self) -> bool:
        """Go to the next statement; return whether there is one."""
        while self._at < len(self._text):
            if self._text[self._at].isspace():
                self._at += 1
            elif self._text[self._at] == "#":
                self._at = self._line_end()
            else:
                return True
        return False

    def _line_end(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end

    def _name(self, line: int) -> tuple[str, bool]:
        """Return a name, and whether nothing follows it."""
        if found := _EXPORT.match(self._text, self._at):
            self._at = found.end()
        found = _KEY.match(self._text, self._at)
        end = found.end() if found else self._at
        name = self._text[self._at : end].rstrip()
        following = self._text[end : end + 1]
        if following not in ("=", ":", "\n", ""):
            raise DotenvError(f"the character {following} in the name of a variable", line)
        if " " in name or not name:
            raise DotenvError("a name with a blank" if name else "a value without a name", line)
        self._at = end + 1
        return name, following in ("\n", "")

    def _value(self, line: int) -> str:
        while self._text[self._at : self._at + 1] in tuple("\t\v\f\r \x85\xa0"):
            self._at += 1
        quote = self._text[self._at : self._at + 1]
        if quote and quote in "'\"":
            return self._quoted(quote, line)
        end = self._line_end()
        bare = self._text[self._at : end].partition(" #")[0].rstrip()
        self._at = end
        return self._expanded(bare, line)

    def _quoted(self, quote: str, line: int) -> str:
        found = re.compile(rf"(?s){quote}((?:\\.|[^\\{quote}])*){quote}").match(self._text, self._at)
        if found is None:
            raise DotenvError("a quote that is not closed", line)
        self._at = found.end()
        inner = found[1].replace(f"\\{quote}", quote)
        return self._expanded(_ESCAPE.sub(_unescaped, inner), line) if quote == '"' else inner

    def _expanded(self, value: str, line: int) -> str:
        own = {name: variable.value for name, variable in self._found.items()}
        try:
            return interpolate(value, {**own, **self._known}, Usage())
        except TemplateError as error:
            raise DotenvError(str(error), line) from None


def _unescaped(found: re.Match[str]) -> str:
    code = found[0][1:]
    if code == "$":
        return "$$"
    if code.startswith("0"):
        return chr(int(code, 8) % 256) if re.fullmatch(r"[0-7]{4}", code) else found[0]
    return _ESCAPES.get(code, found[0])
