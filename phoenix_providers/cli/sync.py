"""`phoenix sync all` and `phoenix sync stack NAME to VMID`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click

from phoenix_providers.cli.check import after_sync
from phoenix_providers.cli.engine.allowed_deletions import run_with_allowed_deletions
from phoenix_providers.cli.engine.look_first import look_first
from phoenix_providers.cli.engine.own_state import own_state
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.stack_configuration import stack_configuration
from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.cli.state import prune_after_run
from phoenix_providers.cli.take_over.gone_guests import forget_gone_guests
from phoenix_providers.cli.take_over.taking import adopt
from phoenix_providers.errors import UnauthorizedError, UnreachableError, UsageError
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.operations.run_scope import MEANT_VARIABLE
from phoenix_providers.operations.traefik.route_following import FOLLOWED_LATER
from phoenix_providers.planning.proxmox_scope import RETIRED_TYPES
from phoenix_providers.planning.site.scope import resolve_stack
from phoenix_providers.program.site import SCOPE_VARIABLE
from phoenix_providers.program.tree import parts_of_stack

# `pulumi stack output` has them; behind each run they would be most of the screen.
_SHORT = "--suppress-outputs"


@click.group()
def sync() -> None:
    """Bring the site, or one stack of it, to its declared state."""


@sync.command("all")
@click.option("--preview", is_flag=True, help="Show what would change; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--forget-gone", is_flag=True, help="Forget guests that neither Proxmox nor the files have any more.")
@click.option(
    "--allow-delete", type=click.IntRange(min=1), metavar="N", help="Let this run delete N names, as its refusal says."
)
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def sync_all(preview: bool, yes: bool, forget_gone: bool, allow_delete: int | None, pulumi_stack: str | None) -> None:
    """Sync everything: the seven steps in order."""
    engine = Engine(Path.cwd(), pulumi_stack)
    if not preview:
        with suppress(UnreachableError, UnauthorizedError):
            forget_gone_guests(engine, yes=yes, forget=forget_gone)
        _take_over(engine, yes=yes)
    verb, arguments = _verb(preview, yes)
    asks = not preview and not yes

    def run(allowed: Mapping[str, str]) -> int:
        extra = {FOLLOWED_LATER: "true", **allowed}
        # With --yes one pass both looks and acts, and an unchanged site costs no more than a look.
        return look_first(engine, arguments, extra) if asks else engine.run(verb, arguments, extra=extra)

    code = run_with_allowed_deletions(engine, run, allow_delete, ask=asks)
    sys.exit(code or (0 if preview else _ended_well(engine)))


@sync.command("stack")
@click.argument("words", nargs=-1, metavar="NAME to VMID")
@click.option("--preview", is_flag=True, help="Show what would change; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def sync_stack(words: tuple[str, ...], preview: bool, yes: bool, pulumi_stack: str | None) -> None:
    """Sync one stack and its routes, and nothing else.

    NAME is the stack's folder, VMID the number of the VM that lists it: phoenix sync stack grafana to 113
    """
    name, vmid = meant_stack(words)
    engine = Engine(Path.cwd(), pulumi_stack)
    planned = Planned.of(stack_configuration(engine))
    stack = resolve_stack(planned.plan, name, vmid)
    if stack.bootstrap:
        raise UsageError(
            f"{stack.resource_name} is never deployed through Portainer",
            seen=stack.bootstrap,
            expected="its own installation; Phoenix Sync keeps its names and routes",
            next_step=f"docker compose up -d   (on {stack.vm_name}, in its folder)",
        )
    recorded = own_state(engine, planned.configuration.settings.site_id)
    # What the next full run replaces by another type cannot be declared yet: only targets may be new.
    staying = (item for item in recorded if item["type"] not in RETIRED_TYPES)
    in_state = {str(item["urn"]).rpartition("::")[2] for item in staying}
    environment = f"environment@{vmid}"
    scope = {stack.resource_name, "traefik-stacks", "verdict"}
    if environment not in made_environments(recorded):
        click.echo(f"{environment} is not there yet and is made first")
        scope.add(environment)
    # Without them the engine would not make what belongs in them; nothing else in them is a target. One that is there
    # already is none either: what has left it would have to go as well, and the engine refuses that.
    parts = parts_of_stack(vmid)
    code = engine.run(
        *_verb(preview, yes),
        targets=[f"**::{target}" for target in sorted(scope | (parts - in_state))],
        extra={
            SCOPE_VARIABLE: " ".join(sorted(scope | parts | in_state)),
            MEANT_VARIABLE: " ".join(sorted({stack.resource_name, environment})),
            FOLLOWED_LATER: "true",
        },
    )
    sys.exit(code or (0 if preview else _ended_well(engine, stack.resource_name, planned)))


def made_environments(resources: Iterable[EngineRecord]) -> frozenset[str]:
    """Return the names of the environments that Portainer has.

    One whose agent did not answer is in the state as well, but has no number yet.
    """
    return frozenset(
        name
        for item in resources
        if (name := str(item["urn"]).rpartition("::")[2]).startswith("environment@")
        and (item.get("outputs") or {}).get("environment_id")
    )


def meant_stack(words: Sequence[str]) -> tuple[str, int]:
    """Return the stack's name and the VM's number.

    Raises:
        UsageError: The words are not NAME to VMID; says what they may have meant.
    """
    if len(words) == 3 and words[1].lower() == "to" and words[2].isdecimal():
        return words[0], int(words[2])
    parts = [part for word in words for part in word.split("@") if part and part.lower() != "to"]
    numbers = [part for part in parts if part.isdecimal()]
    names = [part for part in parts if part not in numbers]
    meant = len(names) == len(numbers) == 1
    raise UsageError(
        "These words do not say which stack goes to which VM",
        seen=" ".join(words) or "nothing behind `sync stack`",
        expected="NAME to VMID: the stack's folder, and the number of a VM",
        next_step=f"phoenix sync stack {names[0]} to {numbers[0]}" if meant else "phoenix sync stack --help",
    )


def _ended_well(engine: Engine, name: str | None = None, planned: Planned | None = None) -> int:
    prune_after_run(engine)
    return after_sync(engine, name, planned)


def _take_over(engine: Engine, *, yes: bool) -> None:
    """Take over what a first run would overwrite; the readiness gate tells better why Proxmox does not answer."""
    with suppress(UnreachableError, UnauthorizedError):
        adopt(engine, yes=yes, drop_foreign=False, all_places=False)


def _verb(preview: bool, yes: bool) -> tuple[str, list[str]]:
    if preview:
        return "preview", [_SHORT]
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal to ask in",
            expected="--yes, or --preview to see what would change",
            next_step="the same command with --yes",
        )
    return "up", [_SHORT, *(("--yes", "--skip-preview") if yes else ())]
