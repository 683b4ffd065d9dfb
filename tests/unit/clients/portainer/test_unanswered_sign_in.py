"""A Portainer that takes connections, and never answers a sign-in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.transport import TlsTrust
from phoenix_providers.errors import AmbiguousWriteError, UnreachableError


@pytest.fixture
def session() -> Iterator[PortainerSession]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        yield PortainerSession(
            url, user="admin", password=SecretStr("geheim"), api_key=None, timeout=0.1, trust=TlsTrust()
        )


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: session.sign_in(),
        lambda session: session.read("/api/stacks"),
        lambda session: session.write("DELETE", "/api/stacks/1"),
    ],
)
def test_nothing_may_have_been_done(session: PortainerSession, ask: Callable[[PortainerSession], object]) -> None:
    for _ in range(2):
        with pytest.raises(UnreachableError) as caught:
            ask(session)
        assert not isinstance(caught.value, AmbiguousWriteError)
        told = caught.value.explanation
        assert told.what == "Portainer does not answer"
        assert told.where == session.url
        assert told.next_step.startswith("phoenix doctor ")
