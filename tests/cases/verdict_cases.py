"""The compose texts of `verdicts`, and what compose says of each; see `CONTRIBUTING.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "compose"
RECORDED = FOLDER / "recorded.json"


@dataclass(frozen=True)
class VerdictCase:
    """One text; `title` begins with the name of its file."""

    title: str
    text: str
    variables: Mapping[str, str]


def verdict_cases() -> Iterator[VerdictCase]:
    """Yield all of them."""
    for path in sorted((FOLDER / "verdicts").glob("*.yaml")):
        for title, case in _loaded(path).items():
            given = {"service": case} if isinstance(case, str) else case
            text = given["text"] if "text" in given else _around(given["service"], given.get("rest", ""))
            yield VerdictCase(f"{path.stem}: {title}", text, given.get("variables", {}))


def recorded() -> dict[str, dict[str, str]]:
    """Return by title, and by release of compose, why compose refuses it; nothing where it does not."""
    return dict(json.loads(RECORDED.read_text()))


def decided() -> dict[str, dict[str, str]]:
    """Return by title what is decided here where compose leaves it open, and why."""
    return dict(_loaded(FOLDER / "decided.yaml"))


def _around(service: str, rest: str) -> str:
    """Return a whole file with one service, `app`; it has an image unless it names one."""
    image = [] if service.startswith("image:") else ["image: nginx:1"]
    lines = "".join(f"    {line}\n" for line in [*image, *service.splitlines()])
    return f"services:\n  app:\n{lines}" + (f"{rest}\n" if rest else "")


def _loaded(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
