"""A second look behind a run, which only reads: it has to find nothing to do.

It is made in a process of its own, which knows nothing of what the first one has seen.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.cli.run_progress.things import Thing


@dataclass(frozen=True)
class SecondPass:
    """What it has found.

    Attributes:
        looked_at: How many things.
        changes: What a run would do now, such as `update grafana@113`.
        seconds: How long it took.
        failure: Why it did not come to its end; empty if it did.
    """

    looked_at: int
    changes: tuple[str, ...]
    seconds: float
    failure: str = ""

    @property
    def is_proof(self) -> bool:
        """Whether all is as declared."""
        return not self.changes and not self.failure


def second_pass(
    engine: Engine, only: Collection[str] | None = None, extra: Mapping[str, str] | None = None
) -> SecondPass:
    """Look again.

    Args:
        engine: The site's engine.
        only: Names of the targets, if the run was not about everything.
        extra: Environment variables of the run.
    """
    begun = time.monotonic()
    question = {"stack": engine.stack_name, "only": sorted(only) if only is not None else None}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-P", "-m", __name__],
        input=json.dumps(question),
        cwd=engine.project,
        env=engine.environment(extra),
        check=False,
        capture_output=True,
        text=True,
    )
    took = time.monotonic() - begun
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        return SecondPass(0, (), took, said[-1] if said else "it ended without an answer")
    answer = json.loads(done.stdout.splitlines()[-1])
    return SecondPass(answer["looked_at"], tuple(answer["changes"]), took, answer["failure"])


def _looked_again(stack: str, only: Collection[str] | None) -> Mapping[str, object]:
    from phoenix_providers.cli.imitated_engine.planned import plan

    engine = Engine(Path.cwd(), stack)
    resources, configuration = engine.asked_ahead()()
    found = plan(resources, configuration, engine.project_name, stack, engine.project, targets=only)
    steps = [(step, thing) for step in found.steps if (thing := Thing.of(step.urn))]
    errors = [message.text for message in found.messages if message.severity == "error"]
    return {
        "looked_at": sum(thing.is_on_a_product for _, thing in steps),
        "changes": [f"{step.operation} {thing.words}" for step, thing in steps if step.operation != "same"],
        "failure": "" if found.complete else (errors[-1] if errors else "it did not come to its end"),
    }


if __name__ == "__main__":
    asked = json.loads(sys.stdin.read())
    sys.stdout.write(json.dumps(_looked_again(asked["stack"], asked["only"])) + "\n")
