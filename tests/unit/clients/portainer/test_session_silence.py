"""A Portainer that is silent when it is asked who it is."""

from __future__ import annotations

import pytest

from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.transport import TlsTrust
from phoenix_providers.errors import UnreachableError

SILENCE = UnreachableError("Portainer cannot be reached")


@pytest.fixture
def session() -> PortainerSession:
    return PortainerSession(
        "http://127.0.0.1:9", user="admin", password=None, api_key=None, timeout=1, trust=TlsTrust()
    )


@pytest.fixture
def asked(session: PortainerSession, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often it was asked."""
    asked: list[str] = []

    def status() -> None:
        asked.append("status")
        raise SILENCE

    monkeypatch.setattr(session, "status", status)
    return asked


def test_all_who_ask_are_told_the_same(session: PortainerSession, asked: list[str]) -> None:
    for _ in range(100):
        with pytest.raises(UnreachableError) as told:
            _ = session.instance
        assert told.value is SILENCE
    assert asked == ["status"]


def test_a_new_check_asks_again(session: PortainerSession, asked: list[str]) -> None:
    with pytest.raises(UnreachableError):
        _ = session.instance
    session.set_aside(None)
    with pytest.raises(UnreachableError):
        _ = session.instance
    assert asked == ["status", "status"]
