"""What `phoenix plan` says, beside what the engine's preview says."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pulumi

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.imitated_engine.planned import plan
from phoenix_providers.operations import clients_of_run
from tests.system.conftest import Rehearsal

# Without the providers of the engine, and its notes of what it has refreshed.
_CHANGES = {"create", "update", "delete", "replace", "create-replacement", "delete-replaced"}
# What only an engine says, and how it begins what others say.
_OF_ENGINE = ("preview failed", "using pulumi-resource-proxmoxve")
_MARKS = ("error: ", "warning: ")


@dataclass(frozen=True)
class Answer:
    """What would be done, and whether that could be worked out."""

    changes: frozenset[tuple[str, str]]
    lines: frozenset[str]
    failed: bool

    def __str__(self) -> str:
        return "\n".join(["failed" if self.failed else "ended well", *map(str, sorted(self.changes)), *self.lines])


def previewed(site: Rehearsal) -> Answer:
    done = site.pulumi("preview", "--json", PULUMI_RUN_PROGRAM="false")
    if "{" not in done.output:
        # It has not begun: something is not ready.
        return Answer(frozenset(), _lines([done.output]), failed=True)
    found: dict[str, Any] = json.JSONDecoder().raw_decode(done.output[done.output.index("{") :])[0]
    steps = found.get("steps") or ()
    changes = [(one["op"], one["urn"]) for one in steps if one["op"] in _CHANGES]
    return Answer(
        # An engine that fails has looked at some resources and not at others.
        frozenset(one for one in changes if "::pulumi:providers:" not in one[1]) if done.code == 0 else frozenset(),
        _lines(str(one.get("message") or "") for one in found.get("diagnostics") or ()),
        done.code != 0,
    )


def planned(site: Rehearsal) -> Answer:
    with _environment(site):
        engine = Engine(site.home.site, None, site.home.environment())
        clients_of_run.use(None)
        pulumi.runtime.settings.set_root_resource(None)
        resources, configuration = engine.asked_ahead()()
        found = plan(resources, configuration, engine.project_name, "lab", site.home.site)
        clients_of_run.use(None)
    return Answer(
        frozenset((step.operation, step.urn) for step in found.changes),
        _lines(message.text for message in found.messages),
        not found.complete,
    )


def _lines(texts: Iterable[str]) -> frozenset[str]:
    """Return what is said, line by line: the engine tells lines of providers one by one."""
    lines = {line.strip() for text in texts for line in text.splitlines()}
    bare = {next((line.removeprefix(mark) for mark in _MARKS if line.startswith(mark)), line) for line in lines}
    return frozenset(line for line in bare if line and not any(word in line for word in _OF_ENGINE))


@contextlib.contextmanager
def _environment(site: Rehearsal) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(site.home.environment())
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
