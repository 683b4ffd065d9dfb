"""The forms that a product's escaping can give a text, as patterns.

Letters and digits stay as they are everywhere. Anything else may stand for itself, behind backslashes (as many as there
are layers), doubled, as a code of its character or of its bytes, as `%41`, or as `&amp;`, whatever was escaped again.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

_SLASH = r"(?:\\(?:u005[cC]|x5[cC]|134)?|%(?:25)*5[cC]|&(?:amp;)*(?:#0*92|#[xX]0*5[cC]|bsol);)"
_CONTROLS = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v", "\x1b": "e"}
# What some writer doubles, or ends and begins a quotation for.
_DOUBLED = frozenset("\"'$%")
_PERCENT = re.compile(r"%(?:25)+")
_LONGEST_FORM = 24


@dataclass(frozen=True)
class Piece:
    """A pattern for one or a few characters; `longest` is about how many it matches."""

    source: str
    longest: int

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.source)

    def __str__(self) -> str:
        """Return the pattern's text."""
        return self.source


@lru_cache(maxsize=2048)
def escaped_forms(text: str) -> Sequence[Piece]:
    """Return patterns that, one after the other, match the text in any of its forms.

    White space matches any white space. Runs are put together, so that no text makes the search slow.
    """
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    after_slash = False
    # What escaping a "%" again and again makes of it counts as one of them: otherwise there are too many ways to match.
    for kind, run in groupby(_PERCENT.sub("%", text), key=_kind):
        characters = list(run)
        if kind == "\\":
            yield Piece(f"{_SLASH}+", _LONGEST_FORM * len(characters))
        elif kind == " ":
            before = "" if after_slash else f"{_SLASH}*"
            yield Piece(_blanks(characters, before), _LONGEST_FORM * len(characters))
        elif kind.isascii() and kind.isalnum():
            yield from (Piece(character, 1) for character in characters)
        else:
            escaped = f"(?:{_form(kind, f'{_SLASH}*', f'{_SLASH}+')})"
            first = f"(?:{_form(kind, '', '')})" if after_slash else escaped
            if kind not in _DOUBLED:
                yield from (Piece(one, _LONGEST_FORM) for one in [first, *[escaped] * (len(characters) - 1)])
            elif after_slash and len(characters) > 1:
                # One way or the other, for good: text in which both fit would have too many ways to match.
                others = f"(?:{_form(kind, f'{_SLASH}+', f'{_SLASH}+')}){{{len(characters) - 1}}}"
                yield Piece(f"(?>{first}{others}|{first}+)", _LONGEST_FORM * len(characters))
            else:
                yield Piece(f"{first}+", _LONGEST_FORM)
        after_slash = kind == "\\"


def _kind(character: str) -> str:
    if character.isspace():
        return " "
    return "a" if character.isascii() and character.isalnum() else character


def _blanks(characters: Iterable[str], before: str) -> str:
    """Match any white space for white space: messages are put on one line, texts are indented anew."""
    coded = "|".join(_form(one, "", f"{_SLASH}+", raw="(?!)") for one in sorted({*characters, *" \n\r\t"}))
    return rf"(?:{before}\s|\+|%(?:25)*2[bB]|{_SLASH}+[NLP_]|{coded})+"


def _form(character: str, may_have_slashes: str, has_slashes: str, raw: str | None = None) -> str:
    number = ord(character)
    entities = "|".join([rf"#0*{number}", rf"#(?i:x0*{number:x})", *_entities().get(character, ())])
    # A "%" is escaped by itself: "%25", "%2525". The longest comes first: pieces are matched one by one, for good.
    itself = "%(?:25)*" if character == "%" else re.escape(character)
    plain, codes, more = [raw or itself, f"&(?:amp;)*(?:{entities});"], _codes(character), ""
    data = character.encode(errors="surrogatepass")
    if character != "%":
        plain.append("".join(rf"%(?:25)*(?i:{byte:02x})" for byte in data))
    if number >= 0x80:
        for written in ("(?i:x{0:02x})", "{0:03o}"):
            more += "|" + "".join(f"{_SLASH}+" + written.format(byte) for byte in data)
    if character == "'":
        plain.append('"\'"')
    return f"{may_have_slashes}(?:{'|'.join(plain)})|{has_slashes}(?i:{'|'.join(codes)}){more}"


def _codes(character: str) -> list[str]:
    """Return what may stand for a character behind a backslash."""
    number = ord(character)
    codes = [f"u{number:04x}" if number < 0x10000 else _surrogates(number), f"U{number:08x}", rf"u\{{0*{number:x}\}}"]
    codes += [f"x{number:02x}", f"{number:03o}"] if number < 0x100 else []
    return codes + ([_CONTROLS[character]] if character in _CONTROLS else [])


def _surrogates(number: int) -> str:
    high, low = divmod(number - 0x10000, 0x400)
    return rf"u{0xD800 + high:04x}{_SLASH}+u{0xDC00 + low:04x}"


@lru_cache(maxsize=1)
def _entities() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, character in html.entities.html5.items():
        if name.endswith(";"):
            found.setdefault(character, []).append(re.escape(name.removesuffix(";")))
    return found
