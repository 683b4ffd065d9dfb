"""Finding and stopping a lab by what its folder says of it, when that is no longer true."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from phoenix_providers.lab import control
from phoenix_providers.lab.control import LabError, RunningLab


def said(folder: Path, **changed: object) -> None:
    """Write what a lab says of itself."""
    details = {field.name: "anything" for field in fields(RunningLab)} | changed
    (folder / "running.json").write_text(json.dumps(details))


def process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that waits for its end, with these words behind its program."""
    with subprocess.Popen([sys.executable, "-c", "input()", *words], stdin=subprocess.PIPE) as started:
        yield started
        started.kill()


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    yield from process()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    yield from process(control.SUPERVISOR, str(tmp_path))


def test_a_number_that_somebody_else_has_got_is_no_lab(tmp_path: Path, stranger: subprocess.Popen[bytes]) -> None:
    said(tmp_path, pid=stranger.pid)
    assert control.status(tmp_path) is None
    assert control.down(tmp_path) is False
    assert stranger.poll() is None


@pytest.mark.parametrize("text", ["", '{"pid": 1', "[1]", '{"pid": "x"}', "{}"])
def test_a_file_that_cannot_be_read_tells_of_no_lab(tmp_path: Path, text: str) -> None:
    (tmp_path / "running.json").write_text(text)
    assert control.status(tmp_path) is None
    assert control.down(tmp_path) is False


def test_a_lab_of_another_version_is_named_and_can_be_stopped(tmp_path: Path, lab: subprocess.Popen[bytes]) -> None:
    (tmp_path / "running.json").write_text(json.dumps({"pid": lab.pid, "a_field_of": "yesterday"}))
    with pytest.raises(LabError, match="phoenix lab down"):
        control.status(tmp_path)
    assert control.down(tmp_path) is True
    assert lab.wait() < 0


def test_the_lab_of_another_folder_is_not_this_one(tmp_path: Path, lab: subprocess.Popen[bytes]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    said(other, pid=lab.pid)
    assert control.status(other) is None
