"""What Portainer keeps of an environment, and how it takes a snapshot."""

from __future__ import annotations

import time
from typing import Any

from phoenix_providers.lab.docker.answers import ENGINE_VERSION
from phoenix_providers.lab.docker.host import DockerHost
from phoenix_providers.lab.portainer.reach import AGENT_TYPE, Reach, UnreachableError
from phoenix_providers.lab.portainer.store import Record

UP, DOWN = 1, 2
_SETTINGS = (
    "allowBindMountsForRegularUsers",
    "allowPrivilegedModeForRegularUsers",
    "allowHostNamespaceForRegularUsers",
    "allowContainerCapabilitiesForRegularUsers",
    "allowDeviceMappingForRegularUsers",
    "allowStackManagementForRegularUsers",
    "allowSysctlSettingForRegularUsers",
)


def new_endpoint(number: int, name: str, kind: int, url: str, agent_version: str) -> Record:
    """Return the record of an environment that answers."""
    return {
        "Id": number,
        "Name": name,
        "Type": kind,
        "ContainerEngine": "",
        "URL": url,
        "GroupId": 1,
        "PublicURL": "",
        "Gpus": [],
        "TLSConfig": {"TLS": kind == AGENT_TYPE, "TLSSkipVerify": kind == AGENT_TYPE},
        "AzureCredentials": {"ApplicationID": "", "TenantID": "", "AuthenticationKey": ""},
        "TagIds": [],
        "Status": UP,
        "Snapshots": [],
        "UserAccessPolicies": {},
        "TeamAccessPolicies": {},
        "EdgeKey": "",
        "EdgeCheckinInterval": 0,
        "Kubernetes": {"Snapshots": [], "Configuration": {}, "Flags": {}},
        "ComposeSyntaxMaxVersion": "",
        "SecuritySettings": {**dict.fromkeys(_SETTINGS, False), "enableHostManagementFeatures": False},
        "LastCheckInDate": 0,
        "QueryDate": 0,
        "Heartbeat": False,
        "PostInitMigrations": {"MigrateIngresses": False, "MigrateGPUs": False},
        "Edge": {"AsyncMode": False, "PingInterval": 0, "SnapshotInterval": 0, "CommandInterval": 0},
        "Agent": {"Version": agent_version if kind == AGENT_TYPE else ""},
        "EnableGPUManagement": False,
        "AuthorizedUsers": None,
        "AuthorizedTeams": None,
        "Tags": None,
    }


async def take_snapshot(reach: Reach, endpoint: Record) -> None:
    """Look at an environment; its `Status` changes here and nowhere else."""
    try:
        host = await reach.host_of(endpoint)
    except UnreachableError:
        endpoint["Status"] = DOWN
        return
    endpoint["Status"] = UP
    endpoint["Snapshots"] = [_snapshot(host)]


def _snapshot(host: DockerHost) -> dict[str, Any]:
    now, containers = time.time(), list(host.containers.values())
    running = sum(container.running for container in containers)
    health = [container.health(now) for container in containers]
    return {
        "Time": int(now),
        "DockerVersion": ENGINE_VERSION,
        "Swarm": False,
        "TotalCPU": 2,
        "TotalMemory": 4 * 1024**3,
        "ContainerCount": len(containers),
        "RunningContainerCount": running,
        "StoppedContainerCount": len(containers) - running,
        "HealthyContainerCount": health.count("healthy"),
        "UnhealthyContainerCount": health.count("unhealthy"),
        "VolumeCount": len(host.volumes),
        "ImageCount": len(host.images),
        "ServiceCount": 0,
        "StackCount": len({container.project for container in containers if container.project}),
        "NodeCount": 1,
    }
