"""The places of delivery, each with a folder of its own: a directory, two SSH servers, and a container."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from phoenix_providers.clients.delivery.open import open_delivery
from phoenix_providers.clients.delivery.ssh_connection import SshTrust
from phoenix_providers.clients.delivery.target import Delivery

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
KINDS = ["directory", "ssh", "sshd", "pct"]
CONTAINER = 102

# What `pct` of Proxmox does with a container, done to a folder of this machine: the container's paths are this one's.
PCT = f"""#!/bin/sh
verb=$1; container=$2; shift 2
if [ "$container" != {CONTAINER} ]; then
    echo "Configuration file 'nodes/pve/lxc/$container.conf' does not exist" >&2; exit 2
fi
case $verb in
    push) cp "$1" "$2" && chmod "$4" "$2" ;;
    exec) [ "$1" = -- ] && shift; exec "$@" ;;
    *) echo "unknown $verb" >&2; exit 255 ;;
esac
"""


def _server_module():
    spec = importlib.util.spec_from_file_location("delivery_ssh_server", Path(__file__).with_name("ssh_server.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


ssh_server = _server_module()


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
def server(tmp_path: Path) -> Iterator[object]:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "pct").write_text(PCT)
    (bin_folder / "pct").chmod(0o755)
    with ssh_server.SshServer(tmp_path, f"{bin_folder}{os.pathsep}{os.environ['PATH']}") as running:
        yield running


@dataclass
class RealServer:
    port: int
    host_key: asyncssh.SSHKey
    user_key: asyncssh.SSHKey


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[RealServer]:
    if SSHD is None or os.geteuid() != 0:
        pytest.skip("needs Debian's openssh-server, and root to start it; the SSH library's own server was tested")
    folder = tmp_path / "sshd"
    folder.mkdir(mode=0o700)
    keys = {name: asyncssh.generate_private_key("ssh-ed25519") for name in ("host", "user")}
    keys["host"].write_private_key(str(folder / "host"))
    (folder / "host").chmod(0o600)
    (folder / "authorized").write_bytes(keys["user"].export_public_key())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [
        f"ListenAddress=127.0.0.1:{port}", f"HostKey={folder / 'host'}", f"AuthorizedKeysFile={folder / 'authorized'}",
        f"PidFile={folder / 'pid'}", "StrictModes=no", "UsePAM=no", "PermitRootLogin=prohibit-password",
        "PasswordAuthentication=no", "Subsystem=sftp internal-sftp",
    ]  # fmt: skip
    Path("/run/sshd").mkdir(exist_ok=True)
    arguments = [SSHD, "-D", "-e", "-f", "/dev/null", *(part for option in options for part in ("-o", option))]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(arguments, stderr=log, stdin=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield RealServer(port, keys["host"], keys["user"])
    finally:
        process.terminate()
        process.wait(10)


def wait_for_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


@pytest.fixture
def open_place(tmp_path: Path, request: pytest.FixtureRequest) -> Open:
    """Return a function that opens one of the kinds."""

    def open_one(kind: str) -> Place:
        folder = tmp_path / "dynamic"
        folder.mkdir()
        if kind == "directory":
            return Place(open_delivery(str(folder), timeout=5), folder, kind, str(folder))
        server = request.getfixturevalue("sshd" if kind == "sshd" else "server")
        inside = f"/{CONTAINER}{folder}" if kind == "pct" else str(folder)
        target = f"{kind.removesuffix('d')}://root@127.0.0.1:{server.port}{inside}"
        trust = trust_of(tmp_path, server)
        return Place(open_delivery(target, timeout=5, trust=trust), folder, kind, target, trust, server)

    return open_one


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, open_place: Open) -> Place:
    return open_place(request.param)
