"""A policy pack in Python starts with the command line that set-up builds, as it does with the official one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
PACK = Path(__file__).parent / "policy_pack"
PROJECT = """
name: tiny
runtime: {{name: python, options: {{virtualenv: "{virtualenv}"}}}}
"""
PROGRAM = """
import pulumi
pulumi.ComponentResource("phoenix:test:Group", "group")
"""


def test_a_pack_is_shown_the_resources(tmp_path: Path) -> None:
    project, pack, state = tmp_path / "project", tmp_path / "pack", tmp_path / "state"
    shutil.copytree(PACK, pack)
    policy = pack / "PulumiPolicy.yaml"
    policy.write_text(policy.read_text().replace("VIRTUALENV", sys.prefix))
    project.mkdir()
    state.mkdir()
    (project / "Pulumi.yaml").write_text(PROJECT.format(virtualenv=sys.prefix))
    (project / "__main__.py").write_text(PROGRAM)
    environment = {**os.environ, "PULUMI_BACKEND_URL": state.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "only a test"}

    def pulumi(*arguments: str) -> str:
        command = [str(ROOT / ".venv" / "bin" / "pulumi"), *arguments, "--non-interactive", "--color", "never"]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=True).stdout

    pulumi("stack", "init", "tiny")
    seen = pulumi("preview", "--policy-pack", str(pack))
    assert "the pack was shown group" in seen
