"""Help teaches by example: every command has some, they can be typed, and nothing is wider than a terminal of old."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from phoenix_providers.cli.help.command_list import FIRST, SECTIONS, commands
from phoenix_providers.cli.help.examples import EXAMPLES
from phoenix_providers.cli.main import phoenix

WIDTH = 80
TYPED = sorted({line for own in EXAMPLES.values() for line in own} | FIRST.keys())


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Each command that is shown, with its name without `phoenix`."""
    context = click.Context(phoenix)
    for name in commands():
        command = phoenix.get_command(context, name)
        assert command is not None
        if command.hidden:
            continue
        yield name, command
        for below in command.commands.values() if isinstance(command, click.Group) else ():
            if not below.hidden:
                yield f"{name} {below.name}", below


ALL = dict(every_command())


def helped(path: str) -> str:
    done = CliRunner().invoke(phoenix, [*path.split(), "--help"], terminal_width=WIDTH, prog_name="phoenix")
    assert done.exit_code == 0
    return done.output


def test_all_commands_are_in_the_help_of_all() -> None:
    shown = {name for section in SECTIONS.values() for name in section}
    assert {name for name in ALL if " " not in name} <= shown


def test_the_help_of_all() -> None:
    text = helped("")
    for line in FIRST:
        assert line in text
    assert text.index("phoenix doctor") < text.index("Ask:")


@pytest.mark.parametrize("path", ["", *ALL])
def test_help_is_no_wider_than_that(path: str) -> None:
    assert max(map(len, helped(path).splitlines())) <= WIDTH


@pytest.mark.parametrize("path", list(ALL))
def test_every_command_has_examples(path: str) -> None:
    text = helped(path)
    assert "Examples:" in text
    assert all(line in text for line in EXAMPLES[path])


@pytest.mark.parametrize("line", TYPED)
def test_examples_can_be_typed(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line.partition(" > ")[0].partition(" | ")[0].removeprefix('eval "$(').removesuffix(')"'))
    context, command = click.Context(phoenix), phoenix
    assert words.pop(0) == "phoenix"
    if words[0] not in commands():
        pytest.skip(f"there is no `{words[0]}` yet")
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words.pop(0))
        assert found is not None
        command = found
    # Folders of examples are not there.
    existing = [one for one in command.params if isinstance(one.type, click.Path) and one.type.exists]
    for one in existing:
        monkeypatch.setattr(one.type, "exists", False)
    command.make_context(command.name or "", words)


def test_the_help_of_all_loads_no_command() -> None:
    code = "import sys; sys.argv = ['phoenix', '--help']\nfrom phoenix_providers.cli.main import main\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    code += "print([name for name in sys.modules if name.split('.')[0] in ('pulumi', 'pydantic', 'requests')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
