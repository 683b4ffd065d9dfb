"""Who only looks asks Proxmox once, and never sees what was before a write."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from phoenix_providers.clients.proxmox.remembered_settings import RememberedSettings
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import UnreachableError


class Proxmox:
    """Answers with how often it was asked; `away` makes it fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    def read(self, path: str, _params: Any = None) -> Any:
        self.asked.append(path)
        if self.away:
            raise UnreachableError("away")
        return SimpleNamespace(data={"data": {"dhcp": len(self.asked)}})

    def write(self, *_args: Any, **_more: Any) -> None:
        pass


class Clock:
    seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def proxmox() -> Proxmox:
    return Proxmox()


def looking(proxmox: Any, clock: Clock) -> tuple[ProxmoxSettings, RememberedSettings]:
    settings = ProxmoxSettings(proxmox)
    return settings, RememberedSettings(settings, clock)


def test_the_same_is_asked_once_for_half_a_minute(proxmox: Proxmox) -> None:
    clock = Clock()
    _, seen = looking(proxmox, clock)
    assert [seen.options("cluster"), seen.options("cluster")] == [{"dhcp": 1}] * 2
    assert seen.options("nodes/pve/qemu/1") == {"dhcp": 2}
    clock.seconds = 29.0
    assert seen.options("cluster") == {"dhcp": 1}
    clock.seconds = 31.0
    assert seen.options("cluster") == {"dhcp": 3}


def test_after_a_write_everything_is_asked_anew(proxmox: Proxmox) -> None:
    settings, seen = looking(proxmox, Clock())
    assert seen.options("cluster") == {"dhcp": 1}
    settings.write_options("nodes/pve/qemu/1", {"dhcp": "1"})
    assert seen.options("cluster") == {"dhcp": 2}


def test_a_failure_is_not_remembered(proxmox: Proxmox) -> None:
    _, seen = looking(proxmox, Clock())
    proxmox.away = True
    with pytest.raises(UnreachableError):
        seen.options("cluster")
    proxmox.away = False
    assert seen.options("cluster") == {"dhcp": 2}
