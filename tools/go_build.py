"""Builds the Pulumi command line from its Go modules, pinned by `pulumi_cli/go.mod` and `go.sum`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from tools.messages import SECONDS_BETWEEN_TICKS, Progress, SetUpError
from tools.places import PULUMI_VERSION

MODULE = Path(__file__).resolve().parent / "pulumi_cli"
MAIN_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
VERSION_VARIABLE = f"{SDK_MODULE}/go/common/version.Version"
LINES_KEPT_FOR_ERRORS = 8


def check_go() -> str:
    """Return the Go command, or say what to install.

    Raises:
        SetUpError: There is no Go, or one that is too old for the modules.
    """
    needed = _go_needed()
    advice = f"install Go {needed} or newer, or the Pulumi command line with its Python language host"
    go = shutil.which("go")
    if not go:
        raise SetUpError(f"missing: go, which builds the Pulumi command line; {advice}")
    # Inside the module a Go that may fetch a newer one of itself answers with that one's version.
    if _numbers(_go_version(go, MODULE)) < _numbers(needed):
        found = _go_version(go, Path("/")) or "not working"
        raise SetUpError(f"{go} is {found}, too old to build the Pulumi command line; {advice}")
    return go


def build_pulumi(go: str, target: Path) -> None:
    """Write the Pulumi command line to a file.

    Raises:
        SetUpError: Modules cannot be had, or the build fails; the last lines of Go are part of the message.
    """
    with Progress("downloading sources") as progress:
        packages = _run_go(go, ["list", "-mod=readonly", "-deps", MAIN_PACKAGE], progress, _count_downloads)
    flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-v", "-o", str(target)]
    linker = ["-ldflags", f"-s -w -X {VERSION_VARIABLE}=v{PULUMI_VERSION}"]
    total = len(packages)
    with Progress("building") as progress:
        _run_go(go, ["build", *flags, *linker, MAIN_PACKAGE], progress, lambda lines: f"{lines} of {total} packages")


def sdk_folder(go: str) -> Path:
    """Return the folder of the SDK's sources, which hold the scripts that belong beside the command."""
    question = [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK_MODULE]
    answer = subprocess.run(question, cwd=MODULE, env=_environment(), capture_output=True, text=True, check=False)
    if answer.returncode or not answer.stdout.strip():
        raise SetUpError(f"go cannot find the sources of {SDK_MODULE}: {answer.stderr.strip()}")
    return Path(answer.stdout.strip())


def _run_go(go: str, arguments: list[str], progress: Progress, counted: Callable[[int], str]) -> list[str]:
    """Run Go in the module's folder, count what it says on its way, and return its output's lines."""
    output: list[str] = []
    with subprocess.Popen(
        [go, *arguments], cwd=MODULE, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        # Go is silent for long while it links, so its output is read aside and the elapsed time goes on.
        reader = Thread(target=lambda: output.extend(process.stdout or ()), daemon=True)
        reader.start()
        while reader.is_alive():
            reader.join(SECONDS_BETWEEN_TICKS)
            progress.tick(counted(len(output)))
    if process.returncode:
        last_words = " | ".join(line.strip() for line in output[-LINES_KEPT_FOR_ERRORS:])
        raise SetUpError(f"`go {arguments[0]}` failed with exit code {process.returncode}: {last_words}")
    return [line for line in output if not line.startswith("go: ")]


def _count_downloads(lines: int) -> str:
    return f"{lines} modules"


def _environment() -> dict[str, str]:
    """Return the variables for Go: nothing of the user's own Go work, and no C compiler needed."""
    return {**os.environ, "GOWORK": "off", "CGO_ENABLED": "0"}


def _go_version(go: str, folder: Path) -> str:
    question = [go, "env", "GOVERSION"]
    answer = subprocess.run(question, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    return "" if answer.returncode else answer.stdout.strip()


def _go_needed() -> str:
    found = re.search(r"^go (\S+)", (MODULE / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise SetUpError(f"{MODULE / 'go.mod'} does not name its Go version; restore the file")
    return found.group(1)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
