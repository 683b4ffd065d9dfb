"""How full the disks are that Proxmox tells of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from phoenix_providers.clients.json_record import JsonRecord
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import ProductError
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.finding import Finding
from phoenix_providers.planning.doctor.space import Disk, judge_disks

_AT_ONCE = 8
_MOST_NAMED = 4
# File systems that are always full, or nobody's.
_NO_DISKS = frozenset({"squashfs", "iso9660", "udf", "tmpfs", "overlay"})


def disks(case: Case) -> Finding:
    """Judge nodes, storages, containers, and VMs that run stacks and tell of themselves."""
    settings = case.clients.proxmox(case.proxmox).settings
    listed = settings.resources()
    found = [disk for entry in listed if (disk := _listed(entry)) is not None]
    # A storage that several nodes share is one.
    storages = {disk.name: disk for disk in found}
    vms = {one.vmid: one.vm_name for one in case.plan.environments} if case.plan else {}
    paths = {int(one["vmid"]): f"nodes/{one['node']}/qemu/{one['vmid']}" for one in listed if one.get("type") == "qemu"}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        told = list(pool.map(lambda number: _of_vm(settings, vms[number], paths.get(number)), vms))
    silent = sorted(number for number, own in zip(vms, told, strict=True) if own is None)
    return judge_disks(
        [*storages.values(), *(disk for own in told for disk in own or ())],
        _untold(silent, any(one.get("type") == "storage" for one in listed)),
    )


def _listed(entry: JsonRecord) -> Disk | None:
    used, size = int(entry.get("disk") or 0), int(entry.get("maxdisk") or 0)
    match entry.get("type"):
        case "node":
            return Disk(
                f"node {entry['node']}, /", used, size, f"ssh root@{entry['node']} du -xh -d2 / | sort -h | tail"
            )
        case "storage":
            on = "" if entry.get("shared") else f" on {entry['node']}"
            return Disk(f"storage {entry['storage']}{on}", used, size, f"pvesm list {entry['storage']}")
        case "lxc":
            look = f"pct exec {entry['vmid']} -- df -h"
            return Disk(f"container {entry['vmid']}", used, size, look)
        case _:
            return None


def _of_vm(settings: ProxmoxSettings, name: str, path: str | None) -> tuple[Disk, ...] | None:
    """Return what the guest's agent tells; None where it has none, or the token may not ask it."""
    if path is None:
        return None
    try:
        answer = settings.shown(f"{path}/agent/get-fsinfo")
    except ProductError:
        return None
    systems: Iterable[Mapping[str, object]] = (answer or {}).get("result") or ()
    return tuple(_systems(name, systems))


def _systems(name: str, systems: Iterable[Mapping[str, object]]) -> Iterator[Disk]:
    for one in systems:
        used, size = one.get("used-bytes"), one.get("total-bytes")
        if isinstance(used, int) and isinstance(size, int) and one.get("type") not in _NO_DISKS:
            mountpoint = str(one.get("mountpoint") or "/")
            yield Disk(f"{name}, {mountpoint}", used, size, f"docker system df   (on {name})")


def _untold(silent: list[int], has_storages: bool) -> str:
    parts = []
    if not has_storages:
        parts.append("storages are not shown to this token (Datastore.Audit)")
    if silent:
        which = f"VMs {', '.join(map(str, silent))}" if len(silent) <= _MOST_NAMED else f"{len(silent)} VMs"
        parts.append(f"{which} do not tell theirs (guest agent)")
    return "; ".join(parts)
