"""`make lock`: writes requirements.lock anew, with hashes and without any address."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from tools.messages import SetUpError, one_line_errors, step
from tools.places import LOCK_FILE, ROOT
from tools.python_environment import UV


def main() -> None:
    """Resolve what pyproject.toml asks for, the build tool included; arguments go to uv (such as `--upgrade`)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        # The project is built without isolation, so what builds it has to be pinned with everything else.
        build_tools = Path(folder) / "build-system.txt"
        build_tools.write_text("\n".join(project["build-system"]["requires"]) + "\n", encoding="utf-8")
        sources = ["pyproject.toml", str(build_tools)]
        outcome = ["--output-file", LOCK_FILE.name, "--custom-compile-command", "make lock"]
        # Annotations would name the temporary file.
        form = ["--generate-hashes", "--all-extras", "--no-emit-index-url", "--no-annotate", "--quiet"]
        command = [str(UV), "pip", "compile", *form, *outcome, *sys.argv[1:], *sources]
        try:
            subprocess.run(command, cwd=ROOT, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SetUpError(f"uv pip compile failed ({error}); see its output above") from None
    if "://" in LOCK_FILE.read_text(encoding="utf-8"):
        raise SetUpError(f"{LOCK_FILE.name} names an address; it must work with any mirror")
    step(f"wrote {LOCK_FILE.name}")


if __name__ == "__main__":
    with one_line_errors():
        main()
