"""What the gate asks Proxmox again, after the refresh of the same run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from phoenix_providers.errors import UnauthorizedError
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.readiness_gate import ReadinessGateProvider

URL = "https://10.0.0.10:8006"


class Proxmox:
    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def answers(self) -> bool:
        return True

    def version(self) -> str:
        return "9.0"

    def require_privileges(self, paths: Iterable[str]) -> None:
        self.asked.append(tuple(paths))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ClientsOfRun, Proxmox]]:
    found, connections = Proxmox(), ClientsOfRun(Settings(), Credentials())
    monkeypatch.setattr(connections, "proxmox", lambda _url: found)
    clients_of_run.use(connections)
    yield connections, found
    clients_of_run.use(None)


def inputs(*paths: str, url: str = URL) -> dict[str, Any]:
    return {"proxmox": url, "privileges_at": list(paths), "observed": "as declared"}


def test_what_the_refresh_has_found_is_not_asked_again(run: tuple[ClientsOfRun, Proxmox]) -> None:
    gate, (_, proxmox) = ReadinessGateProvider(), run
    gate.read("readiness", inputs("/", "/vms/101"))
    assert proxmox.asked == [("/", "/vms/101")]
    gate.check(inputs("/", "/vms/101"), inputs("/", "/vms/101"))
    assert len(proxmox.asked) == 1


@pytest.mark.parametrize("news", [inputs("/", "/vms/101", "/vms/102"), inputs("/", url="https://10.0.0.11:8006")])
def test_another_guest_or_address_is_asked_for(run: tuple[ClientsOfRun, Proxmox], news: dict[str, Any]) -> None:
    gate, (_, proxmox) = ReadinessGateProvider(), run
    gate.read("readiness", inputs("/"))
    gate.check(inputs("/"), news)
    assert proxmox.asked[1:] == [tuple(news["privileges_at"])]


def test_without_a_refresh_it_is_asked(run: tuple[ClientsOfRun, Proxmox]) -> None:
    ReadinessGateProvider().check({}, inputs("/"))
    assert run[1].asked == [("/",)]


def test_what_was_refused_is_refused_again(run: tuple[ClientsOfRun, Proxmox], monkeypatch: pytest.MonkeyPatch) -> None:
    gate, (_, proxmox) = ReadinessGateProvider(), run

    def refuse(_paths: Iterable[str]) -> None:
        raise UnauthorizedError("The API token lacks privileges", where=URL)

    monkeypatch.setattr(proxmox, "require_privileges", refuse)
    gate.read("readiness", inputs("/"))
    with pytest.raises(Exception, match="lacks privileges"):
        gate.check(inputs("/"), inputs("/"))
