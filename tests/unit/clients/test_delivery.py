"""Putting files into a directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.clients.delivery import DirectoryDelivery, open_delivery
from phoenix_providers.errors import ConfigurationError, UnreachableError


def test_write_then_read(tmp_path: Path) -> None:
    delivery = DirectoryDelivery(tmp_path)
    delivery.write("a.yml", "http: ü\n")
    assert delivery.read("a.yml") == "http: ü\n"
    assert [file.name for file in tmp_path.iterdir()] == ["a.yml"]


def test_replacing_keeps_the_mode(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("old")
    file.chmod(0o640)
    DirectoryDelivery(tmp_path).write("a.yml", "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_missing_file_is_none_and_removing_it_is_fine(tmp_path: Path) -> None:
    delivery = DirectoryDelivery(tmp_path)
    assert delivery.read("a.yml") is None
    delivery.remove("a.yml")


def test_a_missing_directory_is_unreachable_never_an_absent_file(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="does not exist"):
        DirectoryDelivery(tmp_path / "gone").read("a.yml")


def test_unknown_targets_are_refused_with_what_is_possible() -> None:
    with pytest.raises(ConfigurationError, match="a directory of this machine"):
        open_delivery("ftp://host/dir")
