"""The picture as SVG, for whatever shows images: each machine a card with its stacks, their names, and its openings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from phoenix_providers.planning.site.graph.columns import Place, in_columns
from phoenix_providers.planning.site.graph.overlay import NOTHING_KNOWN, SIGNS, Overlay
from phoenix_providers.planning.site.graph.picture import Picture, Thing

_GAP, _EDGE = 16.0, 24.0
_LINE, _HEAD, _FOOT = 18.0, 44.0, 10.0
# Nobody here knows the fonts of who looks; of the usual ones without serifs no letter of a name is wider as a rule.
_LETTER = 6.6
_INDENT = 20.0
# Letters that a column has room for: at least those of the head of a card, at most those of a line that can be read.
_FEWEST, _MOST = 14, 44
_NARROWEST = 260.0
_STYLE = """
text{font:12px Helvetica,Arial,'DejaVu Sans',sans-serif;fill:#1c2430}
.back{fill:#f4f6f8}.card{fill:#fff;stroke:#b9c2cc}
.title{font-weight:bold;font-size:14px}.site{font-weight:bold;font-size:20px}
.quiet{fill:#5a6675}.bad{fill:#a3171f;font-weight:bold}.anywhere{font-weight:bold}
@media (prefers-color-scheme:dark){text{fill:#e4e9ef}.back{fill:#12171d}.card{fill:#1c232b;stroke:#46525f}
.quiet{fill:#a3afbc}
.bad{fill:#ff9a94}}
"""


@dataclass(frozen=True)
class _Row:
    """One line of a card.

    Attributes:
        left: What it is.
        right: What leads to it.
        kind: Its class in the style sheet.
        tip: What a browser shows beside the mouse.
    """

    left: str
    right: str = ""
    kind: str = ""
    tip: str = ""


@dataclass(frozen=True)
class _Card:
    """A machine, or whatever else stands on its own; `marks` is what is not as it should be with it."""

    owner: Thing
    marks: str
    rows: tuple[_Row, ...]

    @property
    def height(self) -> float:
        return _HEAD + len(self.rows) * _LINE + _FOOT

    @property
    def kind(self) -> str:
        address = next((one.text for one in self.owner.details if one.word == "address"), "")
        return f"{self.owner.what}, {address}" if address and self.owner.kind == "guest" else self.owner.what


@dataclass(frozen=True)
class _Columns:
    """The two columns of a card: what there is, and what leads to it; as wide as this site's names want."""

    left: float
    right: float

    @classmethod
    def of(cls, rows: Iterable[_Row]) -> _Columns:
        both = [row for row in rows if row.right]
        left = max((len(row.left) for row in both), default=0)
        right = max((len(row.right) for row in both), default=0)
        return cls(*(min(max(letters, _FEWEST), _MOST) * _LETTER + _INDENT for letters in (left, right)))

    @property
    def width(self) -> float:
        """The width of a card."""
        return max(self.left + self.right + _INDENT, _NARROWEST)


def svg(picture: Picture, overlay: Overlay = NOTHING_KNOWN) -> str:
    """Return its text; in a browser it follows the colours of the system, and tells places in tooltips."""
    cards = [
        _Card(owner, _marks(picture, owner, overlay), tuple(_rows(picture, owner, overlay)))
        for owner in picture.of("proxmox", "guest", "registry")
    ]
    columns = _Columns.of(row for card in cards for row in card.rows)
    layout = in_columns([card.height for card in cards], columns.width, _GAP)
    width, height = layout.width + 2 * _EDGE, layout.height + 2 * _EDGE + _HEAD + 8
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}")
    root.attrib |= {"width": f"{width:g}", "height": f"{height:g}", "role": "img"}
    SubElement(root, "title").text = f"Site {picture.site}"
    SubElement(root, "style").text = _STYLE
    SubElement(root, "rect", {"class": "back", "width": "100%", "height": "100%"})
    _write(root, Place(_EDGE, _EDGE + 16), picture.site, "site")
    _write(root, Place(_EDGE, _EDGE + 36), _told(picture, overlay), "quiet")
    for card, place in zip(cards, layout.places, strict=True):
        _draw(root, Place(place.x + _EDGE, place.y + _EDGE + _HEAD + 8), card, columns)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _told(picture: Picture, overlay: Overlay) -> str:
    kinds = {"guest": "guests", "stack": "stacks", "route": "routes", "opening": "openings of the firewall"}
    counts = (f"{sum(thing.kind == kind for thing in picture.things)} {word}" for kind, word in kinds.items())
    return " · ".join((*counts, overlay.source or "from the files alone"))


def _marks(picture: Picture, owner: Thing, overlay: Overlay) -> str:
    of_both = (owner, *picture.inside(owner.id, "environment"))
    return ", ".join(mark for one in of_both for mark in overlay.of(one).marks)


def _rows(picture: Picture, owner: Thing, overlay: Overlay) -> Iterator[_Row]:
    for environment in picture.inside(owner.id, "environment"):
        yield _Row(f"environment {environment.title}", environment.remark, "quiet", _tip(environment))
    yield from (_Row(f"→ {name}", tip=tip) for name, tip in _names(picture, owner, overlay))
    for stack in picture.inside(owner.id, "stack"):
        standing = overlay.of(stack)
        sign = SIGNS[standing.health] if standing.health else "▪"
        names = list(_names(picture, stack, overlay)) or [("", "")]
        for number, (name, tip) in enumerate(names):
            left = "" if number else f"{sign} {stack.title}"
            yield _Row(left, f"← {name}" if name else "", tip=f"{_tip(stack)}\n{tip}".strip())
        if marks := ", ".join(filter(None, (stack.remark, *standing.marks))):
            yield _Row(f"    {marks}", kind="bad", tip=standing.detail)
    for opening in picture.inside(owner.id, "opening"):
        yield _Row(f"⇥ {opening.title}", kind="anywhere" if opening.remark else "quiet", tip=_tip(opening))
    if owner.kind == "registry":
        for edge in picture.from_(owner.id):
            yield _Row(f"images of {picture.by_id[edge.target].name}", kind="quiet")


def _names(picture: Picture, target: Thing, overlay: Overlay) -> Iterator[tuple[str, str]]:
    """Yield the routes that lead to a thing, with what else there is to say of them."""
    for edge in picture.to(target.id):
        route = picture.by_id[edge.source]
        if route.kind == "route":
            yield " ".join((route.title, *filter(None, (route.remark, *overlay.of(route).marks)))), _tip(route)


def _tip(thing: Thing) -> str:
    return "\n".join((thing.what, *thing.where))


def _draw(root: Element, place: Place, card: _Card, columns: _Columns) -> None:
    box = {"x": place.x, "y": place.y, "width": columns.width, "height": card.height, "rx": 8}
    group = SubElement(root, "g")
    SubElement(group, "title").text = _tip(card.owner)
    SubElement(group, "rect", {"class": "card", **{key: f"{value:g}" for key, value in box.items()}})
    _write(group, Place(place.x + 14, place.y + 22), card.owner.title, "title")
    _write(group, Place(place.x + 14, place.y + 37), _cut(card.kind, columns.width - 28), "quiet")
    if card.marks:
        _write(group, Place(place.x + columns.width - 14, place.y + 22), card.marks, "bad", end=True)
    for number, row in enumerate(card.rows):
        at = Place(place.x + _INDENT, place.y + _HEAD + (number + 1) * _LINE - 4)
        _draw_row(group, at, row, columns)


def _draw_row(group: Element, at: Place, row: _Row, columns: _Columns) -> None:
    line = SubElement(group, "g")
    if row.tip:
        SubElement(line, "title").text = row.tip
    if row.left:
        room = columns.left if row.right else columns.width
        _write(line, at, _cut(row.left, room - _INDENT), row.kind)
    if row.right:
        _write(line, Place(at.x + columns.left, at.y), _cut(row.right, columns.right - _INDENT), row.kind or "quiet")


def _write(parent: Element, place: Place, text: str, kind: str, *, end: bool = False) -> None:
    anchor = {"text-anchor": "end"} if end else {}
    said = {"class": kind} if kind else {}
    # What is indented by spaces would begin at the left in SVG.
    indented = place.x + (len(text) - len(text.lstrip())) * _LETTER / 2
    position = {"x": f"{indented:g}", "y": f"{place.y:g}"}
    SubElement(parent, "text", {**position, **said, **anchor}).text = text.strip()


def _cut(text: str, room: float) -> str:
    """Return as much of a text as has room; the whole of it is in the tooltip."""
    letters = max(round(room / _LETTER), 1)
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
