"""The README's way to one's own site, command by command, against a lab."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]


def commands() -> str:
    text = (ROOT / "README.md").read_text()
    found = re.search(r"<!-- own-site: executed.*?```sh\n(.*?)```\n<!-- own-site: end -->", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_way_to_ones_own_site(start_lab, tmp_path: Path) -> None:
    rehearsal = start_lab()
    script = commands()
    network = rehearsal.lab.proxmox_url.removeprefix("https://").rpartition(".")[0]
    for shown, real in {
        "https://10.0.0.13:8006": rehearsal.lab.proxmox_url,
        "'phoenix@pve!sync=00000000-0000-0000-0000-000000000000'": shlex.quote(rehearsal.lab.proxmox_token),
        "https://10.0.0.110:9443": rehearsal.lab.portainer_url,
        "'the password of its administrator'": shlex.quote(rehearsal.lab.portainer_password),
        "/etc/traefik/dynamic": rehearsal.lab.traefik_target,
        "http://10.0.0.12:8081": rehearsal.lab.traefik_api_url,
        "/etc/traefik/root_ca.crt": rehearsal.lab.ca_file,
    }.items():
        assert script.count(shown) == 1, shown
        script = script.replace(shown, real)
    # The editor stands for a person who puts in the addresses of the own network, everywhere.
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\ngrep -rl 127.50.0 config | xargs sed -i 's/127\\.50\\.0\\./{network}./g'\n")
    editor.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=ROOT,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            # Pulumi takes the home folder from the user database, not from HOME.
            "PULUMI_HOME": str(tmp_path / ".pulumi"),
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"),
            "PATH": f"{rehearsal.home.bin}{os.pathsep}{os.environ['PATH']}",
            "EDITOR": str(editor),
            "PULUMI_SKIP_CONFIRMATIONS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert "87 to create" in done.stdout
    assert "87 created" in done.stdout
    assert len(rehearsal.by_hand.stack_names()) == 8
