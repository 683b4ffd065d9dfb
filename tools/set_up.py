"""`make setup`: prepares a fresh clone completely, and does nothing when nothing is to be done."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from tools.go_build import check_go
from tools.messages import SetUpError, one_line_errors, step
from tools.places import LOCK_FILE, PULUMI_VERSION, ROOT, STAMP, VENV, WRAPPER, toolchain_folder
from tools.pulumi_choice import InstalledPulumi, ask_version, find_installed_pulumi, is_recent_enough
from tools.pulumi_toolchain import HOST_LAUNCHER, ensure_toolchain, is_built, is_complete
from tools.python_environment import PYTHON, check_python, ensure_environment
from tools.wrapper import wrapper_text, write_wrapper

PACKAGES, COMMAND_LINE = "packages", "pulumi"


def main() -> None:
    """Prepare Python packages, then the Pulumi command line."""
    check_python()
    if not LOCK_FILE.is_file():
        raise SetUpError(f"{LOCK_FILE} is not there; restore it (git checkout {LOCK_FILE.name})")
    folder = toolchain_folder()
    installed = find_installed_pulumi(os.environ.get("PATH", ""), [VENV / "bin", folder])
    before = _read_stamp()
    after = {PACKAGES: _packages_digest(), COMMAND_LINE: _command_line_digest(installed)}
    if before == after and _is_in_place(folder):
        return
    STAMP.unlink(missing_ok=True)
    if installed is None and not is_built(folder):
        check_go()  # Better said now than after a minute of installing packages.
    if before.get(PACKAGES) != after[PACKAGES] or not _packages_are_in_place():
        ensure_environment()
    write_wrapper(_choose(installed, folder))
    STAMP.write_text(json.dumps(after, indent=1) + "\n", encoding="utf-8")
    step("ready: .venv/bin/phoenix and .venv/bin/pulumi")


def _choose(installed: InstalledPulumi | None, folder: Path) -> InstalledPulumi:
    """Return the command line to use, built if need be."""
    if installed:
        version = ask_version(installed.pulumi)
        if is_recent_enough(version):
            step(f"using {installed.pulumi} ({version})")
            return installed
        seen = version or "no version"
        step(f"{installed.pulumi} answers {seen}; at least v{PULUMI_VERSION} is needed, so one is built")
    ensure_toolchain(folder)
    step(f"using {folder / 'pulumi'} (v{PULUMI_VERSION}, built here)")
    return InstalledPulumi(folder / "pulumi", folder / HOST_LAUNCHER)


def _is_in_place(folder: Path) -> bool:
    if not _packages_are_in_place() or not WRAPPER.is_file():
        return False
    built = InstalledPulumi(folder / "pulumi", folder / HOST_LAUNCHER)
    if WRAPPER.read_text(encoding="utf-8") == wrapper_text(built):
        return is_complete(folder)
    return True


def _packages_are_in_place() -> bool:
    return os.access(PYTHON, os.X_OK) and os.access(VENV / "bin" / "phoenix", os.X_OK)


def _read_stamp() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _packages_digest() -> str:
    """Digest what decides about the Python packages; the folder counts because scripts in .venv hold its name."""
    parts = (LOCK_FILE.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode(), sys.version.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _command_line_digest(installed: InstalledPulumi | None) -> str:
    """Digest what decides about the command line: this code, its cache folder, and what the machine brings along."""
    digest = hashlib.sha256(str(toolchain_folder()).encode())
    for file in sorted(Path(__file__).parent.glob("*.[ps][yh]")):
        digest.update(file.read_bytes())
    for file in (installed.pulumi, installed.language_host) if installed else ():
        digest.update(f"{file} {file.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    with one_line_errors():
        main()
