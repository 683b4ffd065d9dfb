"""Taking secret values out of texts that others wrote: logs, and what compose, Docker and Portainer say.

A value is found in whatever form a product gives it: as it is, or escaped for Go, JSON, YAML, Python, a shell, a dotenv
file, a URL, HTML or base64, and in several of these on top of each other.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from phoenix_providers.planning.escaped_forms import Piece, escaped_forms

HIDDEN = "[secret]"
# Shorter words and numbers, such as "demo" or "8080", are parts of too many names: they are taken out where they stand
# alone. Other values have to be shorter than that, since nobody's word looks like "s3cr3t" or "p@ss".
_WORD, _SHORT = 8, 4
# What is left of a value beside a cut tells something from this length on.
_TELLING = 4
# Lines of a text may have been joined or broken anywhere; a value of so many characters is found all the same.
_UNMISTAKABLE = 12
_NO_SECRETS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "none"})
_UNCHANGED = re.compile(r"[A-Za-z0-9]+")
_CUT = re.compile(r"…|\.\.\.")
# An escape may be cut as well.
_UNFINISHED = re.compile(r"(?:[\\%&][\w\\%&#{]{0,24})?")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}={0,2}")
_ALONE = r"(?:(?<!\w)(?<!\w[-.])|(?<=[\s\"',\[]-[A-Za-z]))(?:%s)(?!\w)(?![-.]\w)"
# Of a single character, only what is said to be a value.
_GIVEN = r"(?:(?<=\w=)|(?<=\w[=:][\"']))(?:%s)(?!\w)"

Span = tuple[int, int]


def redact(text: str, values: Iterable[str], public: Iterable[str] = ()) -> str:
    """Return the text without any of the values, whole or a line of them, also where blanks were put together.

    A long message has lost its middle, and "…" stands for it; what a value has left beside that goes, too.

    Args:
        text: What somebody said.
        values: What nobody may see.
        public: Names that everybody knows, such as those of containers; a value inside of one gives nothing away.
    """
    if not text:
        return text
    found: list[Span] = []
    squeezed, places = _without_blanks(text)
    decoded = list(_decoded(text))
    for part in _parts(values):
        needle, bare = _needle(part), "".join(part.split())
        if needle in text:
            found += (match.span() for match in _pattern(part).finditer(text))
        if len(part) >= _SHORT:
            found += (span for span, said in decoded if needle in said and _pattern(part).search(said))
            found += _beside_cuts(text, part)
        if len(bare) >= _UNMISTAKABLE and _needle(bare) in squeezed:
            spans = (match.span() for match in _pattern(bare).finditer(squeezed))
            found += ((places[start], places[end - 1] + 1) for start, end in spans)
    known = [match.span() for name in public if name for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    return _replaced(text, [span for span in found if not any(_is_within(span, name) for name in known)])


def _parts(values: Iterable[str]) -> list[str]:
    """Return each value and each of its lines, the longest first."""
    parts: set[str] = set()
    for value in values:
        whole, lines = value.strip(), [line.strip() for line in value.splitlines()]
        # A line of brackets tells nothing, and would be found everywhere.
        parts |= {whole, *(line for line in lines if re.search(r"\w", line))}
    return sorted(
        (part for part in parts if part and part.lower() not in _NO_SECRETS), key=lambda part: (-len(part), part)
    )


@lru_cache(maxsize=2048)
def _pattern(part: str) -> re.Pattern[str]:
    pattern = "".join(str(piece) for piece in escaped_forms(part))
    if len(part) == 1:
        return re.compile(_GIVEN % pattern)
    is_word = part.isdigit() or (part.isalpha() and (part.islower() or part.isupper() or part[1:].islower()))
    alone = len(part) < (_WORD if is_word else _SHORT)
    return re.compile(_ALONE % pattern if alone else pattern)


def _needle(part: str) -> str:
    """Return what no escaping changes: where that is not, the value is not."""
    return max(_UNCHANGED.findall(part), key=len, default="")


def _without_blanks(text: str) -> tuple[str, Sequence[int]]:
    """Return the text without white space, and where each of its characters stood."""
    places = [index for index, character in enumerate(text) if not character.isspace()]
    return "".join(text[index] for index in places), places


def _decoded(text: str) -> Iterator[tuple[Span, str]]:
    """Yield what may be base64, such as the header with which an image is pulled, and what it says."""
    for match in _BASE64.finditer(text):
        written = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        for start in range(4):
            # Something may stand directly before it, so that it begins later.
            whole = written[start:][: len(written[start:]) - (len(written[start:]) % 4 == 1)]
            yield match.span(), base64.b64decode(whole + "=" * (-len(whole) % 4)).decode(errors="replace")


def _beside_cuts(text: str, part: str) -> Iterator[Span]:
    """Yield beginnings of a value before a cut, and ends of it behind one."""
    for cut in _CUT.finditer(text):
        pieces = escaped_forms(part)
        before = len(text[: cut.start()].rstrip())
        for start in range(max(0, before - sum(piece.longest for piece in pieces)), before):
            if _matched(text, start, before, pieces, to_the_end=False):
                yield start, before
                break
        behind = len(text) - len(text[cut.end() :].lstrip())
        for index in range(len(pieces)):
            if end := _matched(text, behind, len(text), pieces[index:], to_the_end=True):
                yield behind, end
                break


def _matched(text: str, start: int, end: int, pieces: Sequence[Piece], *, to_the_end: bool) -> int:
    """Return where the pieces end that stand there one after the other; 0 if too few do.

    A piece may end in several places: the "%" of a value and the one that begins an escape look alike.
    """
    before: set[int] = set()
    places, count = {start}, 0
    for piece in pieces:
        after = {stop for place in places for stop in _ends(text, place, end, piece)}
        if not after:
            break
        before, places, count = places, after, count + 1
    position = max(places)
    cut = any(_UNFINISHED.fullmatch(text, place, end) for place in (*places, *before))
    complete = count == len(pieces) if to_the_end else cut
    return position if complete and count > 1 and position - start >= _TELLING else 0


def _ends(text: str, start: int, end: int, piece: Piece) -> Iterator[int]:
    match = piece.pattern.match(text, start, end)
    if match is None or piece.longest == 1:
        yield from (match.end(),) if match else ()
        return
    for stop in range(start + 1, min(end, max(match.end(), start + piece.longest)) + 1):
        if piece.pattern.fullmatch(text, start, stop):
            yield stop


def _replaced(text: str, spans: Iterable[Span]) -> str:
    parts, last = [], 0
    for start, end in sorted(spans):
        if start >= last:
            parts += [text[last:start], HIDDEN]
        last = max(last, end)
    return "".join([*parts, text[last:]])


def _is_within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
