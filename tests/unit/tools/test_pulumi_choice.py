"""Which Pulumi command line is used: decided from a search path made of temporary folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.pulumi_choice import WRAPPER_MARK, ask_version, find_installed_pulumi, is_recent_enough

PULUMI, HOST = "pulumi", "pulumi-language-python"


def folder_with(folder: Path, *names: str, text: str = "#!/bin/sh\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def search_path(*folders: Path) -> str:
    return ":".join(str(folder) for folder in folders)


def test_both_in_one_folder(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "bin", PULUMI, HOST)

    found = find_installed_pulumi(search_path(tmp_path / "empty", folder), [])

    assert found is not None
    assert (found.pulumi, found.language_host) == (folder / PULUMI, folder / HOST)


def test_in_two_folders(tmp_path: Path) -> None:
    command, host = folder_with(tmp_path / "a", PULUMI), folder_with(tmp_path / "b", HOST)

    found = find_installed_pulumi(search_path(command, host), [])

    assert found is not None
    assert (found.pulumi, found.language_host) == (command / PULUMI, host / HOST)


@pytest.mark.parametrize("names", [(), (PULUMI,), (HOST,)])
def test_incomplete_is_not_used(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert find_installed_pulumi(search_path(folder_with(tmp_path / "bin", *names)), []) is None


def test_what_set_up_wrote_does_not_count(tmp_path: Path) -> None:
    ours = folder_with(tmp_path / "ours", PULUMI, HOST)
    link = tmp_path / "link"
    link.symlink_to(ours)

    assert find_installed_pulumi(search_path(ours, link), [ours]) is None


def test_the_wrapper_of_another_work_tree_is_passed_over(tmp_path: Path) -> None:
    other_tree = folder_with(tmp_path / "other", PULUMI, text=f"#!/bin/sh\n# {WRAPPER_MARK}, written by make\n")
    real = folder_with(tmp_path / "real", PULUMI, HOST)

    found = find_installed_pulumi(search_path(other_tree, real), [])

    assert found is not None
    assert found.pulumi == real / PULUMI


def test_a_file_that_cannot_be_executed_does_not_count(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "bin", PULUMI, HOST)
    (folder / PULUMI).chmod(0o644)

    assert find_installed_pulumi(search_path(folder), []) is None


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("v3.220.0", True),
        ("v3.272.0", True),
        ("4.0.0", True),
        ("v3.219.9", False),
        ("v3.99.0", False),
        ("", False),
        ("not a version", False),
    ],
)
def test_recent_enough(version: str, expected: bool) -> None:
    assert is_recent_enough(version) is expected


def test_version_of_a_working_command(tmp_path: Path) -> None:
    folder_with(tmp_path, PULUMI, text="#!/bin/sh\necho v3.272.0\n")

    assert ask_version(tmp_path / PULUMI) == "v3.272.0"


def test_version_of_a_broken_command(tmp_path: Path) -> None:
    folder_with(tmp_path, PULUMI, text="#!/bin/sh\necho v3.272.0\nexit 1\n")

    assert ask_version(tmp_path / PULUMI) == ""
