"""The codes with which `phoenix` ends: one for each kind of trouble, whichever command meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from phoenix_providers import errors
from phoenix_providers.cli import main, render
from phoenix_providers.errors import Explanation

PHOENIX = Path(sys.executable).parent / "phoenix"
ROOT = Path(__file__).parents[2]
REASON = (Explanation("it is so"),)


def ended(*arguments: str, folder: Path = ROOT, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [PHOENIX, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (None, 0, ""),
        (errors.ConfigurationError("a", REASON), 2, "configuration: a"),
        (errors.UsageError("a"), 2, "usage: a"),
        (click.UsageError("No such option"), 2, "usage: No such option"),
        (errors.NotReadyError("a", REASON), 3, "not ready: a"),
        (errors.UnreachableError("a"), 3, "not reachable: a"),
        (errors.UnauthorizedError("a"), 3, "not authorized: a"),
        (errors.ProductError("a"), 4, "failed: a"),
        (errors.DeploymentError("a", REASON), 4, "not as declared: a"),
        (OSError(13, "Permission denied", "site.yaml"), 4, "failed: site.yaml cannot be used"),
        (errors.UnsafeError("a"), 5, "refused: a"),
        (errors.GateTimeoutError("a", REASON), 6, "timed out: a"),
        (errors.RevertedError("a"), 7, "reverted: a"),
        (errors.InterruptedRunError("a"), 8, "interrupted: a"),
        (click.Abort(), 8, "interrupted: stopped"),
        (KeyboardInterrupt(), 8, "interrupted: stopped"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_each_kind_has_its_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    raised: BaseException | None,
    code: int,
    said: str,
) -> None:
    def command() -> None:
        if raised is not None:
            raise raised

    monkeypatch.setattr(render, "render", click.Command("render", callback=command))
    monkeypatch.setattr(sys, "argv", ["phoenix", "render"])
    found = 0
    try:
        main.main()
    except SystemExit as end:
        found = int(end.code or 0)
    told = capsys.readouterr()
    assert (found, told.err.lstrip()[: len(said)]) == (code, said)
    assert "Traceback" not in told.err


def test_the_command_itself_ends_with_them(tmp_path: Path) -> None:
    assert ended("--version") == (0, "")
    assert ended("synk", "all")[0] == 2
    assert ended("render", "--config", str(tmp_path))[0] == 2
    code, told = ended("lab", "status", PHOENIX_LAB=str(tmp_path / "lab"))
    assert code == 3
    assert told.splitlines()[0] == "not ready: No lab is running"
    assert "next:     phoenix lab up" in told
