"""One run of a Pulumi program in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .interpreter import Interpreter

# Agreed between the launcher script and its host: the program's error has been shown already.
EXIT_CODE_ERROR_SHOWN = 32


class ProgramRun:
    """A program's process, started by `pulumi-language-python-exec`.

    Args:
        interpreter: What runs the program.
        executor: The launcher script.
        request: The engine's RunRequest.
        engine_address: Where the engine takes log messages.
    """

    def __init__(self, interpreter: Interpreter, executor: Path, request: Any, engine_address: str) -> None:
        # Standard output and error are the host's own: the engine reads them line by line and shows them.
        self._process = subprocess.Popen(
            run_command(interpreter, executor, request, engine_address),
            env=run_environment(interpreter, request, os.environ),
            stdin=subprocess.DEVNULL,
        )

    def wait(self) -> int:
        """Wait for the program's end and return its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """Ask the program to end; what has ended already is left alone."""
        if self._process.poll() is None:
            self._process.terminate()


def run_command(interpreter: Interpreter, executor: Path, request: Any, engine_address: str) -> list[str]:
    """Return the command line of a run."""
    flags = {
        "monitor": request.monitor_address,
        "engine": engine_address,
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "pwd": request.pwd or request.info.program_directory,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
    }
    program = Path(request.info.program_directory, request.info.entry_point or ".")
    given = [part for name, value in flags.items() if value for part in (f"--{name}", value)]
    return [str(interpreter.python), "-u", str(executor), *given, str(program), *request.args]


def run_environment(interpreter: Interpreter, request: Any, base: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a run: the virtual environment, and the configuration as JSON."""
    environment = interpreter.environment(base)
    environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
    environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
    return environment
