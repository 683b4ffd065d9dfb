"""The picture in Graphviz's language, for `dot`."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.planning.site.graph.overlay import NOTHING_KNOWN, Overlay
from phoenix_providers.planning.site.graph.picture import PROXMOX, Picture, Thing

_HEAD = (
    "  graph [rankdir=LR, fontname=Helvetica, fontsize=11, nodesep=0.08, ranksep=1.2, compound=true];",
    '  node [shape=box, style=rounded, fontname=Helvetica, fontsize=10, height=0.3, margin="0.1,0.03"];',
    "  edge [fontname=Helvetica, fontsize=9, arrowsize=0.6];",
)
_REGISTRY = "shape=cylinder"
# In a cluster without stacks there has to be something to which an edge can lead.
_ANCHOR = "shape=point, style=invis, width=0.05"


def dot(picture: Picture, overlay: Overlay = NOTHING_KNOWN) -> str:
    """Return its text: routes on the left, machines as boxes with their stacks, and what each of them lets in."""
    parts = (
        _HEAD,
        *(_machine(picture, guest, overlay) for guest in picture.of("proxmox", "guest")),
        _routes(picture, overlay),
        _registries(picture),
    )
    lines = [f"digraph {_quoted(picture.site)} {{", *(line for part in parts for line in part), "}"]
    return "\n".join(lines) + "\n"


def _machine(picture: Picture, guest: Thing, overlay: Overlay) -> Iterator[str]:
    environments = picture.inside(guest.id, "environment")
    marks = (mark for one in (guest, *environments) for mark in overlay.of(one).marks)
    title = guest.title if guest.id == PROXMOX else f"{guest.title} ({guest.also[0]})"
    open_ = (f"open: {opening.title}" for opening in picture.inside(guest.id, "opening"))
    label = (title, *(f"environment {one.title}" for one in environments), *marks, *open_)
    yield f"  subgraph {_quoted(f'cluster {guest.id}')} {{"
    yield f"    label={_lines(label)}; labeljust=l; tooltip={_quoted(_tooltip(guest))};"
    yield f"    {_quoted(guest.id)} [{_ANCHOR}];"
    for stack in picture.inside(guest.id, "stack"):
        marks_of_stack = overlay.of(stack).marks
        style = ', style="rounded,dashed"' if stack.remark else ", penwidth=2.5" if marks_of_stack else ""
        text = _lines((stack.title, stack.remark, *marks_of_stack))
        yield f"    {_quoted(stack.id)} [label={text}, tooltip={_quoted(_tooltip(stack))}{style}];"
    yield "  }"


def _routes(picture: Picture, overlay: Overlay) -> Iterator[str]:
    yield '  subgraph "cluster routes" { label="Routes, through Traefik"; labeljust=l; color=gray;'
    for route in picture.of("route"):
        style = ', style="rounded,dashed"' if route.remark else ""
        text = _lines((route.title, route.remark, *overlay.of(route).marks))
        yield f"    {_quoted(route.id)} [label={text}, tooltip={_quoted(_tooltip(route))}{style}];"
    yield "  }"
    for route in picture.of("route"):
        for edge in picture.from_(route.id):
            inside = f" [lhead={_quoted(f'cluster {edge.target}')}]" if edge.target.startswith("guest:") else ""
            yield f"  {_quoted(route.id)} -> {_quoted(edge.target)}{inside};"


def _registries(picture: Picture) -> Iterator[str]:
    for registry in picture.of("registry"):
        label = _lines((f"registry {registry.title}", registry.details[0].text))
        yield f"  {_quoted(registry.id)} [label={label}, {_REGISTRY}];"
        for edge in picture.from_(registry.id):
            yield f"  {_quoted(registry.id)} -> {_quoted(edge.target)} [style=dashed, label=images];"


def _tooltip(thing: Thing) -> str:
    return "   ".join((thing.what, *thing.where))


def _lines(parts: tuple[str, ...]) -> str:
    """Return a label; its lines begin at the left."""
    texts = [_escaped(part) for part in parts if part]
    return f'"{texts[0]}"' if len(texts) == 1 else '"' + "".join(f"{text}\\l" for text in texts) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
