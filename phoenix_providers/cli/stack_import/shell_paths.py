"""Paths that begin with `${PWD}` or `$HOME`, which compose has from the shell where it is called."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from phoenix_providers.cli.stack_import.relative_paths import at, each, seen_from, with_paths
from phoenix_providers.planning.compose.parts import Part

# A default counts only where the shell has none.
_BEGINNING = re.compile(r"\$(?:\{(?P<braced>PWD|HOME)(?::?[-?][^{}]*)?\}|(?P<named>PWD|HOME)(?!\w))(?=[/:]|$)")


def with_shell_paths(tree: Part, source: Path, folder: Path) -> Part:
    """Return a project with these paths from `folder`, or from a home; compose is called in `source`."""
    here = "." if source.resolve() == folder.resolve() else seen_from(source, folder)

    def path(part: Part) -> Part:
        found = _BEGINNING.match(part.raw) if isinstance(part.raw, str) else None
        if found is None:
            return part
        text = ("~" if "HOME" in (found["braced"], found["named"]) else here) + part.raw[found.end() :]
        return replace(part, value=text, raw=text)

    def mount(part: Part) -> Part:
        return at(part, "source", path) if part.is_map else path(part)

    def volume(part: Part) -> Part:
        return at(part, "driver_opts", lambda options: at(options, "device", path))

    return at(with_paths(tree, path, mount), "volumes", lambda volumes: each(volumes, volume))
