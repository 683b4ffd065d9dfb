"""The floor: a Pulumi project of trivial resources, on the engine itself and a backend of the same kind."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.bench.floor_graph import Node
from tools.bench.floor_program import CHANGED_FILE, GRAPH_FILE
from tools.bench.process_tree import Cost, measured
from tools.places import ROOT, VENV, WRAPPER

_PROJECT = "floor"
_STACK = "floor"
_ENGINE = re.compile(r"^(pulumi|language_host_folder)=(.+)$", re.MULTILINE)


class Floor:
    """One floor; it is made with as many resources as a site has.

    Args:
        folder: It is made here.
        nodes: What to declare.
        seconds: How long one run may take.
    """

    def __init__(self, folder: Path, nodes: Sequence[Node], seconds: float) -> None:
        self._project = folder / "project"
        self._project.mkdir(parents=True)
        (folder / "state").mkdir()
        self._folder, self._seconds = folder, seconds
        used = engine_of_wrapper()
        self._engine, self._environment = str(used.engine), _variables(folder, used)
        (self._project / "Pulumi.yaml").write_text(f"name: {_PROJECT}\nruntime: python\noptions:\n  refresh: always\n")
        (self._project / "__main__.py").write_text("from tools.bench.floor_program import run\n\nrun()\n")
        (self._project / GRAPH_FILE).write_text(json.dumps([node.as_json() for node in nodes]))
        self.change("", "")
        self._ask("stack", "init", _STACK, "--secrets-provider", "passphrase")

    @property
    def state_file(self) -> Path:
        """The file that the engine writes."""
        return self._folder / "state" / ".pulumi" / "stacks" / _PROJECT / f"{_STACK}.json"

    def change(self, name: str, value: str) -> None:
        """Give one resource another value; the one before gets its own back."""
        (self._project / CHANGED_FILE).write_text(f"{name} {value}")

    def up(self, *arguments: str) -> Cost:
        """Run the engine."""
        command = [self._engine, "up", "--yes", "--skip-preview", "--non-interactive", *arguments]
        return measured(command, self._project, self._environment, self._seconds)

    def export(self) -> str:
        """Return the state as the engine prints it."""
        return self._ask("stack", "export")

    def _ask(self, *arguments: str) -> str:
        command = [self._engine, *arguments, "--non-interactive"]
        done = subprocess.run(
            command, cwd=self._project, env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout


@dataclass(frozen=True)
class EngineBehindWrapper:
    """The engine itself, and where its language host is."""

    engine: Path
    language_host: Path


def engine_of_wrapper() -> EngineBehindWrapper:
    """Return what the wrapper starts: what the wrapper does itself is ours, not the floor's."""
    places = {name: shlex.split(value)[0] for name, value in _ENGINE.findall(WRAPPER.read_text(encoding="utf-8"))}
    return EngineBehindWrapper(Path(places["pulumi"]), Path(places["language_host_folder"]))


def _variables(folder: Path, used: EngineBehindWrapper) -> Mapping[str, str]:
    """Return the variables that the wrapper would set, for a project and a backend of the floor's own."""
    folders = (VENV / "bin", used.engine.parent, used.language_host)
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    return {
        **os.environ,
        "PATH": path,
        "PHOENIX_PYTHON": str(VENV / "bin" / "python"),
        "PYTHONPATH": str(ROOT),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "floor",
        # The project needs no plugin. The Python packages beside it would have the engine look for theirs, for seconds.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(folder / "pulumi"),
        "PULUMI_OPTION_SUPPRESS_OUTPUTS": "true",
        "PULUMI_RUN_PROGRAM": "false",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
