"""The way to a server named by the environment: address, agent and image are taken, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILES = ("test_client_alone.py", "test_environments.py", "test_registries.py")


def test_the_suite_runs_against_a_named_server(new_lab: Callable[..., Any]) -> None:
    lab = new_lab("blocking", deploy_seconds=0.02, health_seconds=0.1)
    named = {
        "PHOENIX_PORTAINER_URL": lab.server.url,
        "PHOENIX_PORTAINER_PASSWORD": lab.server.admin_password,
        "PHOENIX_PORTAINER_AGENT_URL": f"tcp://{lab.address(111)}:9001",
        "PHOENIX_PORTAINER_IMAGE": "busybox:lab",
    }
    folder = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FILES],
        cwd=folder,
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    # That server is of the line that blocks, which is read from its version.
    assert " passed" in done.stdout
    client = lab.client()
    for kind in ("endpoints", "stacks", "registries", "tags"):
        assert client.call("GET", f"/api/{kind}").json() == [], kind
