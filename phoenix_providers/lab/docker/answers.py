"""How Docker describes its objects."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from phoenix_providers.lab.docker.container import Container, image_id
from phoenix_providers.lab.docker.host import DockerHost, is_local_only
from phoenix_providers.lab.docker.ports import PublishedPort

ENGINE_VERSION = "28.5.1"
API_VERSION = "1.51"
_NEVER = "0001-01-01T00:00:00Z"


def summary(container: Container) -> dict[str, Any]:
    """Return an entry of the container list."""
    return {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": container.image,
        "ImageID": image_id(container.image),
        "Command": " ".join(container.command) or "/entrypoint",
        "Created": int(container.created),
        "Ports": [entry for port in container.ports for entry in _port_entries(container, port)],
        "Labels": container.labels,
        "State": container.status,
        "Status": status_text(container, time.time()),
        "HostConfig": {"NetworkMode": container.network},
        "NetworkSettings": {"Networks": {name: {"NetworkID": name, "IPAddress": ""} for name in container.networks}},
        "Mounts": _mounts(container),
    }


def inspection(container: Container) -> dict[str, Any]:
    """Return the full description of a container."""
    now = time.time()
    state: dict[str, Any] = {
        "Status": container.status,
        "Running": container.running or container.status == "paused",
        "Paused": container.status == "paused",
        "Restarting": container.status == "restarting",
        "OOMKilled": False,
        "Dead": False,
        "Pid": 4242 if container.running else 0,
        "ExitCode": container.exit_code,
        "Error": "",
        "StartedAt": _moment(container.started),
        "FinishedAt": _moment(container.finished),
    }
    health = container.health(now)
    if health != "none":
        state["Health"] = {"Status": health, "FailingStreak": 3 if health == "unhealthy" else 0, "Log": []}
    return {
        "Id": container.id,
        "Name": f"/{container.name}",
        "Created": _moment(container.created),
        "Path": (container.command or ["/entrypoint"])[0],
        "Args": container.command[1:],
        "State": state,
        "Image": image_id(container.image),
        "RestartCount": container.restart_count(now),
        "HostConfig": {
            "NetworkMode": container.network,
            "RestartPolicy": {"Name": container.restart, "MaximumRetryCount": 0},
            "PortBindings": _bindings(container),
        },
        "Mounts": _mounts(container),
        "Config": {
            "Hostname": container.id[:12],
            "Tty": container.tty,
            "Env": [f"{name}={value}" for name, value in container.environment.items()],
            "Cmd": container.command or None,
            "Image": container.image,
            "Labels": container.labels,
            **({} if container.stop_seconds is None else {"StopTimeout": int(container.stop_seconds)}),
        },
        "NetworkSettings": {"Ports": _bindings(container) if container.running else {}},
    }


def status_text(container: Container, now: float) -> str:
    """Return the words of `docker ps`."""
    if container.status == "created":
        return "Created"
    if container.status == "restarting":
        return f"Restarting ({container.exit_code}) {_ago(now - container.finished)} ago"
    if container.status == "exited":
        return f"Exited ({container.exit_code}) {_ago(now - container.finished)} ago"
    if container.status == "paused":
        return f"Up {_ago(now - container.started)} (Paused)"
    health = {"starting": " (health: starting)", "healthy": " (healthy)", "unhealthy": " (unhealthy)"}
    return f"Up {_ago(now - container.started)}{health.get(container.health(now), '')}"


def image_summary(image: str) -> dict[str, Any]:
    """Return an entry of the image list."""
    return {
        "Id": image_id(image),
        "RepoTags": [image],
        "RepoDigests": [],
        "Created": 0,
        "Size": 4_000_000,
        "Labels": None,
        "Containers": -1,
    }


def distribution(image: str) -> dict[str, Any]:
    """Return what a registry has under a name."""
    media_type = "application/vnd.docker.distribution.manifest.v2+json"
    return {
        "Descriptor": {"mediaType": media_type, "digest": image_id(image), "size": 500},
        "Platforms": [{"architecture": "amd64", "os": "linux"}],
    }


def image_inspection(image: str) -> dict[str, Any]:
    """Return the full description of an image."""
    return {
        "Id": image_id(image),
        "RepoTags": [image],
        # What was made on the engine was never given by a registry.
        "RepoDigests": []
        if is_local_only(image)
        else [f"{image.partition('@')[0].partition(':')[0]}@{image_id(image)}"],
        "Created": _NEVER,
        "Architecture": "amd64",
        "Os": "linux",
        "Size": 4_000_000,
        "Config": {"Env": None, "Labels": None, "ExposedPorts": None},
    }


def engine_info(host: DockerHost) -> dict[str, Any]:
    """Return what `docker info` shows."""
    running = sum(container.running for container in host.containers.values())
    return {
        # As of machines that were cloned with their engine.
        "ID": "LAB",
        "Name": host.guest.name,
        "Containers": len(host.containers),
        "ContainersRunning": running,
        "ContainersPaused": 0,
        "ContainersStopped": len(host.containers) - running,
        "Images": len(host.images),
        "Driver": "overlay2",
        "OperatingSystem": "Phoenix lab",
        "OSType": "linux",
        "Architecture": "x86_64",
        "NCPU": 2,
        "MemTotal": 4 * 1024**3,
        "ServerVersion": ENGINE_VERSION,
        "Swarm": {"NodeID": "", "LocalNodeState": "inactive", "ControlAvailable": False},
    }


def engine_version() -> dict[str, Any]:
    """Return what `docker version` shows."""
    return {
        "Platform": {"Name": "Phoenix lab"},
        "Version": ENGINE_VERSION,
        "ApiVersion": API_VERSION,
        "MinAPIVersion": "1.24",
        "Os": "linux",
        "Arch": "amd64",
    }


def _port_entries(container: Container, port: PublishedPort) -> list[dict[str, Any]]:
    bare: dict[str, Any] = {"PrivatePort": port.target, "Type": port.protocol}
    if not container.running:
        return []
    ips = [port.host_ip] if port.host_ip else ["0.0.0.0", "::"]
    return [{"IP": ip, "PublicPort": port.published, **bare} for ip in ips]


def _bindings(container: Container) -> dict[str, list[dict[str, str]]]:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in container.ports:
        entry = {"HostIp": port.host_ip or "0.0.0.0", "HostPort": str(port.published or "")}
        bindings.setdefault(f"{port.target}/{port.protocol}", []).append(entry)
    return bindings


def _mounts(container: Container) -> list[dict[str, Any]]:
    volumes = [{"Type": "volume", "Name": name, "Driver": "local", "RW": True} for name in container.volumes]
    bound = [
        {"Type": "bind", "Source": source, "Destination": target, "RW": False}
        for target, source in container.bound.items()
    ]
    return volumes + bound


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if seconds else _NEVER


def _ago(seconds: float) -> str:
    if seconds < 1:
        return "Less than a second"
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {word}"
    return "About a minute" if seconds >= 60 else "1 second" if seconds < 2 else f"{int(seconds)} seconds"
