"""The group of all commands: each is loaded when it is called, and none for the help of all."""

from __future__ import annotations

import importlib

import click
from click.exceptions import NoSuchCommand

from phoenix_providers.cli.help.command_list import FIRST, SECTIONS, commands
from phoenix_providers.cli.help.examples import with_examples


class Commands(click.Group):
    """Commands, each loaded when it is called: none pays for what the others need."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of all."""
        return list(commands())

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Load one."""
        if name not in commands():
            return None
        found: click.Command = getattr(importlib.import_module(f"phoenix_providers.cli.{name}"), name)
        return with_examples(found, name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which names are near one that is none."""
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            # Click looks for a similar name only among commands that are loaded.
            raise NoSuchCommand(error.command_name, possibilities=commands(), ctx=ctx) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what one wants first, then all commands by what one wants, then the options."""
        with formatter.section("First"):
            formatter.write_dl(list(FIRST.items()), col_max=40)
        there = commands()
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, text in section.items() if name in there])
        click.Command.format_options(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say where there is more."""
        del ctx
        formatter.write_paragraph()
        formatter.write_text("phoenix COMMAND --help shows examples of each.")
