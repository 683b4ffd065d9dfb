"""`.venv/bin/pulumi`: what it changes in the environment of the real command, and when."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.pulumi_choice import WRAPPER_MARK, InstalledPulumi
from tools.wrapper import wrapper_text

REPORT = """#!/bin/sh
echo "started=yes"
echo "run_program=${PULUMI_RUN_PROGRAM-unset}"
echo "ready=${PHOENIX_READY-unset}"
echo "skip_update_check=$PULUMI_SKIP_UPDATE_CHECK"
echo "suppress_outputs=$PULUMI_OPTION_SUPPRESS_OUTPUTS"
echo "parallel=$PULUMI_PARALLEL"
echo "garbage=$GOGC"
echo "debug_lines=$PHOENIX_DEBUG_LINES"
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


# Whoever is asked before the engine starts.
ASKED = """#!/bin/sh
echo "asked: $*" >&2
exit "$ITS_CODE"
"""


def asking(folder: Path, arguments: str, code: int, **variables: str) -> subprocess.CompletedProcess[str]:
    """Call the wrapper where whoever is asked first ends with this code."""
    (folder / "venv" / "bin" / "phoenix").write_text(ASKED)
    return subprocess.run(
        [folder / "venv" / "bin" / "pulumi", *arguments.split()],
        env={"PATH": SYSTEM_PATH, "ITS_CODE": str(code), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ("destroy", "state guard"),
        ("down --yes", "state guard"),
        ("dn", "state guard"),
        ("-C /site destroy --target a -s prod", "state guard"),
        ("--cwd=/site --color never destroy", "state guard"),
        ("up", "ready"),
        ("update --yes", "ready"),
        ("preview --diff", "ready"),
        ("pre", "ready"),
        ("refresh -y", "ready"),
        ("-C /site up", "ready"),
        ("-C destroy up", "ready"),
        ("--cwd /site --color never up -yf", "ready"),
        ("--cwd=/site up", "ready"),
        ("up --stack prod", "ready"),
        ("up --refresh=true", "ready"),
        # A run with targets reads those alone.
        ("up --target **::a", ""),
        ("up --target=**::a", ""),
        ("--target a up", ""),
        ("up -t a", ""),
        ("up -ta", ""),
        ("up -yft a", ""),
        ("up --target-dependents", ""),
        ("up --target-replace a", ""),
        ("up --exclude a", ""),
        ("preview -x a", ""),
        ("refresh --exclude=a", ""),
        # Nothing is read.
        ("up --refresh=false", ""),
        ("up -r=false", ""),
        ("up --help", ""),
        ("preview -h", ""),
        ("-C up stack", ""),
        ("stack init destroy", ""),
        ("stack init up", ""),
        ("config set up", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("code", [0, 3])
def test_who_is_asked_before_the_engine_starts(folder: Path, arguments: str, asked: str, code: int) -> None:
    answer = asking(folder, arguments, code)

    assert answer.stderr == (f"asked: {asked} {arguments}\n" if asked else "")
    refused = bool(asked) and code != 0
    assert answer.returncode == (code if refused else 7)
    assert ("started" in answer.stdout) is not refused


def test_nobody_is_asked_twice(folder: Path) -> None:
    answer = asking(folder, "up", 3, PHOENIX_READY="true")

    assert (answer.returncode, answer.stderr) == (7, "")


@pytest.mark.parametrize(
    ("said", "variables", "expected"),
    [
        ("", {}, "unset"),
        ("PULUMI_RUN_PROGRAM=true", {}, "true"),
        ("PULUMI_RUN_PROGRAM=true\\nPHOENIX_READY=12.5", {}, "true"),
        ("", {"PULUMI_RUN_PROGRAM": "true"}, "true"),
        ("PULUMI_RUN_PROGRAM=true", {"PULUMI_RUN_PROGRAM": "false"}, "false"),
        ("PULUMI_RUN_PROGRAM=true", {"PULUMI_RUN_PROGRAM": ""}, ""),
    ],
)
def test_changed_settings_let_the_program_run_in_the_refresh_unless_the_user_says_it(
    folder: Path, said: str, variables: dict[str, str], expected: str
) -> None:
    (folder / "venv" / "bin" / "phoenix").write_text(f"#!/bin/sh\nprintf '{said}\\n'\n")

    seen, _ = call(folder, "up", **variables)

    assert seen["run_program"] == expected


@pytest.mark.parametrize(
    ("said", "expected"), [("PHOENIX_READY=12.5", "12.5"), ("", "unset"), ("PATH=/elsewhere", "unset")]
)
def test_the_run_is_told_that_all_was_ready(folder: Path, said: str, expected: str) -> None:
    (folder / "venv" / "bin" / "phoenix").write_text(f"#!/bin/sh\necho '{said}'\n")

    seen, _ = call(folder, "up")

    assert seen["ready"] == expected
    assert seen["path"].endswith(SYSTEM_PATH)


def test_the_engine_begins_many_steps_at_a_time_unless_the_user_says_how_many(folder: Path) -> None:
    assert call(folder, "up")[0]["parallel"] == "64"
    assert call(folder, "up", PULUMI_PARALLEL="3")[0]["parallel"] == "3"


def test_the_engine_looks_for_garbage_less_often_unless_the_user_says_how_often(folder: Path) -> None:
    assert call(folder, "up")[0]["garbage"] == "200"
    assert call(folder, "up", GOGC="50")[0]["garbage"] == "50"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("up", "no"),
        ("up --yes --stack dev --diff", "no"),
        ("up -m -d", "yes"),
        ("up --debug", "yes"),
        ("up --debug=true", "yes"),
        ("up -d", "yes"),
        ("up -yfd", "yes"),
        ("up -v 9", "yes"),
        ("up -v9", "yes"),
        ("--verbose 9 up", "yes"),
        ("--verbose=9 up", "yes"),
        ("up --event-log file", "yes"),
    ],
)
def test_lines_for_debugging_come_where_they_are_seen(folder: Path, arguments: str, expected: str) -> None:
    assert call(folder, *arguments.split())[0]["debug_lines"] == expected
    assert call(folder, *arguments.split(), PHOENIX_DEBUG_LINES="no")[0]["debug_lines"] == "no"
