"""What the documents name is there: code, folders, tests and other documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "phoenix_providers"
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "tests" / "samples" / "README.md",
        ROOT / "tests" / "samples" / "states" / "README.md",
    ]
)
# What begins with one of these is a path of ours. `config/` and `stacks/` are in each site.
FOLDERS = (
    {one.name for one in PACKAGE.iterdir() if one.is_dir()} | {"phoenix_providers", "tests", "tools", "docs"}
) - {"__pycache__"}
IN_BACKTICKS = re.compile(r"`([^`\s]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def named_paths(text: str) -> Iterator[str]:
    """Paths in backticks, with or without the package's name in front; a placeholder in capitals names none."""
    for token in IN_BACKTICKS.findall(text):
        path = token.rstrip("/")
        is_path = "/" in token and path.partition("/")[0] in FOLDERS
        if (is_path or path.endswith(".py")) and not re.search(r"(^|/)[A-Z_]{2,}(/|$)", path):
            yield path


def exists(path: str) -> bool:
    return any(next(folder.glob(path), None) is not None for folder in (ROOT, PACKAGE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_every_path_of_code_is_there(document: Path) -> None:
    assert [path for path in named_paths(document.read_text()) if not exists(path)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(document.read_text()) if "://" not in link]
    assert [link for link in links if link and not (document.parent / link).exists()] == []


def test_what_is_a_path_and_what_is_not() -> None:
    text = "`planning/dns/`, `resources/gone.py`, `x.py`, `config/stacks/a.py`, `docs/decisions/NNNN`, `pct://a`"
    assert list(named_paths(text)) == ["planning/dns", "resources/gone.py", "x.py", "config/stacks/a.py"]
    assert exists("planning/dns")
    assert exists("tests/unit")
    assert not exists("planning/wall.py")
