"""The picture as a Mermaid flow chart, which Markdown viewers draw: names, stacks and machines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from phoenix_providers.planning.site.graph.overlay import NOTHING_KNOWN, Overlay
from phoenix_providers.planning.site.graph.picture import Picture, Thing


def mermaid(picture: Picture, overlay: Overlay = NOTHING_KNOWN) -> str:
    """Return its text; what the firewall opens is not in it, since a chart of that would be no longer readable."""
    lines = ["flowchart LR", *_machines(picture, overlay), *_routes(picture, overlay), *_registries(picture)]
    return "\n".join(lines) + "\n"


def _machines(picture: Picture, overlay: Overlay) -> Iterator[str]:
    for guest in picture.of("guest"):
        name = f"{guest.title} ({guest.also[0]})"
        environments = picture.inside(guest.id, "environment")
        if not environments:
            if picture.to(guest.id):
                yield f"  {_id(guest)}({_text(name, *overlay.of(guest).marks)})"
            continue
        of_both = (mark for one in (guest, environments[0]) for mark in overlay.of(one).marks)
        yield f"  subgraph {_id(guest)}[{_text(name, f'environment {environments[0].title}', *of_both)}]"
        for stack in picture.inside(guest.id, "stack"):
            yield f"    {_id(stack)}[{_text(stack.title, stack.remark, *overlay.of(stack).marks)}]"
        yield "  end"


def _routes(picture: Picture, overlay: Overlay) -> Iterator[str]:
    for route in picture.of("route"):
        if route.remark:
            continue
        for edge in picture.from_(route.id):
            target = picture.by_id[edge.target]
            yield f'  traefik(("Traefik")) -- {_text(route.title, *overlay.of(route).marks)} --> {_id(target)}'


def _registries(picture: Picture) -> Iterator[str]:
    for registry in picture.of("registry"):
        text = _text(f"registry {registry.title}", registry.details[0].text)
        yield f"  {_id(registry)}[({text})]"
        for edge in picture.from_(registry.id):
            yield f'  {_id(registry)} -. "images" .-> {_id(picture.by_id[edge.target])}'


def _text(*parts: str) -> str:
    """Return parts as lines of one label."""
    texts = (" ".join(part.split()).replace('"', "#quot;") for part in parts if part)
    return f'"{"<br/>".join(texts)}"'


def _id(thing: Thing) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", thing.id)
