"""`phoenix sync all` and `phoenix sync stack NAME to VMID`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from phoenix_providers.cli.engine.allowed_deletions import run_with_allowed_deletions
from phoenix_providers.cli.engine.own_state import of_own_site
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.engine.stack_configuration import stack_configuration
from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.cli.sync_run.agreed_run import agreed_run
from phoenix_providers.cli.sync_run.followed_run import RunRequest
from phoenix_providers.cli.sync_run.proof import OneStack, prove_all, prove_stack
from phoenix_providers.cli.sync_run.shown_plan import show_plan
from phoenix_providers.cli.take_over.gone_guests import forget_gone_guests
from phoenix_providers.cli.take_over.taking import adopt
from phoenix_providers.errors import UnauthorizedError, UnreachableError, UsageError
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.operations.run_scope import MEANT_VARIABLE
from phoenix_providers.operations.traefik.route_following import FOLLOWED_LATER
from phoenix_providers.planning.proxmox_scope import RETIRED_TYPES
from phoenix_providers.planning.site.run_parts import PORTAINER, STACK_ROUTES, VERDICT
from phoenix_providers.planning.site.scope import resolve_stack
from phoenix_providers.planning.site_plan import StackPlan
from phoenix_providers.program.site import SCOPE_VARIABLE
from phoenix_providers.program.tree import parts_of_stack

# `pulumi stack output` has them; behind each run they would be most of the screen.
_SHORT = "--suppress-outputs"
_STEPS_OF_STACK = (PORTAINER, STACK_ROUTES, VERDICT)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print how it ended, or with --preview the plan, as JSON.")
_ENGINE_OUTPUT = click.option("--engine-output", is_flag=True, help="Show the engine's own output instead.")


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
@_ENGINE_OUTPUT
@_JSON
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def sync_all(
    preview: bool,
    yes: bool,
    forget_gone: bool,
    allow_delete: int | None,
    engine_output: bool,
    as_json: bool,
    pulumi_stack: str | None,
) -> None:
    """Sync everything: the seven steps in order."""
    engine = Engine(Path.cwd(), pulumi_stack)
    if not preview:
        _require_agreement(yes, as_json)
    engine.ask_for_passphrase()
    if not preview:
        with suppress(UnreachableError, UnauthorizedError):
            forget_gone_guests(engine, yes=yes, forget=forget_gone)
        _take_over(engine, yes=yes)

    def run(allowed: Mapping[str, str]) -> int:
        extra = {FOLLOWED_LATER: "true", **allowed}
        if preview:
            return show_plan(engine, extra, as_json=as_json).code
        return agreed_run(
            engine,
            RunRequest([_SHORT], extra=extra, engine_output=engine_output, as_json=as_json),
            prove_all(engine),
            yes=yes,
        )

    sys.exit(run_with_allowed_deletions(engine, run, allow_delete, ask=not preview and not yes))


@sync.command("stack")
@click.argument("words", nargs=-1, metavar="NAME to VMID")
@click.option("--preview", is_flag=True, help="Show what would change; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_ENGINE_OUTPUT
@_JSON
@click.option("--stack", "pulumi_stack", metavar="NAME", help="Pulumi stack; default: the selected one.")
def sync_stack(
    words: tuple[str, ...], preview: bool, yes: bool, engine_output: bool, as_json: bool, pulumi_stack: str | None
) -> None:
    """Sync one stack and its routes, and nothing else.

    NAME is the stack's folder, VMID the number of the VM that lists it: phoenix sync stack grafana to 113
    """
    name, vmid = meant_stack(words)
    engine = Engine(Path.cwd(), pulumi_stack)
    engine.ask_for_passphrase()
    planned = Planned.of(stack_configuration(engine))
    stack = resolve_stack(planned.plan, name, vmid)
    if stack.bootstrap:
        raise UsageError(
            f"{stack.resource_name} is never deployed through Portainer",
            seen=stack.bootstrap,
            expected="its own installation; Phoenix Sync keeps its names and routes",
            next_step=f"docker compose up -d   (on {stack.vm_name}, in its folder)",
        )
    if not preview:
        _require_agreement(yes, as_json)
    recorded = of_own_site(engine.resources_in_clear(), planned.configuration.settings.site_id)
    scope = scope_of_stack(stack, recorded)
    for made in sorted(scope.targets - {stack.resource_name, "traefik-stacks", "verdict"}):
        click.echo(f"{made} is not there yet and is made first", err=as_json)
    if preview:
        sys.exit(show_plan(engine, scope.variables, scope.targets, as_json=as_json).code)
    names = {one.vmid: one.name for one in planned.plan.environments}
    request = RunRequest(
        [_SHORT],
        targets=scope.patterns,
        names=scope.targets,
        extra=scope.variables,
        steps=_STEPS_OF_STACK,
        engine_output=engine_output,
        environments=names,
        as_json=as_json,
    )
    one = OneStack(stack, planned, scope.targets, scope.variables, recorded)
    sys.exit(agreed_run(engine, request, prove_stack(engine, one), yes=yes))


@dataclass(frozen=True)
class Scope:
    """What a run for one stack is about.

    Attributes:
        targets: Names of what it touches.
        patterns: The engine's targets: these, and the parts of the tree in which they are made.
        variables: Environment variables of the run.
    """

    targets: frozenset[str]
    patterns: tuple[str, ...]
    variables: Mapping[str, str]


def scope_of_stack(stack: StackPlan, recorded: Sequence[EngineRecord]) -> Scope:
    """Return the scope of one stack, with its environment if Portainer has not got it yet."""
    # What the next full run replaces by another type cannot be declared yet: only targets may be new.
    staying = (item for item in recorded if item["type"] not in RETIRED_TYPES)
    in_state = {str(item["urn"]).rpartition("::")[2] for item in staying}
    environment = f"environment@{stack.vmid}"
    targets = {stack.resource_name, "traefik-stacks", "verdict"}
    if environment not in made_environments(recorded):
        targets.add(environment)
    # Without them the engine would not make what belongs in them; nothing else in them is a target. One that is there
    # already is none either: what has left it would have to go as well, and the engine refuses that.
    parts = parts_of_stack(stack.vmid)
    variables = {
        SCOPE_VARIABLE: " ".join(sorted(targets | parts | in_state)),
        MEANT_VARIABLE: " ".join(sorted({stack.resource_name, environment})),
        FOLLOWED_LATER: "true",
    }
    patterns = tuple(f"**::{target}" for target in sorted(targets | (parts - in_state)))
    return Scope(frozenset(targets), patterns, variables)


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


def _take_over(engine: Engine, *, yes: bool) -> None:
    """Take over what a first run would overwrite; the readiness gate tells better why Proxmox does not answer."""
    with suppress(UnreachableError, UnauthorizedError):
        adopt(engine, yes=yes, drop_foreign=False, all_places=False)


def _require_agreement(yes: bool, as_json: bool) -> None:
    if as_json and not yes:
        raise UsageError(
            "--json asks nobody",
            expected="--yes, or --preview to see what would change",
            next_step="the same command with --yes",
        )
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal to ask in",
            expected="--yes, or --preview to see what would change",
            next_step="the same command with --yes",
        )
