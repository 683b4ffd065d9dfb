"""`phoenix init`: a folder for one's own site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import click

from phoenix_providers.cli.new_site.answers import ask
from phoenix_providers.cli.new_site.conversion import Conversion, convert
from phoenix_providers.cli.new_site.discovery import discover_options
from phoenix_providers.cli.new_site.left_behind import foreign_fields, other_files, templates
from phoenix_providers.cli.project import site_folder
from phoenix_providers.cli.screens import conversion_report
from phoenix_providers.cli.stack_import.command import make_stack
from phoenix_providers.errors import UsageError
from phoenix_providers.models.problem import Severity
from phoenix_providers.planning.site.derive import plan_site


@click.command(short_help="Make a folder for your own site, or convert an old one.")
@discover_options
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option(
    "--from", "source", type=click.Path(path_type=Path, file_okay=False), help="An existing Phoenix installation."
)
@click.option(
    "--stack",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="A compose project that becomes the stack FOLDER, or one of the site around: config/stacks/NAME.",
)
@click.option(
    "--on-vm",
    type=click.Path(path_type=PurePosixPath),
    metavar="PATH",
    help="With --stack: where DIR lies on the VM, for its relative mounts.",
)
def init(folder: Path | None, source: Path | None, stack: Path | None, on_vm: PurePosixPath | None) -> None:
    """Make a folder for your own site, with a copy of the example's files to edit.

    With --from it gets the files of an existing installation in the new spelling; they declare the same, and the
    installation itself stays as it is. With --discover they are written from what runs, so that the first run takes it
    over as it is: tokens and passwords are asked for, or come from PROXMOX_VE_API_TOKEN, PHOENIX_PORTAINER_API_KEY and
    PHOENIX_PORTAINER_PASSWORD.
    """
    if stack is not None:
        for line in make_stack(stack, folder, on_vm):
            click.echo(line)
        return
    if on_vm is not None:
        raise UsageError(
            "--on-vm says where a compose project lies, and none is named",
            seen="phoenix init --on-vm without --stack",
            expected="phoenix init --stack DIR --on-vm PATH",
            next_step="phoenix init --stack DIR --on-vm PATH",
        )
    if folder is None:
        raise UsageError(
            "The new folder is missing",
            seen="phoenix init",
            expected="phoenix init FOLDER",
            next_step="phoenix init FOLDER",
        )
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            "This folder is not empty, and nothing of yours is overwritten",
            where=str(folder),
            expected="a new or an empty folder",
            next_step="phoenix init FOLDER   (another one)",
        )
    if source is None:
        site_folder.make(folder)
        click.echo(f"{folder} is ready: edit config/, then")
    else:
        for line in _summary(convert(source, folder, ask), source, folder):
            click.echo(line)
    click.echo(f"  cd {folder}")
    click.echo("  pulumi login …; pulumi stack init prod; pulumi config set …   (the README names the settings)")
    click.echo("  pulumi preview")


def _summary(conversion: Conversion, source: Path, folder: Path) -> Iterator[str]:
    old = conversion.old
    yield from conversion_report.verdict(conversion, source, folder)
    yield from _left_behind(conversion, source)
    yield "Settings that keep the meaning are in Pulumi.yaml:"
    yield from (f"  phoenix:{key}: {value}" for key, value in conversion.settings.items())
    yield f"  (phoenix render --config {folder}/config goes by them as well)"
    yield from conversion_report.changes(conversion, source)
    yield from _secrets(conversion)
    yield from conversion_report.questions(conversion)
    errors = [problem for problem in plan_site(old).every_problem if problem.severity is Severity.ERROR]
    if errors:
        yield f"Errors of the old files are in the new ones as well ({len(errors)}); phoenix render shows them."
    yield "Next:"


def _left_behind(conversion: Conversion, source: Path) -> Iterator[str]:
    fields = foreign_fields(conversion.old, source)
    others = other_files(conversion.old.stacks.values())
    if not fields and not any(others.values()) and not templates(source):
        return
    yield "Left behind, since nothing here reads it (the old files stay as they are):"
    yield from (f"  {name}: {', '.join(keys)}" for name, keys in fields.items())
    if left_out := templates(source):
        yield f"  templates: {', '.join(left_out)}"
    for name, files in others.items():
        if files:
            shown = ", ".join(str(file.relative_to(conversion.old.stacks[name].folder)) for file in files)
            yield f"  stacks/{name}: {shown}"


def _secrets(conversion: Conversion) -> Iterator[str]:
    """Say which values are secrets now, where they stand, and never the values themselves."""
    by_name: dict[str, str] = {}
    for secret in conversion.secrets:
        by_name.setdefault(secret.name, f"{secret.variable} in {secret.location}")
    if conversion.old.site.portainer_api.admin_password is None and not by_name:
        return
    yield "Passwords were not copied. Set them as secrets of the Pulumi stack; each command asks for the value:"
    if conversion.old.site.portainer_api.admin_password is not None:
        place = conversion.old.locate("site", "portainer_api", "admin_password")
        yield f"  pulumi config set --secret phoenix:portainerPassword   # {place}"
    for name, variable in by_name.items():
        yield f"  pulumi config set --secret --path phoenix:secrets.{name}   # {variable}"
    yield "Compose files and mounted files were copied as they are: look for passwords in them."
