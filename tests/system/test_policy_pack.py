"""A policy pack in Python starts with the command line that set-up builds, as it does with the official one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.system.bare_project import in_project

pytestmark = pytest.mark.engine
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
    project, pack = tmp_path / "project", tmp_path / "pack"
    pulumi = in_project(project, tmp_path / "state")
    shutil.copytree(PACK, pack)
    policy = pack / "PulumiPolicy.yaml"
    policy.write_text(policy.read_text().replace("VIRTUALENV", sys.prefix))
    (project / "Pulumi.yaml").write_text(PROJECT.format(virtualenv=sys.prefix))
    (project / "__main__.py").write_text(PROGRAM)

    pulumi("stack", "init", "tiny")
    seen = pulumi("preview", "--policy-pack", str(pack))
    assert "the pack was shown group" in seen
