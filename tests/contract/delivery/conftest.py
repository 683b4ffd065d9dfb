"""The places of delivery, each with a folder of its own: a directory, two SSH servers, and a container."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from phoenix_providers.clients.delivery.open import open_delivery
from phoenix_providers.clients.delivery.ssh_connection import SshTrust
from phoenix_providers.clients.delivery.target import Delivery
from phoenix_providers.lab.ssh import pct, real_server
from phoenix_providers.lab.ssh.real_server import RealSshServer
from phoenix_providers.lab.ssh.stand_in import StandInSshServer

KINDS = ["directory", "ssh", "sshd", "pct", "pct-sshd"]
# Whose connections cannot be broken at will; everything else is tested with both.
REAL = {"sshd", "pct-sshd"}


@dataclass
class Place:
    """A delivery, the folder behind it, and (for those over SSH) how to reach it."""

    delivery: Delivery
    folder: Path
    kind: str
    target: str
    trust: SshTrust | None = None
    server: object = None


Open = Callable[[str], Place]


def trust_of(tmp_path: Path, server) -> SshTrust:
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {server.host_key.export_public_key().decode()}")
    return SshTrust((known,), {"client_keys": [server.user_key], "agent_path": None, "config": None})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StandInSshServer]:
    with StandInSshServer(tmp_path, pct.install(tmp_path / "bin")) as running:
        yield running


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[RealSshServer]:
    if real_server.sshd() is None:
        pytest.skip("needs Debian's openssh-server, and root to start it; the SSH library's own server was tested")
    with RealSshServer(tmp_path, pct.install(tmp_path / "bin")) as running:
        yield running


@pytest.fixture
def open_place(tmp_path: Path, request: pytest.FixtureRequest) -> Open:
    """Return a function that opens one of the kinds."""

    def open_one(kind: str) -> Place:
        folder = tmp_path / "dynamic"
        folder.mkdir()
        if kind == "directory":
            return Place(open_delivery(str(folder), timeout=5), folder, kind, str(folder))
        server = request.getfixturevalue("sshd" if kind in REAL else "server")
        in_container = kind.startswith("pct")
        inside = f"/{pct.CONTAINER}{folder}" if in_container else str(folder)
        target = f"{'pct' if in_container else 'ssh'}://root@127.0.0.1:{server.port}{inside}"
        trust = trust_of(tmp_path, server)
        return Place(open_delivery(target, timeout=5, trust=trust), folder, kind, target, trust, server)

    return open_one


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, open_place: Open) -> Place:
    return open_place(request.param)
