"""The picture as one self-contained page: site, last run, search, and a click on each thing for what asks for it.

The browser lays it out and draws it; here the data is put beside style and script. The page forbids itself every
request, and every script but its own.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TypeAlias

from phoenix_providers.models.run_record import RunRecord
from phoenix_providers.planning.site.graph.lanes import Bar, lanes, seconds_of
from phoenix_providers.planning.site.graph.overlay import NOTHING_KNOWN, SIGNS, Overlay
from phoenix_providers.planning.site.graph.picture import Picture, Thing

# One behind the other they are one script.
_SCRIPTS = ("things", "site", "run", "why", "search", "main")
# What the script reads; its forms are at the end of this module.
_Data: TypeAlias = Mapping[str, object]


def html_page(picture: Picture, overlay: Overlay = NOTHING_KNOWN) -> str:
    """Return the page."""
    style, page = _part("page.css"), _part("page.html")
    script = "".join(_part(f"{name}.js") for name in _SCRIPTS)
    # The mark of an HTML element's end must not stand in a script, whatever a name or a comment is.
    data = json.dumps(_data(picture, overlay), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    filled = {
        "policy": f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}",
        "title": escape(f"{picture.site}: site and last run"),
        "style": style,
        "script": script,
        "data": data,
    }
    head, *rest = page.split("{{")
    parts = (part.partition("}}") for part in rest)
    return head + "".join(filled[name] + text for name, _, text in parts)


def _part(name: str) -> str:
    return files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _data(picture: Picture, overlay: Overlay) -> _Data:
    environments = {thing.inside.partition(":")[2]: thing.title for thing in picture.of("environment")}
    return {
        "site": picture.site,
        "source": overlay.source,
        "things": [_thing(thing, overlay) for thing in picture.things],
        "edges": [[edge.source, edge.target, edge.sense] for edge in picture.edges],
        "run": _run(overlay.run, environments) if overlay.run else None,
    }


def _thing(thing: Thing, overlay: Overlay) -> _Data:
    standing = overlay.of(thing)
    said: _Data = {
        "id": thing.id,
        "kind": thing.kind,
        "name": thing.name,
        "title": thing.title,
        "what": thing.what,
        "where": list(thing.where),
        "inside": thing.inside,
        "remark": thing.remark,
        "details": [[detail.word, detail.text] for detail in thing.details],
        "also": list(thing.also),
        "health": standing.word,
        "sign": SIGNS[standing.health] if standing.health else "",
        "drift": standing.drift,
        "detail": standing.detail,
        "probe": standing.probe,
    }
    return {key: value for key, value in said.items() if value}


def _run(run: RunRecord, environments: Mapping[str, str]) -> _Data:
    return {
        "command": run.command,
        "started": run.started,
        "seconds": seconds_of(run),
        "is_over": run.ended is not None,
        "exit_code": run.exit_code,
        "unchanged": run.unchanged,
        "log": run.engine_log,
        "lanes": [
            {"title": lane.title, "rows": lane.rows, "bars": [_bar(bar) for bar in lane.bars]}
            for lane in lanes(run, environments)
        ],
    }


def _bar(bar: Bar) -> _Data:
    return {
        "name": bar.step.name,
        "operation": bar.step.operation,
        "begin": round(bar.begin, 3),
        "end": round(bar.end, 3),
        "failed": bar.step.failed,
        "cut": bar.is_cut,
        "row": bar.row,
        "message": bar.step.message,
    }
