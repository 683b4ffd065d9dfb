"""A Proxmox that falls silent while everything is read is waited for once."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.clients.proxmox import api as module
from phoenix_providers.clients.proxmox.api import ProxmoxApi


class Transport:
    """Answers; tells when it found that nobody does."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.silent_since: float | None = None

    def read(self, *_: Any) -> Any:
        return type("Answer", (), {"data": {"data": {"version": "9.0"}}})


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
def api(transport: Transport) -> ProxmoxApi:
    token = SecretStr("phoenix@pve!sync=0000")
    return ProxmoxApi("https://192.0.2.1", token, timeout=1, insecure=True, open_transport=lambda *_, **__: transport)


@pytest.mark.parametrize(("seconds", "expected"), [(None, True), (0.0, False), (9.9, False), (10.1, True)])
def test_who_only_looks_is_not_sent_to_a_host_that_was_just_silent(
    api: ProxmoxApi, transport: Transport, monkeypatch: pytest.MonkeyPatch, seconds: float | None, expected: bool
) -> None:
    assert api.answers()
    now = 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    transport.silent_since = None if seconds is None else now - seconds
    assert api.answers_now() is expected
    assert api.answers(), "whoever has to know asks"
