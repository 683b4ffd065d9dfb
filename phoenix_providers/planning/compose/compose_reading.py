"""The compose text of a stack, read once for everybody who asks about it: judging, sending, and watching its services.

Reading is most of the work of a deploy that changes nothing, and one text is asked about many times in a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from phoenix_providers.models.location import Location
from phoenix_providers.models.problem import Problem
from phoenix_providers.models.stack import SecretReference
from phoenix_providers.planning.compose.compose_file import Compose, read_compose
from phoenix_providers.planning.compose.interpolation import with_project
from phoenix_providers.planning.findings import Findings

# Stacks are brought up one after another, each with its new text, the one that runs, and the last good one.
_MOST_TEXTS = 64


@dataclass(frozen=True)
class ComposeReading:
    """What was read.

    Attributes:
        text: As it is deployed.
        compose: The file; None if it cannot be read.
        problems: Found while reading.
        asked: Names of the variables that the text asks for, whether they have values or not.
    """

    text: str
    compose: Compose | None = field(repr=False)
    problems: tuple[Problem, ...]
    asked: frozenset[str]


def reading_of(project: str, text: str, values: Mapping[str, str]) -> ComposeReading:
    """Return what was read of a text with these values; whoever gets it must not change any of it."""
    return _read(project, text, tuple(sorted(values.items())))


def place_in_text(*path: Any) -> Location:
    """Return the place of a path in a text that is no file here."""
    return Location(Path("the text to deploy"), None, ".".join(map(str, path)))


@lru_cache(maxsize=_MOST_TEXTS)
def _read(project: str, text: str, values: tuple[tuple[str, str], ...]) -> ComposeReading:
    findings, variables = Findings(project), _Asked(with_project(dict(values), project))
    compose = read_compose(text, variables, place_in_text, findings)
    return ComposeReading(text, compose, tuple(findings.found), frozenset(variables.names))


class _Asked(dict[str, str | SecretReference]):
    """Variables that remember which of them a file asked for."""

    def __init__(self, variables: Mapping[str, str | SecretReference]) -> None:
        super().__init__(variables)
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value; the reading of profiles asks, too, and means no variable of the text."""
        if key != "COMPOSE_PROFILES":
            self.names.add(key)
        return super().get(key, default)
