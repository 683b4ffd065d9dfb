"""The commands that a message gives for an SSH host."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from phoenix_providers.clients.delivery.open import end_over_ssh
from phoenix_providers.clients.delivery.ssh_connection import SshAddress, SshHost, SshTrust
from phoenix_providers.errors import UnauthorizedError

CONFIG = "Host proxy\n  HostName 10.0.0.12\n  Port 2222\nHost plain\n  HostName 10.0.0.12\n"


@pytest.mark.parametrize(
    ("address", "known_as", "scanned"),
    [
        (SshAddress("root", "10.0.0.12"), "10.0.0.12", "10.0.0.12"),
        (SshAddress("root", "10.0.0.12", 22), "10.0.0.12", "10.0.0.12"),
        (SshAddress("root", "10.0.0.12", 2222), "[10.0.0.12]:2222", "-p 2222 10.0.0.12"),
        (SshAddress("root", "proxy"), "[10.0.0.12]:2222", "-p 2222 10.0.0.12"),
        (SshAddress("root", "plain"), "10.0.0.12", "10.0.0.12"),
    ],
    ids=str,
)
def test_a_changed_host_key_is_replaced_under_the_name_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: SshAddress, known_as: str, scanned: str
) -> None:
    """OpenSSH writes the port into known_hosts only where it is not the usual one, and knows no alias there."""
    config = tmp_path / "config"
    config.write_text(CONFIG)
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    known = tmp_path / "known_hosts"
    known.write_text(f"{known_as} {key}")

    async def another_machine(*_: object, **__: object) -> None:
        raise asyncssh.HostKeyNotVerifiable("host key is not trusted")

    monkeypatch.setattr(asyncssh, "connect", another_machine)
    host = SshHost(address, timeout=5, trust=SshTrust((known,), {"config": [config]}))
    with pytest.raises(UnauthorizedError, match="has changed") as caught:
        host.run(lambda _: another_machine())
    commands = f"ssh-keygen -R '{known_as}' -f {known} && ssh-keyscan {scanned} >> {known}"
    assert caught.value.explanation.next_step.endswith(commands)


@pytest.mark.parametrize(
    ("host", "port", "end"),
    [
        ("proxy", 22, ("10.0.0.12", 2222)),
        ("proxy", 2022, ("10.0.0.12", 2022)),
        ("plain", 22, ("10.0.0.12", 22)),
        ("somebody", 22, ("somebody", 22)),
        pytest.param("behind", 22, ("", 0), id="through another machine"),
        pytest.param("called", 22, ("", 0), id="through a command"),
    ],
)
def test_where_a_connection_over_ssh_really_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, port: int, end: tuple[str, int]
) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text(
        f"{CONFIG}Host behind\n  ProxyJump proxy\nHost called\n  ProxyCommand nc %h %p\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    assert end_over_ssh(host, port) == end
