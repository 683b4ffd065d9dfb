"""What single checks make of answers; a lab is asked in `tests/system/test_doctor.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from phoenix_providers.clients.json_record import JsonRecord
from phoenix_providers.clock import SystemClock
from phoenix_providers.errors import ProductError, UnreachableError
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.operations.doctor.disks import disks
from phoenix_providers.operations.doctor.dns import dns_answers
from phoenix_providers.operations.doctor.docker_engines import docker_engines
from phoenix_providers.operations.doctor.guest_devices import guest_devices
from phoenix_providers.operations.doctor.portainer import portainer_answers
from phoenix_providers.operations.doctor.proxmox import proxmox_answers
from phoenix_providers.operations.doctor.traefik import traefik_answers, traefik_target
from phoenix_providers.planning.doctor.finding import Finding
from phoenix_providers.planning.site_plan import GuestFirewallPlan, OptionsPlan

GB = 1_000_000_000
RESOURCES: tuple[JsonRecord, ...] = (
    {"type": "node", "node": "pve", "disk": 10 * GB, "maxdisk": 100 * GB},
    {"type": "storage", "node": "pve", "storage": "nfs", "shared": 1, "disk": 92 * GB, "maxdisk": 100 * GB},
    {"type": "storage", "node": "pve2", "storage": "nfs", "shared": 1, "disk": 92 * GB, "maxdisk": 100 * GB},
    {"type": "lxc", "node": "pve", "vmid": 102, "disk": 99 * GB, "maxdisk": 100 * GB},
    {"type": "qemu", "node": "pve", "vmid": 111, "disk": 0, "maxdisk": 100 * GB},
    {"type": "qemu", "node": "pve", "vmid": 113, "disk": 0, "maxdisk": 100 * GB},
)


class Proxmox:
    """Settings of a Proxmox, as far as the checks read them."""

    def __init__(self, devices: Mapping[int, Sequence[bool]] | None = None) -> None:
        self.devices = devices or {}

    def resources(self) -> Sequence[JsonRecord]:
        return RESOURCES

    def shown(self, path: str) -> Any:
        if path != "nodes/pve/qemu/111/agent/get-fsinfo":
            raise ProductError("Proxmox refused GET", seen="HTTP 500 QEMU guest agent is not running")
        root = {"mountpoint": "/", "type": "ext4", "used-bytes": 50 * GB, "total-bytes": 60 * GB}
        image = {"mountpoint": "/snap", "type": "squashfs", "used-bytes": GB, "total-bytes": GB}
        return {"result": [root, image, {"mountpoint": "/boot", "type": "vfat"}]}

    def guest_paths(self) -> Mapping[int, str]:
        return {number: str(number) for number in self.devices}

    def network_devices(self, path: str) -> Mapping[str, str]:
        switches = enumerate(self.devices[int(path)])
        return {f"net{number}": f"virtio=AA,bridge=vmbr0,firewall={int(is_on)}" for number, is_on in switches}


def case(**parts: Any) -> Case:
    clients: Any = SimpleNamespace(settings=Settings(), clock=SystemClock(), **parts.pop("clients", {}))
    return Case(raw={"proxmoxve:endpoint": "https://pve:8006"}, _clients=clients, **parts)


def at_proxmox(settings: Proxmox, plan: Any) -> Case:
    return case(plan=plan, clients={"proxmox": lambda _url: SimpleNamespace(settings=settings)})


def whats(finding: Finding) -> list[str]:
    return [reason.what for reason in finding.reasons]


def test_disks_of_nodes_storages_and_guests() -> None:
    environments = [SimpleNamespace(vmid=111, vm_name="apps"), SimpleNamespace(vmid=113, vm_name="tools")]
    found = disks(at_proxmox(Proxmox(), SimpleNamespace(environments=environments)))
    assert (found.standing, found.exit_code) == ("trouble", 4)
    # What several nodes share is one.
    assert whats(found) == ["storage nfs is nearly full", "container 102 is full"]
    assert disks(at_proxmox(Proxmox(), None)).reasons == found.reasons


def guest(number: int, *, enabled: bool = True) -> GuestFirewallPlan:
    return GuestFirewallPlan(number, f"guest-{number}", "pve", "vm", OptionsPlan({"enable": str(int(enabled))}), ())


def test_guests_whose_rules_have_no_effect_are_named() -> None:
    guests = {number: guest(number, enabled=number != 114) for number in (111, 112, 113, 114)}
    plan = SimpleNamespace(firewall=SimpleNamespace(guests=guests))
    found = guest_devices(at_proxmox(Proxmox({111: [True], 112: [True, False], 114: [False]}), plan))
    assert (found.standing, found.exit_code) == ("trouble", 4)
    assert whats(found) == ["Rules of guest-112 (112) have no effect", "guest-113 (113) is not on Proxmox"]
    assert found.reasons[0].seen == "net1 without firewall=1"
    assert "qm set 112 --net1 virtio=AA,bridge=vmbr0,firewall=1" in found.reasons[0].next_step
    fine = guest_devices(at_proxmox(Proxmox({number: [True] for number in guests}), plan))
    assert fine.standing == "ok"


def test_what_is_not_configured_names_the_command() -> None:
    empty = Case()
    found = {
        "proxmoxve:endpoint": proxmox_answers(empty),
        "phoenix:portainerUrl": portainer_answers(empty),
        "phoenix:traefikTarget": traefik_target(empty),
        "phoenix:traefikApiUrl": traefik_answers(empty),
        "phoenix:dnsServer": dns_answers(empty),
    }
    for setting, finding in found.items():
        assert finding.reasons[0].next_step.startswith(f"pulumi config set {setting}")
    needed = [finding.exit_code for finding in found.values() if finding.standing == "trouble"]
    assert needed == [2, 2, 2]


def test_secrets_that_are_no_map_keep_nobody_from_asking() -> None:
    broken = Case(raw={"phoenix:secrets": "[", "proxmoxve:apiToken": "a@pve!b=c"}, has_secrets=True)
    assert broken.clients.proxmox("https://pve:8006").token_id == "a@pve!b"


def test_where_names_are_somebody_elses_nobody_is_asked() -> None:
    plan: Any = SimpleNamespace(publication=SimpleNamespace(backend="none"))
    assert dns_answers(case(plan=plan)).standing == "skipped"


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Case:
    """Three declared environments: one answers, one does not, one is not made yet."""

    def version() -> str:
        return "28.5.1"

    def silent() -> str:
        raise UnreachableError("The agent of tools does not answer", next_step="docker start portainer_agent")

    answers = {1: version, 2: silent}
    access = SimpleNamespace(
        environments=SimpleNamespace(
            all=lambda: [SimpleNamespace(name="apps", id=1), SimpleNamespace(name="tools", id=2)]
        ),
        docker=lambda number: SimpleNamespace(version=answers[number]),
    )
    monkeypatch.setattr(Case, "portainer", object())
    plan: Any = SimpleNamespace(environments=[SimpleNamespace(name=name) for name in ("apps", "tools", "new")])
    return case(plan=plan, clients={"portainer": lambda _server: access})


def test_engines(engines: Case) -> None:
    found = docker_engines(engines)
    assert (found.standing, found.exit_code, whats(found)) == ("trouble", 3, ["The agent of tools does not answer"])
    plan: Any = engines.plan
    del plan.environments[1]
    assert docker_engines(engines).seen == "1 engine answers: Docker 28.5.1; new will be made"
