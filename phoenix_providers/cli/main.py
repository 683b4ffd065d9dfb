"""The `phoenix` command."""

from __future__ import annotations

import os
import sys

import click
from click.exceptions import NoArgsIsHelpError

from phoenix_providers.cli.help.command_group import Commands
from phoenix_providers.cli.plain_letters import write_what_it_can
from phoenix_providers.errors import Explanation, InterruptedRunError, PhoenixError, UsageError


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="phoenix-sync", prog_name="phoenix")
def phoenix() -> None:
    """Keep a Proxmox home lab in the state its files declare."""


def main() -> None:
    """Run the command; errors become a message and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        write_what_it_can(stream)
    if asked := os.environ.get("_PHOENIX_COMPLETE"):
        from phoenix_providers.cli.shell_completion.answers import answer

        if answer(phoenix, asked):
            return
    try:
        phoenix(prog_name="phoenix", standalone_mode=False)
    except PhoenixError as error:
        click.echo(f"{error.label}: {error}", err=True)
        sys.exit(error.exit_code)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        click.echo(f"{UsageError.label}: {_explained(error).text()}", err=True)
        sys.exit(UsageError.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be used"
        problem = Explanation(what, seen=error.strerror or str(error), next_step=f"ls -ld {error.filename or '.'}")
        click.echo(f"{PhoenixError.label}: {problem.text()}", err=True)
        sys.exit(PhoenixError.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"{InterruptedRunError.label}: stopped; run the same command again to go on", err=True)
        sys.exit(InterruptedRunError.exit_code)


def _explained(error: click.UsageError) -> Explanation:
    """Say in our form what is wrong with the command line."""
    what = error.format_message().rstrip(".")
    if error.ctx is None:
        return Explanation(what, next_step="phoenix --help")
    usage = error.ctx.get_usage().removeprefix("Usage: ")
    return Explanation(what, expected=usage, next_step=f"{error.ctx.command_path} --help")
