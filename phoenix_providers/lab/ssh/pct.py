"""A stand-in for the command `pct` of a Proxmox host, for a PATH of its own."""

from __future__ import annotations

import os
from pathlib import Path

CONTAINER = 102

# What `pct` does with a container, done to folders of this machine: the container's paths are this machine's own.
_SCRIPT = f"""#!/bin/sh
# A stand-in for Proxmox's pct: its one container, {CONTAINER}, is this machine itself.
here=${{0%/*}}; verb=$1; container=$2; shift 2
if [ "$container" != {CONTAINER} ]; then
    echo "Configuration file 'nodes/pve/lxc/$container.conf' does not exist" >&2; exit 2
fi
# Somebody cuts the power between the two steps of a write.
case "$verb $*" in exec*'mv -f'*) if [ -e "$here/cut-before-move" ]; then kill -9 $PPID; exit 1; fi ;; esac
case $verb in
    push) cp "$1" "$2" && chmod "$4" "$2" ;;
    exec) [ "$1" = -- ] && shift; exec "$@" ;;
    *) echo "unknown $verb" >&2; exit 255 ;;
esac
"""


def install(folder: Path) -> str:
    """Put the command into a folder, and return a PATH on which it is found first."""
    folder.mkdir(exist_ok=True)
    command = folder / "pct"
    command.write_text(_SCRIPT)
    command.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def cut_before_move(folder: Path, *, on: bool) -> None:
    """Kill whoever writes after the file was pushed and before it is moved into place."""
    switch = folder / "cut-before-move"
    switch.touch() if on else switch.unlink(missing_ok=True)
