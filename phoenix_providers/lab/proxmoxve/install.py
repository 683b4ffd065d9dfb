"""Puts the stand-in where the Pulumi engine finds it: among the plugins of the lab's own Pulumi folder."""

from __future__ import annotations

import shlex
from pathlib import Path

EXECUTABLE = "pulumi-resource-proxmoxve"


def install(folder: Path, python: Path, endpoint: str) -> Path:
    """Write the executable and return it.

    Args:
        folder: Where the engine looks for it.
        python: An interpreter that can import this package.
        endpoint: The lab's Proxmox, `https://host:port`; the plugin refuses every other one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / EXECUTABLE
    command = shlex.join([str(python), "-m", __package__, "--endpoint", endpoint])
    file.write_text(f'#!/bin/sh\n# Made by a lab; only for the lab at {endpoint}.\nexec {command} "$@"\n')
    file.chmod(0o755)
    return file
