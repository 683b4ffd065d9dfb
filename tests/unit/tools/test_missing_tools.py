"""A machine that lacks something gets one line that says what, and what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import python_environment
from tools.go_build import check_go
from tools.messages import SetUpError, one_line_errors

ROOT = Path(__file__).resolve().parents[3]


def fake_go(folder: Path, version: str) -> None:
    go = folder / "go"
    go.write_text(f"#!/bin/sh\necho {version}\n")
    go.chmod(0o755)


def test_no_python() -> None:
    answer = subprocess.run(
        [shutil.which("make") or "make", "-C", str(ROOT), "setup", "PYTHON=python-that-is-not-here"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}},
    )

    first, *rest = answer.stderr.splitlines()
    assert first == (
        "set-up: missing: python-that-is-not-here; "
        "install Python 3.11 (Debian: apt-get install python3.11 python3.11-venv)"
    )
    assert len(rest) == 1  # what make itself says when a command fails
    assert answer.returncode == 2


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_python_without_venv(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else name)

    with pytest.raises(SetUpError) as caught:
        python_environment.check_python()

    assert str(caught.value) == (
        f"missing: module {module} of Python 3.11, which makes virtual environments; "
        "install it (Debian: apt-get install python3.11-venv)"
    )


def test_another_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 12, 1))

    with pytest.raises(SetUpError, match=r"Python 3\.11 is needed and this is 3\.12; install python3\.11"):
        python_environment.check_python()


def test_no_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SetUpError) as caught:
        check_go()

    assert str(caught.value) == (
        "missing: go, which builds the Pulumi command line; "
        "install Go 1.24.7 or newer, or the Pulumi command line with its Python language host"
    )


@pytest.mark.parametrize("version", ["go1.19.8", "go1.24.6", "go1.9"])
def test_old_go(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_go(tmp_path, version)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(SetUpError, match=rf"{tmp_path}/go is {version}, too old .*; install Go 1\.24\.7 or newer, or"):
        check_go()


@pytest.mark.parametrize("version", ["go1.24.7", "go1.26", "go1.26.8"])
def test_new_go(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_go(tmp_path, version)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert check_go() == str(tmp_path / "go")


def test_an_error_is_one_line_without_traceback() -> None:
    with pytest.raises(SystemExit) as caught, one_line_errors():
        raise SetUpError("missing: something; install it")

    assert caught.value.code == "set-up: missing: something; install it"
