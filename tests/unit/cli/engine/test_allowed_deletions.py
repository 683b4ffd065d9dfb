"""Deleting much is asked once, on a terminal alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from phoenix_providers.cli.engine.allowed_deletions import run_with_allowed_deletions
from phoenix_providers.cli.engine.run import Engine


@pytest.mark.parametrize(
    ("terminal", "ask", "answer", "allowed", "runs", "code"),
    [
        (True, True, "4", None, [{}, {"PHOENIX_ALLOW_DELETE": "4"}], 0),
        (True, True, "", None, [{}], 5),
        (True, True, "y", None, [{}], 5),
        (True, True, "3", None, [{}], 5),
        (True, False, "4", None, [{}], 5),
        (False, True, "4", None, [{}], 5),
        (False, False, "", 4, [{"PHOENIX_ALLOW_DELETE": "4"}], 0),
        (True, True, "4", 3, [{"PHOENIX_ALLOW_DELETE": "3"}, {"PHOENIX_ALLOW_DELETE": "4"}], 0),
    ],
)
def test_who_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    terminal: bool,
    ask: bool,
    answer: str,
    allowed: int | None,
    runs: list[dict[str, str]],
    code: int,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("click.prompt", lambda _question, **_: answer)
    engine, seen = Engine(tmp_path), []

    def run(variables: Mapping[str, str]) -> int:
        seen.append(dict(variables))
        engine.messages = ["next: if all 4 may go, for this run alone: phoenix sync all --allow-delete 4"]
        return 0 if variables.get("PHOENIX_ALLOW_DELETE") == "4" else 5

    assert run_with_allowed_deletions(engine, run, allowed, ask=ask) == code
    assert seen == runs
