"""Deleting much at once: said for one run, and kept nowhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import click

from phoenix_providers.cli.engine.run import Engine
from phoenix_providers.errors import UnsafeError
from phoenix_providers.planning.safety import ALLOW_DELETE_VARIABLE, refused_deletions

# Runs the engine with these environment variables, and returns its exit code.
Run = Callable[[Mapping[str, str]], int]


def run_with_allowed_deletions(engine: Engine, run: Run, allowed: int | None, *, ask: bool) -> int:
    """Run, and once more if somebody says on a terminal that all may go; return the exit code of the last run.

    Args:
        engine: Which told why it refused.
        run: The run.
        allowed: How many may go in it, as the command line says.
        ask: Whether to ask if it is refused for that alone.
    """
    code = run({} if allowed is None else {ALLOW_DELETE_VARIABLE: str(allowed)})
    if code != UnsafeError.exit_code or not ask or not sys.stdin.isatty():
        return code
    count = refused_deletions(engine.messages)
    if count is None or click.prompt(f"Type {count} to go on", default="", show_default=False).strip() != str(count):
        return code
    return run({ALLOW_DELETE_VARIABLE: str(count)})
