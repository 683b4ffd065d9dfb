"""The proof of a good run: what was probed, a second look that finds nothing to do, and what was left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click

from phoenix_providers.cli.check import Followed, after_sync
from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.cli.screens.certificate_screen import Certificate
from phoenix_providers.cli.screens.elapsed import elapsed
from phoenix_providers.cli.screens.paths import shown_path
from phoenix_providers.cli.state import prune_after_run
from phoenix_providers.cli.sync_run.followed_run import Ran
from phoenix_providers.cli.sync_run.second_pass import SecondPass, second_pass
from phoenix_providers.cli.sync_run.untouched import Untouched, untouched
from phoenix_providers.errors import Explanation, PhoenixError
from phoenix_providers.models.engine_properties import EngineRecord
from phoenix_providers.planning.site_plan import StackPlan

# An environment that was made first stays at its address until the next full run publishes its name, and the verdict
# tells what is wrong with other stacks as well.
_OF_THE_SITE = frozenset({"verdict"})


@dataclass(frozen=True)
class OneStack:
    """What a run for one stack is about.

    Attributes:
        stack: The stack.
        planned: What the files declare.
        targets: Names of what the run touches.
        extra: Environment variables of the run.
        before: The state's resources in front of it, secrets in clear.
    """

    stack: StackPlan
    planned: Planned
    targets: frozenset[str]
    extra: Mapping[str, str]
    before: Sequence[EngineRecord]


@dataclass(frozen=True)
class Proof:
    """How a good run has turned out.

    Attributes:
        code: Exit code of `phoenix`.
        certificate: What was proven; None where nothing was changed, or where it is no proof.
    """

    code: int
    certificate: Certificate | None = None


def prove_all(engine: Engine) -> Callable[[Ran], Proof]:
    """Return what proves a run for everything."""

    def prove(ran: Ran) -> Proof:
        prune_after_run(engine)
        followed = after_sync(engine)
        if followed.code or not ran.progress.works:
            return Proof(followed.code)
        again = second_pass(engine)
        if not again.is_proof:
            return _told(_not_proven(again, "phoenix plan"))
        title = f"site {engine.project_name}"
        return Proof(0, Certificate(title, ran.progress, shown_path(ran.log), _routes(followed), _looked(again)))

    return prove


def prove_stack(engine: Engine, one: OneStack) -> Callable[[Ran], Proof]:
    """Return what proves a run for one stack."""
    name = one.stack.resource_name

    def prove(ran: Ran) -> Proof:
        prune_after_run(engine)
        followed = after_sync(engine, name, one.planned)
        if followed.code or not ran.progress.works:
            return Proof(followed.code)
        again = second_pass(engine, one.targets - _OF_THE_SITE - {f"environment@{one.stack.vmid}"}, one.extra)
        if not again.is_proof:
            return _told(_not_proven(again, f"phoenix sync stack {one.stack.name} to {one.stack.vmid}"))
        others = untouched(one.before, engine.resources_in_clear(), ran.progress.works, one.targets)
        if not others.is_proven:
            return _told(_touched(others, name))
        certificate = Certificate(
            name,
            ran.progress,
            shown_path(ran.log),
            _routes(followed),
            _looked(again),
            tuple(_verified(ran, one)),
            f"{others.count} others are as before, and none of them was worked on",
        )
        return Proof(0, certificate)

    return prove


def _verified(ran: Ran, one: OneStack) -> Sequence[str]:
    """Return what the run has asked of what the stack needs, as far as it has."""
    asked = {urn.rpartition("::")[2] for urn in ran.progress.looked_at | ran.progress.settled}
    vmid = one.stack.vmid
    environment = next((item.name for item in one.planned.plan.environments if item.vmid == vmid), "")
    lines = []
    if one.stack.resource_name in asked:
        lines.append(f"environment {vmid} {environment} answers".replace("  ", " "))
    if "traefik-stacks" in asked:
        lines.append("Traefik answers, and serves the routes as published")
    return lines


def _routes(followed: Followed) -> str:
    if followed.why_not:
        return f"not followed: {followed.why_not}"
    return f"{followed.answered} of {followed.total} are answered"


def _looked(again: SecondPass) -> str:
    return f"0 changes: all {again.looked_at} were read again ({elapsed(again.seconds)})"


def _not_proven(again: SecondPass, next_step: str) -> Explanation:
    if again.failure:
        return Explanation(
            "The run is done, but nothing proves it: the second look did not come to its end",
            seen=again.failure,
            next_step=next_step,
        )
    count = len(again.changes)
    return Explanation(
        f"The run is done, but a second look finds {count} {'change' if count == 1 else 'changes'}",
        seen=", ".join(again.changes),
        expected="nothing to do: somebody else changes it, or it does not stay as it was sent",
        next_step=next_step,
    )


def _touched(others: Untouched, name: str) -> Explanation:
    return Explanation(
        f"More than {name} was changed",
        seen=", ".join(dict.fromkeys((*others.worked_on, *others.changed))),
        expected="nothing else; was another run under way?",
        next_step="phoenix plan",
    )


def _told(problem: Explanation) -> Proof:
    click.echo(f"{PhoenixError.label}: {problem.text()}", err=True)
    return Proof(PhoenixError.exit_code)
