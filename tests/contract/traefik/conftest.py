"""The real Traefik on loopback, to be started, stopped and restarted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.clock import SystemClock
from phoenix_providers.lab.network import free_port
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.traefik.file_text import to_text

TRAEFIK = shutil.which("traefik", path=str(Path(sys.executable).parent)) or shutil.which("traefik")
_SECONDS = 20


@dataclass
class RealTraefik:
    """One Traefik with entry points `web`, `sec` (TLS by default) and `udp`, and a certificate resolver `le`."""

    folder: Path
    api_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    secure_port: int = field(default_factory=free_port)
    throttle: str = "20ms"
    process: subprocess.Popen[bytes] | None = None
    _marker: int = 0

    @property
    def dynamic(self) -> Path:
        return self.folder / "dynamic"

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def log(self) -> Path:
        return self.folder / "traefik.log"

    def start(self) -> None:
        self.dynamic.mkdir(exist_ok=True)
        options = {
            "providers.file.directory": self.dynamic,
            "providers.providersthrottleduration": self.throttle,
            "entrypoints.traefik.address": f"127.0.0.1:{self.api_port}",
            "entrypoints.web.address": f"127.0.0.1:{self.web_port}",
            "entrypoints.sec.address": f"127.0.0.1:{self.secure_port}",
            "entrypoints.sec.http.tls": "true",
            "entrypoints.udp.address": f"127.0.0.1:{self.web_port}/udp",
            "certificatesresolvers.le.acme.email": "nobody@home.example",
            "certificatesresolvers.le.acme.storage": self.folder / "acme.json",
            "certificatesresolvers.le.acme.caserver": "http://127.0.0.1:1/",
            "api.insecure": "true",
            "global.checknewversion": "false",
            "global.sendanonymoususage": "false",
            "log.filepath": self.log,
            "log.level": "ERROR",
            "log.format": "json",
        }
        command = [str(TRAEFIK), *(f"--{name}={value}" for name, value in options.items())]
        self.process = subprocess.Popen(command, cwd=self.folder)
        self.until(lambda: self.ask("/api/version"), "Traefik's API does not answer")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def ask(self, path: str) -> Any:
        try:
            with urllib.request.urlopen(self.api + path, timeout=2) as answer:
                return json.load(answer)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return None

    def routers(self, kind: str = "http") -> Mapping[str, Any]:
        return {item["name"]: item for item in self.ask(f"/api/{kind}/routers?per_page=1000") or ()}

    def put(self, name: str, text: str) -> None:
        """Put a file there as a whole, as somebody else would."""
        unfinished = self.dynamic / (name + ".unfinished")
        unfinished.write_text(text)
        unfinished.replace(self.dynamic / name)

    def accepts(self, document: Mapping[str, Any], seconds: float = 10) -> str:
        """Return what Traefik says of a file; empty if it loads it."""
        return self.accepts_text(to_text(document), seconds)

    def accepts_text(self, text: str, seconds: float = 10) -> str:
        """Return what Traefik says of a text; empty if it loads it."""
        return self.accepts_texts([text], seconds)

    def accepts_texts(self, texts: Sequence[str], seconds: float = 10) -> str:
        """Put the texts there, then a router with a new name: only a directory that loads as a whole shows it."""
        self._marker += 1
        name = f"marker{self._marker}"
        router = {"rule": "Host(`marker`)", "service": "noop@internal", "entryPoints": ["web"]}
        marker = to_text({"http": {"routers": {name: router}}})
        for number, text in enumerate(texts):
            self.put(f"subject-{number}.yml", text)
        kept = {self.dynamic / f"subject-{number}.yml" for number in range(len(texts))}
        for stale in set(self.dynamic.glob("subject-*.yml")) - kept:
            stale.unlink()
        # Files are read in the order of their names: a load that sees the new marker reads the new subjects after it.
        self.put("a-marker.yml", marker)
        before = self.log.stat().st_size if self.log.exists() else 0
        start, again, said = time.monotonic(), 1, ""
        while time.monotonic() < start + seconds:
            if self.ask(f"/api/http/routers/{name}@file"):
                return ""
            said = self.log.read_bytes()[before:].decode() if self.log.exists() else ""
            # The first error may be of a load that began before all files were there, the second one is not.
            if said.count("watcher callback") > 1:
                return said
            if time.monotonic() > start + again * 0.3:
                self.put("a-marker.yml", marker)
                again += 1
            time.sleep(0.02)
        return said or "no answer"

    def until(self, look: Callable[[], object], otherwise: str) -> None:
        deadline = time.monotonic() + _SECONDS
        while not look():
            assert time.monotonic() < deadline, f"{otherwise}: {self.log.read_text() if self.log.exists() else ''}"
            time.sleep(0.02)


@pytest.fixture
def traefik(tmp_path: Path) -> Iterator[RealTraefik]:
    """A Traefik of this test's own, running, with an empty directory."""
    yield from _running(tmp_path)


@pytest.fixture(scope="module")
def shared_traefik(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealTraefik]:
    """One Traefik for all tests of a file."""
    yield from _running(tmp_path_factory.mktemp("traefik"))


def _running(folder: Path) -> Iterator[RealTraefik]:
    assert TRAEFIK, "traefik is not installed beside this Python: run `make setup`"
    traefik = _started(folder)
    yield traefik
    traefik.stop()


def _started(folder: Path, tries: int = 3) -> RealTraefik:
    """Return one that runs; a port that was free may be somebody else's a moment later."""
    traefik = RealTraefik(folder)
    try:
        traefik.start()
    except AssertionError as error:
        traefik.stop()
        if tries == 1 or "address already in use" not in str(error):
            raise
        traefik.log.unlink(missing_ok=True)
        return _started(folder, tries - 1)
    return traefik


class ActingClock(SystemClock):
    """The real time; at its n-th pause something happens, and long waits are shortened."""

    def __init__(self, actions: Mapping[int, Callable[[], object]] | None = None, speed: float = 1) -> None:
        self.pauses = 0
        self._actions = dict(actions or {})
        self._speed = speed

    def now(self) -> float:
        return super().now() * self._speed

    def sleep(self, seconds: float) -> None:
        self.pauses += 1
        if action := self._actions.pop(self.pauses, None):
            action()
        super().sleep(seconds / self._speed)


class PacedClock(SystemClock):
    """Only pauses make time pass, and they are shortened: a limit means as many looks, however busy the machine is."""

    def __init__(self, speed: float) -> None:
        self._now = 0.0
        self._speed = speed

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        super().sleep(seconds / self._speed)


def connections(clock: SystemClock | None = None) -> ClientsOfRun:
    settings = Settings(request_timeout=3)
    return ClientsOfRun(settings, Credentials.from_raw({}), clock=clock or SystemClock())


class Harness:
    """What tests need besides fixtures: this file is not importable by name."""

    ActingClock = ActingClock
    PacedClock = PacedClock
    connections = staticmethod(connections)
    RealTraefik = RealTraefik


@pytest.fixture
def harness() -> type[Harness]:
    return Harness
