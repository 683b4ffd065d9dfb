"""Builds the toolchain's folder: the Pulumi command line, its scripts, and a Python language host."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import zipapp
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.go_build import build_pulumi, check_go, sdk_folder
from tools.messages import SetUpError, step
from tools.places import PULUMI_VERSION

HOST_SOURCES = Path(__file__).resolve().parent / "language_host"
HOST_LAUNCHER = "pulumi-language-python"
HOST_ARCHIVE = "pulumi-language-python.pyz"
HOST_DIGEST = "pulumi-language-python.sha256"
# Where the module of the SDK keeps the scripts that belong beside the command.
SDK_SCRIPTS = (
    "python/cmd/pulumi-language-python-exec",
    "python/dist/pulumi-resource-pulumi-python",
    "python/dist/pulumi-analyzer-policy-python",
)
BUILT_FILES = ("pulumi", *(Path(script).name for script in SDK_SCRIPTS))


def ensure_toolchain(folder: Path) -> None:
    """Make a toolchain folder complete; what is complete is left alone.

    The folder appears as a whole or not at all, so an interrupted build leaves nothing that looks ready.

    Raises:
        SetUpError: Go is missing or too old, or the build fails.
    """
    if not is_built(folder):
        go = check_go()
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _only_one_builder(folder.parent):
            if not is_built(folder):
                _build(go, folder)
    install_language_host(folder)


def is_complete(folder: Path) -> bool:
    """Tell whether a toolchain folder holds everything, with the language host of this work tree."""
    return is_built(folder) and _installed_host_digest(folder) == _host_digest()


def is_built(folder: Path) -> bool:
    """Tell whether a toolchain folder holds what is built and copied from the Go modules."""
    return all(os.access(folder / name, os.X_OK) for name in BUILT_FILES)


def _build(go: str, folder: Path) -> None:
    for left_over in folder.parent.glob("building-*"):
        shutil.rmtree(left_over)
    aside = Path(tempfile.mkdtemp(prefix="building-", dir=folder.parent))
    try:
        sources = _with_command(go, folder, aside / "pulumi")
        for script in SDK_SCRIPTS:
            copy = aside / Path(script).name
            shutil.copyfile(sources / script, copy)
            copy.chmod(0o755)
        aside.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _with_command(go: str, folder: Path, target: Path) -> Path:
    """Put the command in place, that of the folder if it has one, and return where the sources of its scripts are."""
    if os.access(folder / target.name, os.X_OK):
        # Where the sources have gone, the build fetches them.
        with suppress(SetUpError):
            sources = sdk_folder(go)
            shutil.copy2(folder / target.name, target)
            return sources
    step(f"building the Pulumi command line {PULUMI_VERSION}; needed once per machine, takes some minutes")
    build_pulumi(go, target)
    return sdk_folder(go)


@contextmanager
def _only_one_builder(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            step("another set-up is building the Pulumi command line; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_language_host(folder: Path) -> None:
    """Put this work tree's language host into a toolchain folder, unless it is there already."""
    digest = _host_digest()
    if _installed_host_digest(folder) == digest:
        return
    with tempfile.TemporaryDirectory(dir=folder) as name:
        aside = Path(name)
        zipapp.create_archive(
            HOST_SOURCES.parent,
            aside / HOST_ARCHIVE,
            main="language_host.server:main",
            filter=lambda path: path.parts[0] == HOST_SOURCES.name and path.suffix == ".py",
        )
        shutil.copyfile(HOST_SOURCES / "launcher.sh", aside / HOST_LAUNCHER)
        (aside / HOST_LAUNCHER).chmod(0o755)
        (aside / HOST_DIGEST).write_text(digest)
        # The digest comes last: it says that the other two are in place.
        for file in (HOST_ARCHIVE, HOST_LAUNCHER, HOST_DIGEST):
            (aside / file).replace(folder / file)


def _host_digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(HOST_SOURCES.iterdir()):
        if file.suffix in {".py", ".sh"}:
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _installed_host_digest(folder: Path) -> str:
    files = [folder / name for name in (HOST_ARCHIVE, HOST_LAUNCHER, HOST_DIGEST)]
    return files[-1].read_text() if all(file.is_file() for file in files) else ""
