"""`.venv/bin/pulumi`: what it changes in the environment of the real command, and when."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.pulumi_choice import WRAPPER_MARK, InstalledPulumi
from tools.wrapper import wrapper_text

REPORT = """#!/bin/sh
echo "run_program=${PULUMI_RUN_PROGRAM-unset}"
echo "skip_update_check=$PULUMI_SKIP_UPDATE_CHECK"
echo "suppress_outputs=$PULUMI_OPTION_SUPPRESS_OUTPUTS"
echo "python=$PHOENIX_PYTHON"
echo "path=$PATH"
for argument in "$@"; do echo "argument=$argument"; done
exit 7
"""
SYSTEM_PATH = "/usr/bin:/bin"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name needs quoting, with a command that reports how it was called."""
    folder = tmp_path / "it's a $HOME folder"
    (folder / "venv" / "bin").mkdir(parents=True)
    (folder / "toolchain").mkdir()
    pulumi = folder / "toolchain" / "pulumi"
    pulumi.write_text(REPORT)
    pulumi.chmod(0o755)
    guard = folder / "venv" / "bin" / "phoenix"
    guard.write_text("#!/bin/sh\n")
    guard.chmod(0o755)
    wrapper = folder / "venv" / "bin" / "pulumi"
    choice = InstalledPulumi(pulumi, folder / "host" / "pulumi-language-python")
    wrapper.write_text(wrapper_text(choice, venv=folder / "venv", root=folder))
    wrapper.chmod(0o755)
    return folder


def call(folder: Path, *arguments: str, **variables: str) -> tuple[dict[str, str], list[str]]:
    answer = subprocess.run(
        [folder / "venv" / "bin" / "pulumi", *arguments],
        env={"PATH": SYSTEM_PATH, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (7, "")
    pairs = [line.split("=", 1) for line in answer.stdout.splitlines()]
    return {name: value for name, value in pairs}, [value for name, value in pairs if name == "argument"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("up", "true"),
        ("update --yes", "true"),
        ("preview --diff", "true"),
        ("pre", "true"),
        ("refresh -y", "true"),
        ("-C /site up", "true"),
        ("--cwd /site --color never up -yf", "true"),
        ("--cwd=/site up", "true"),
        ("up --stack prod", "true"),
        ("destroy", "unset"),
        ("-C up destroy", "unset"),
        ("stack init up", "unset"),
        ("config set up", "unset"),
        ("", "unset"),
        ("up --target **::a", "unset"),
        ("up --target=**::a", "unset"),
        ("--target a up", "unset"),
        ("up -t a", "unset"),
        ("up -ta", "unset"),
        ("up -yft a", "unset"),
        ("up --target-dependents", "unset"),
        ("up --target-replace a", "unset"),
        ("up --exclude a", "unset"),
        ("preview -x a", "unset"),
        ("refresh --exclude=a", "unset"),
    ],
)
def test_the_program_runs_in_full_refreshes_only(folder: Path, arguments: str, expected: str) -> None:
    seen, passed_on = call(folder, *arguments.split())

    assert seen["run_program"] == expected
    assert passed_on == arguments.split()


@pytest.mark.parametrize("value", ["false", "true", ""])
def test_a_variable_of_the_user_is_kept(folder: Path, value: str) -> None:
    seen, _ = call(folder, "up", PULUMI_RUN_PROGRAM=value)

    assert seen["run_program"] == value


def test_environment_of_the_command(folder: Path) -> None:
    seen, _ = call(folder, "up")

    assert seen["path"] == f"{folder}/venv/bin:{folder}/toolchain:{folder}/host:{SYSTEM_PATH}"
    assert seen["python"] == f"{folder}/venv/bin/python"
    assert seen["skip_update_check"] == "true"
    assert seen["suppress_outputs"] == "true"
    assert call(folder, "up", PULUMI_OPTION_SUPPRESS_OUTPUTS="false")[0]["suppress_outputs"] == "false"


def test_arguments_pass_unchanged(folder: Path) -> None:
    given = ["up", "--message", "two words", "", "*", "$HOME"]

    assert call(folder, *given)[1] == given


def test_a_command_that_is_gone(folder: Path) -> None:
    (folder / "toolchain" / "pulumi").unlink()

    answer = subprocess.run([folder / "venv" / "bin" / "pulumi"], capture_output=True, text=True, check=False)

    assert answer.returncode == 127
    assert answer.stderr == (f"pulumi: {folder}/toolchain/pulumi is not there any more; run `make setup` in {folder}\n")


def test_the_wrapper_carries_its_mark() -> None:
    text = wrapper_text(InstalledPulumi(Path("/a/pulumi"), Path("/a/pulumi-language-python")))

    assert WRAPPER_MARK in text[:400]


GUARD = """#!/bin/sh
echo "guard: $*" >&2
exit "$GUARD_CODE"
"""


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ("destroy", True),
        ("down --yes", True),
        ("dn", True),
        ("-C /site destroy --target a -s prod", True),
        ("--cwd=/site --color never destroy", True),
        ("up", False),
        ("-C destroy up", False),
        ("stack init destroy", False),
    ],
)
@pytest.mark.parametrize("code", [0, 5])
def test_a_destroy_of_the_state_of_another_site_does_not_start(
    folder: Path, arguments: str, asked: bool, code: int
) -> None:
    guard = folder / "venv" / "bin" / "phoenix"
    guard.write_text(GUARD)
    answer = subprocess.run(
        [folder / "venv" / "bin" / "pulumi", *arguments.split()],
        env={"PATH": SYSTEM_PATH, "GUARD_CODE": str(code)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stderr == (f"guard: state guard {arguments}\n" if asked else "")
    refused = asked and code != 0
    assert answer.returncode == (code if refused else 7)
    assert ("run_program" in answer.stdout) is not refused
