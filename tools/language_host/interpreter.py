"""The Python interpreter of a Pulumi program: which one it is, and what is installed in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Runs inside the program's interpreter, which need not be the one that runs the host.
_SURVEY = r"""
import importlib.metadata, json, platform, re, sys, sysconfig
from pathlib import Path

plain = lambda name: re.sub(r"[-_.]+", "-", name).lower()
installed = {plain(d.name): d for d in importlib.metadata.distributions()}
needed = {
    plain(re.match(r"[A-Za-z0-9._-]+", line).group())
    for d in installed.values() for line in d.requires or () if "extra ==" not in line
}
folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
files = sorted(file for folder in folders for file in Path(folder).glob("*/pulumi-plugin.json"))
plugins = [json.loads(file.read_text()) for file in files]
print(json.dumps({
    "executable": sys.executable,
    "version": platform.python_version(),
    "plugins": [p for p in plugins if p.get("resource")],
    "distributions": [
        {"name": d.name, "version": d.version, "direct": name not in needed} for name, d in sorted(installed.items())
    ],
}))
"""


class InterpreterError(Exception):
    """The program's interpreter cannot be used; the message is for the user."""


@dataclass(frozen=True)
class Interpreter:
    """The interpreter that runs a program.

    Attributes:
        python: The command.
        virtualenv: The folder of its virtual environment, if the project names one.
    """

    python: Path
    virtualenv: Path | None = None

    @classmethod
    def of_project(cls, root: str, options: Mapping[str, Any], search_path: str) -> Interpreter:
        """Return the interpreter that a project asks for.

        Args:
            root: Folder of Pulumi.yaml; a relative `virtualenv` starts there.
            options: `runtime.options` of Pulumi.yaml.
            search_path: Where to look for `python3` when the project names no environment.

        Raises:
            InterpreterError: There is none.
        """
        named = options.get("virtualenv")
        if named:
            virtualenv = Path(root, str(named))
            python = virtualenv / "bin" / "python"
            if not os.access(python, os.X_OK):
                raise InterpreterError(
                    f"no Python interpreter at {python}, where `virtualenv: {named}` in Pulumi.yaml points; "
                    "run `make setup` in the folder of Phoenix Sync"
                )
            return cls(python, virtualenv)
        found = shutil.which("python3", path=search_path)
        if not found:
            raise InterpreterError(
                "no python3 on PATH; run `make setup` in the folder of Phoenix Sync, then use its .venv/bin/pulumi"
            )
        return cls(Path(found))

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return a process environment in which this interpreter's virtual environment is active."""
        environment = dict(base)
        if self.virtualenv:
            environment["VIRTUAL_ENV"] = str(self.virtualenv)
            environment["PATH"] = f"{self.virtualenv / 'bin'}:{environment.get('PATH', '')}"
            environment.pop("PYTHONHOME", None)
        return environment

    def survey(self) -> dict[str, Any]:
        """Return what is installed: `executable`, `version`, `plugins`, `distributions`.

        Raises:
            InterpreterError: The interpreter does not run.
        """
        command = [str(self.python), "-I", "-c", _SURVEY]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            last_line = (answer.stderr.strip().splitlines() or ["no output"])[-1]
            raise InterpreterError(f"{self.python} does not run: {last_line}")
        found: dict[str, Any] = json.loads(answer.stdout)
        return found
