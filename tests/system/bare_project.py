"""A Pulumi project without a site, for what the command line itself has to do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def in_project(project: Path, state: Path) -> Callable[..., str]:
    """Return what runs this installation's `pulumi` in a folder that is made here, and gives its output."""
    project.mkdir()
    state.mkdir()
    environment = {**os.environ, "PULUMI_BACKEND_URL": state.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "only a test"}

    def pulumi(*arguments: str) -> str:
        command = [str(ROOT / ".venv" / "bin" / "pulumi"), *arguments, "--non-interactive", "--color", "never"]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=True).stdout

    return pulumi
