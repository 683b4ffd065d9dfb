"""The tools on this computer: Python, Pulumi, the Proxmox plugin."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from phoenix_providers.errors import Explanation, UsageError
from phoenix_providers.planning.doctor.finding import Finding, ok, trouble, warning, worst
from phoenix_providers.planning.doctor.version import judge_version

_SECONDS = 10
_PYTHON = (3, 11)
_PACKAGE = "pulumi_proxmoxve"
_PLUGIN = "pulumi-resource-proxmoxve"


def tools() -> Finding:
    """Judge all of them."""
    found = [_python(), _pulumi(), _plugin()]
    return worst(found, ", ".join(one.seen for one in found))


def _python() -> Finding:
    seen = f"Python {platform.python_version()}"
    if sys.version_info[:2] == _PYTHON:
        return ok(seen)
    reason = Explanation(
        "Phoenix Sync runs with another Python than it was made for", sys.executable, seen, "Python 3.11", "make setup"
    )
    return warning(seen, reason)


def _pulumi() -> Finding:
    program = Path(sys.executable).parent / "pulumi"
    try:
        done = subprocess.run(  # noqa: S603
            [program, "version"],
            check=False,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return _no_pulumi(program, str(error))
    told = done.stdout.strip()
    return judge_version("Pulumi", told) if done.returncode == 0 and told else _no_pulumi(program, done.stderr.strip())


def _no_pulumi(program: Path, seen: str) -> Finding:
    reason = Explanation("Pulumi's command line does not start", str(program), seen, "Pulumi", "make setup")
    return trouble(UsageError, "no Pulumi", reason)


def _plugin() -> Finding:
    """Look for the plugin where the engine does: among its own, and on PATH."""
    try:
        needed = version(_PACKAGE)
    except PackageNotFoundError:
        reason = Explanation(f"The package {_PACKAGE} is missing", next_step="make setup")
        return trouble(UsageError, "no Proxmox plugin", reason)
    name = f"Proxmox plugin {needed}"
    if shutil.which(_PLUGIN):
        return ok(f"{name} (on PATH)")
    folder = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    if (folder / f"resource-proxmoxve-v{needed}").is_dir():
        return ok(name)
    others = sorted(one.name for one in folder.glob("resource-proxmoxve-v*") if re.search(r"-v[\d.]+$", one.name))
    reason = Explanation(
        "The Proxmox plugin of this version is not installed yet",
        str(folder),
        ", ".join(others) or "none",
        f"{needed}; the first run fetches it where the network allows",
        f"pulumi plugin install resource proxmoxve {needed}{_server()}",
    )
    return warning(f"{name} missing", reason)


def _server() -> str:
    """Return the option that says where the package has its plugin."""
    package = importlib.util.find_spec(_PACKAGE)
    for place in (package.submodule_search_locations if package else None) or ():
        try:
            told = json.loads((Path(place) / "pulumi-plugin.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict) and told.get("server"):
            return f" --server {told['server']}"
    return ""
