"""Every option that labels may set is one that the real Traefik reads from a file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phoenix_providers.lab.network import free_port
from phoenix_providers.planning.traefik.file_text import to_text
from phoenix_providers.planning.traefik.label_decoding import read_labels
from phoenix_providers.planning.traefik.label_options import OPTIONS, Anything, Fields, Items, Named, Scalar, Shape

TRAEFIK = shutil.which("traefik", path=str(Path(sys.executable).parent)) or shutil.which("traefik")
Start = Callable[[str], tuple[str, Path]]
_SAMPLES = {
    Scalar.TEXT: "1s",
    Scalar.BOOLEAN: "true",
    Scalar.INTEGER: "1",
    Scalar.LIST: "a,b",
    Scalar.DURATION: "1m30s",
    Scalar.PATTERN: "^a(b)+$",
    Scalar.PATTERNS: "a,b",
}
# Options whose value Traefik parses while loading the file.
_EXACT = {"rule": "Host(`a`)"}


def all_labels(shape: Shape, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield one label for every option."""
    if isinstance(shape, Scalar):
        yield prefix, _EXACT.get(prefix.rpartition(".")[2], _SAMPLES[shape])
    elif isinstance(shape, Fields):
        for name, field in shape.fields.items():
            # Only the file's list of servers exists, and a middleware is of one kind only.
            if name != "server":
                yield from all_labels(field, f"{prefix}{_instance(prefix, name)}.{name.lower()}")
    elif isinstance(shape, Items):
        yield from all_labels(shape.item, f"{prefix}[0]")
    elif isinstance(shape, Named):
        yield from all_labels(shape.value, prefix if prefix.endswith("middlewares") else f"{prefix}.x")
    elif isinstance(shape, Anything):
        yield f"{prefix}.some.option", "1"


def _instance(prefix: str, name: str) -> str:
    return f".m-{name.lower()}" if prefix.endswith(".middlewares") else ""


@pytest.fixture
def api_of(tmp_path: Path) -> Iterator[Start]:
    processes = []

    def start(text: str) -> tuple[str, Path]:
        (tmp_path / "routes.yml").write_text(text)
        port = free_port()
        log = tmp_path / "traefik.log"
        arguments = [
            f"--providers.file.directory={tmp_path}",
            f"--entrypoints.traefik.address=127.0.0.1:{port}",
            "--api.insecure=true",
            "--global.checknewversion=false",
            "--global.sendanonymoususage=false",
            f"--log.filepath={log}",
            "--log.level=ERROR",
            "--log.format=json",
        ]
        processes.append(subprocess.Popen([str(TRAEFIK), *arguments], cwd=tmp_path))
        return f"http://127.0.0.1:{port}/api/rawdata", log

    yield start
    for process in processes:
        process.kill()
        process.wait(10)


@pytest.mark.skipif(TRAEFIK is None, reason="the traefik binary is not installed")
def test_every_option_is_loaded(api_of: Start) -> None:
    labels = dict(all_labels(OPTIONS, "traefik"))
    read = read_labels(labels)
    assert read.problems == ()
    assert len(labels) > 200
    url, log = api_of(to_text(read.structure))
    names = {f"m-{name.lower()}@file" for name in ("headers", "rateLimit", "forwardAuth", "passTLSClientCert")}
    deadline = time.monotonic() + 20
    loaded: set[str] = set()
    while not names <= loaded and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                loaded = set(json.load(answer).get("middlewares", {}))
        except urllib.error.URLError:
            pass
        if log.exists() and "file.Provider" in log.read_text():
            break
        time.sleep(0.05)
    assert names <= loaded, log.read_text().partition("\n")[0] if log.exists() else "no log"
