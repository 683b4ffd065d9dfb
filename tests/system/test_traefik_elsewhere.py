"""Traefik on another machine: the whole chain over SSH, and into a container through the Proxmox host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask
from phoenix_providers.lab.ssh import pct, real_server
from phoenix_providers.lab.ssh.real_server import RealSshServer
from phoenix_providers.lab.ssh.stand_in import StandInSshServer

pytestmark = pytest.mark.engine

Server = RealSshServer | StandInSshServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Debian's sshd where it can be had, else the stand-in; its user's home has what `ssh` would use, too."""
    folder = tmp_path_factory.mktemp("ssh")
    path = pct.install(folder / "bin")
    kind = RealSshServer if real_server.sshd() else StandInSshServer
    with kind(folder, path) as running, pytest.MonkeyPatch.context() as patch:
        known = f"[127.0.0.1]:{running.port} {running.host_key.export_public_key().decode()}"
        keys = folder / "home" / ".ssh"
        keys.mkdir(parents=True, mode=0o700)
        (keys / "known_hosts").write_text(known)
        running.user_key.write_private_key(str(keys / "id_ed25519"))
        (keys / "id_ed25519").chmod(0o600)
        patch.setenv("HOME", str(keys.parent))
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        yield running


@pytest.fixture(scope="module")
def elsewhere(start_lab, server: Server):
    """A lab whose Traefik is reached over SSH, with the whole site up."""
    rehearsal = start_lab()
    aim(rehearsal, f"ssh://root@127.0.0.1:{server.port}{rehearsal.lab.traefik_target}")
    rehearsal.must_up()
    return rehearsal


def aim(rehearsal, target: str) -> None:
    done = rehearsal.pulumi("config", "set", "phoenix:traefikTarget", target)
    assert done.code == 0, done.output


def files(rehearsal) -> dict[str, str]:
    return {file.name: file.read_text() for file in Path(rehearsal.lab.traefik_target).iterdir()}


def assert_drift_is_repaired(rehearsal) -> None:
    declared = files(rehearsal)
    file = Path(rehearsal.lab.traefik_target) / "phoenix-stacks.yml"
    file.write_text(file.read_text().replace("Host(", "HostRegexp("))
    file.chmod(0o640)
    os.chown(file, *([12345, 23456] if os.geteuid() == 0 else [-1, -1]))
    owner = file.stat().st_uid
    rehearsal.must_up()
    assert files(rehearsal) == declared
    assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0o640, owner)


def test_over_ssh(elsewhere) -> None:
    assert set(files(elsewhere)) == {"phoenix-infrastructure.yml", "phoenix-stacks.yml"}
    assert_drift_is_repaired(elsewhere)
    elsewhere.must_be_in_sync()


def into_the_container(elsewhere, server: Server) -> None:
    aim(elsewhere, f"pct://root@127.0.0.1:{server.port}/{pct.CONTAINER}{elsewhere.lab.traefik_target}")
    elsewhere.must_up()


def test_another_way_to_the_same_directory_keeps_the_files_there(elsewhere, server: Server) -> None:
    declared = files(elsewhere)
    into_the_container(elsewhere, server)
    assert files(elsewhere) == declared


@pytest.mark.faults
def test_into_a_container(elsewhere, server: Server) -> None:
    into_the_container(elsewhere, server)
    assert_drift_is_repaired(elsewhere)
    elsewhere.must_be_in_sync()
    for route in expected_routes(elsewhere.plan):
        reply = ask(elsewhere.lab.traefik_url, route.host, route.path)
        assert route.matches(reply), (route, reply)


def test_destroy_removes_the_files_over_there(elsewhere) -> None:
    done = elsewhere.pulumi("destroy", "--yes", "--skip-preview")
    assert done.code == 0, done.output
    assert files(elsewhere) == {}
