"""The virtual environment: made with Python's own venv, filled by uv from the lock file."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.messages import SetUpError, step
from tools.places import LOCK_FILE, ROOT, VENV

PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"


def check_python() -> None:
    """Check that this interpreter can make virtual environments.

    Raises:
        SetUpError: It cannot, or it is not Python 3.11.
    """
    found = sys.version_info[:2]
    if found != (3, 11):
        raise SetUpError(f"Python 3.11 is needed and this is {found[0]}.{found[1]}; install python3.11")
    missing = [module for module in ("venv", "ensurepip") if importlib.util.find_spec(module) is None]
    if missing:
        raise SetUpError(
            f"missing: module {missing[0]} of Python 3.11, which makes virtual environments; "
            "install it (Debian: apt-get install python3.11-venv)"
        )


def ensure_environment() -> None:
    """Bring `.venv` to exactly what the lock file and the project say.

    Raises:
        SetUpError: A step failed; its own output stands above.
    """
    if not _works(PYTHON):
        step("making .venv")
        # `clear` empties what an interrupted run left behind.
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], "making .venv")
    _ensure_uv()
    step("installing Python packages from requirements.lock")
    for_this = ["--quiet", "--python", str(PYTHON)]
    # Compiled once, here: where Python may not write beside its modules, each start would do it again, for seconds.
    _run([str(UV), "pip", "sync", *for_this, "--compile-bytecode", "--require-hashes", str(LOCK_FILE)], "uv pip sync")
    editable = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    _run([str(UV), "pip", "install", *for_this, *editable], "installing the project")


def locked_requirement(name: str, lock: str) -> str:
    """Return the lines of a lock file that pin one package, with its hashes.

    Raises:
        SetUpError: The package is not in the lock file.
    """
    found = re.search(rf"^{re.escape(name)}==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    if not found:
        raise SetUpError(f"{LOCK_FILE.name} does not pin {name}; run `make lock` on a machine that is set up")
    return "".join(line for line in found.group().splitlines(keepends=True) if not line.lstrip().startswith("#"))


def _ensure_uv() -> None:
    requirement = locked_requirement("uv", LOCK_FILE.read_text(encoding="utf-8"))
    version = requirement.split()[0].removeprefix("uv==")
    if _works(UV) and f"uv {version} " in _output(UV) + " ":
        return
    if not _works_with_pip():
        # Someone's uv may have made the environment, or taken pip out of it.
        _run([str(PYTHON), "-m", "ensurepip", "--default-pip"], "installing pip")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "uv.txt"
        file.write_text(requirement, encoding="utf-8")
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        _run([str(PYTHON), "-m", "pip", "install", *quiet, "--require-hashes", "--no-deps", "-r", str(file)], "pip")


def _run(command: list[str], what: str) -> None:
    try:
        subprocess.run(command, cwd=ROOT, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(f"{what} failed ({error}); see its output above") from None


def _works(command: Path) -> bool:
    return shutil.which(str(command)) is not None and bool(_output(command))


def _works_with_pip() -> bool:
    answer = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False)
    return answer.returncode == 0


def _output(command: Path) -> str:
    try:
        answer = subprocess.run([str(command), "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
