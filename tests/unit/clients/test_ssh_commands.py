"""The commands that a message gives for an SSH host."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from phoenix_providers.clients.delivery.ssh_connection import SshAddress, SshHost, SshTrust
from phoenix_providers.errors import UnauthorizedError


@pytest.mark.parametrize(
    ("port", "known_as"), [(None, "10.0.0.12"), (22, "10.0.0.12"), (2222, "[10.0.0.12]:2222")]
)
def test_a_changed_host_key_is_removed_under_the_name_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int | None, known_as: str
) -> None:
    """OpenSSH writes the port into known_hosts only where it is not the usual one."""
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    known = tmp_path / "known_hosts"
    known.write_text(f"{known_as} {key}")

    async def another_machine(*_: object, **__: object) -> None:
        raise asyncssh.HostKeyNotVerifiable("host key is not trusted")

    monkeypatch.setattr(asyncssh, "connect", another_machine)
    host = SshHost(SshAddress("root", "10.0.0.12", port), timeout=5, trust=SshTrust((known,)))
    with pytest.raises(UnauthorizedError, match="has changed") as caught:
        host.run(lambda _: another_machine())
    assert f"ssh-keygen -R '{known_as}' -f {known}" in caught.value.explanation.next_step
