"""`phoenix sync all` and `phoenix sync stack NAME to VMID`."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from phoenix_providers.cli.check import after_sync
from phoenix_providers.cli.engine import Engine
from phoenix_providers.cli.stack_configuration import stack_configuration
from phoenix_providers.cli.take_over import adopt
from phoenix_providers.errors import UnauthorizedError, UnreachableError, UsageError
from phoenix_providers.planning.derive import plan_site
from phoenix_providers.planning.scope import resolve_stack
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.program.site import SCOPE_VARIABLE


@click.group()
def sync() -> None:
    """Bring the site, or one stack of it, to its declared state."""


@sync.command("all")
@click.option("--preview", is_flag=True, help="Show what would change; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def sync_all(preview: bool, yes: bool, pulumi_stack: str | None) -> None:
    """Sync everything: the seven steps in order."""
    engine = Engine(Path.cwd(), pulumi_stack)
    if not preview:
        _take_over(engine, yes=yes)
    sys.exit(engine.run(*_verb(preview, yes)) or (0 if preview else after_sync(engine)))


@sync.command("stack")
@click.argument("name")
@click.argument("to", metavar="to", type=click.Choice(["to"]))
@click.argument("vmid", type=int)
@click.option("--preview", is_flag=True, help="Show what would change; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def sync_stack(name: str, to: str, vmid: int, preview: bool, yes: bool, pulumi_stack: str | None) -> None:
    """Sync one stack and its routes, and nothing else: `phoenix sync stack NAME to VMID`."""
    engine = Engine(Path.cwd(), pulumi_stack)
    plan = _plan(engine)
    stack = resolve_stack(plan, name, vmid)
    if stack.bootstrap:
        raise UsageError(
            f"{stack.resource_name} is never deployed through Portainer",
            seen=stack.bootstrap,
            expected="its own installation; Phoenix Sync keeps its names and routes",
        )
    in_state = engine.names_in_state()
    environment = f"environment@{vmid}"
    scope = {stack.resource_name, "traefik-stacks", "verdict"}
    if environment not in in_state:
        click.echo(f"{environment} is not there yet and is made first")
        scope.add(environment)
    code = engine.run(
        *_verb(preview, yes),
        targets=[f"**::{target}" for target in sorted(scope)],
        extra={SCOPE_VARIABLE: " ".join(sorted(scope | in_state))},
    )
    sys.exit(code or (0 if preview else after_sync(engine, stack.resource_name)))


def _take_over(engine: Engine, *, yes: bool) -> None:
    """Take over what a first run would overwrite; the readiness gate tells better why Proxmox does not answer."""
    with suppress(UnreachableError, UnauthorizedError):
        adopt(engine, yes=yes, drop_foreign=False, all_places=False)


def _verb(preview: bool, yes: bool) -> tuple[str, list[str]]:
    if preview:
        return "preview", []
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal to ask in",
            expected="--yes, or --preview to see what would change",
            next_step="the same command with --yes",
        )
    return "up", ["--yes", "--skip-preview"] if yes else []


def _plan(engine: Engine) -> SitePlan:
    return plan_site(stack_configuration(engine))
