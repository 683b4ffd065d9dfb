"""The Docker engine of one guest: its containers, and what compose does with them."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from phoenix_providers.lab.docker.backends import Backends, port_taken
from phoenix_providers.lab.docker.behaviour import NO_SUCH_TAG, Behaviour
from phoenix_providers.lab.docker.container import Container, image_id
from phoenix_providers.lab.docker.errors import DockerError
from phoenix_providers.lab.docker.private_registry import WRONG_SIGN_IN, SignIn, pull_refusal
from phoenix_providers.lab.firewall.doors import Listen, open_door
from phoenix_providers.lab.site import LabGuest


class DockerHost:
    """Containers of one guest; everything is kept in a file, and survives a restart of the lab.

    Attributes:
        networks: Labels by name; so are `volumes`.
        up: Whether the engine answers; an agent in front of it has a switch of its own.
        deploy_seconds: How long compose takes to bring a project up.
        health_seconds: How long a health check takes to come to its verdict.
    """

    def __init__(
        self,
        guest: LabGuest,
        file: Path,
        *,
        deploy_seconds: float = 0.2,
        health_seconds: float = 0.5,
        listen: Listen = open_door,
    ) -> None:
        self.guest = guest
        self.up = True
        self.deploy_seconds = deploy_seconds
        self.health_seconds = health_seconds
        self.containers: dict[str, Container] = {}
        self.images: set[str] = set()
        self.networks: dict[str, dict[str, str]] = {}
        self.volumes: dict[str, dict[str, str]] = {}
        self._backends = Backends(guest, listen)
        self._file = file

    async def open(self) -> None:
        """Read the kept state and open the ports of what was running."""
        if self._file.exists():
            data: dict[str, Any] = json.loads(self._file.read_text())
            self.containers = {record["id"]: Container.from_record(record) for record in data["containers"]}
            self.images = set(data["images"])
            self.networks, self.volumes = (_labels_by_name(data[key]) for key in ("networks", "volumes"))
        for container in self.containers.values():
            if container.running:
                try:
                    await self._backends.open(container)
                except DockerError:
                    container.end(time.time(), 128)

    async def close(self) -> None:
        """Close the ports; containers stay as they are, in the file."""
        self.save()
        await self._backends.close_all()

    def save(self) -> None:
        """Write the state; readable by the owner only, since environments hold secrets."""
        data = {
            "containers": [container.as_record() for container in self.containers.values()],
            "images": sorted(self.images),
            "networks": self.networks,
            "volumes": self.volumes,
        }
        partial = self._file.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(data))
        os.replace(partial, self._file)

    def of_project(self, project: str, service: str | None = None) -> list[Container]:
        """Return the containers of a compose project, maybe of one service only."""
        return [
            container
            for container in self.containers.values()
            if container.project == project and service in (None, container.service)
        ]

    def find(self, reference: str) -> Container:
        """Return the container with this name, id, or start of an id; raises DockerError 404."""
        name = reference.removeprefix("/")
        for container in self.containers.values():
            if name == container.name or container.id.startswith(name):
                return container
        raise DockerError(404, f"No such container: {reference}")

    async def add(self, container: Container) -> None:
        """Keep a container that is not started yet; raises DockerError 409 when its name is taken."""
        for other in self.containers.values():
            if other.name == container.name:
                raise DockerError(
                    409,
                    f'Conflict. The container name "/{other.name}" is already in use by container "{other.id}". '
                    "You have to remove (or rename) that container to be able to reuse that name.",
                )
        self.containers[container.id] = container
        self.images.add(container.image)
        for name in container.volumes:
            self.volumes.setdefault(name, {})

    async def start(self, container: Container) -> None:
        """Start a container and open its ports; raises DockerError when one is taken or the command is not there."""
        if container.id not in self.containers:
            raise DockerError(404, f"No such container: {container.id}")
        if container.running:
            return
        if container.status == "paused":
            raise DockerError(409, "cannot start a paused container, try unpause instead")
        if container.behaviour is Behaviour.BAD_COMMAND:
            raise DockerError(400, _bad_command(container))
        self._check_ports(container)
        container.begin(time.time())
        if container.running:
            try:
                await self._backends.open(container)
            except DockerError:
                container.status = "created"
                raise
        self.save()

    async def pause(self, container: Container) -> None:
        """Freeze a container that runs: nothing answers on its ports."""
        if not container.running:
            raise DockerError(409, f"Container {container.id} is not running")
        container.status = "paused"
        await self._backends.close(container)
        self.save()

    async def unpause(self, container: Container) -> None:
        """Let a frozen container go on."""
        if container.status != "paused":
            raise DockerError(409, f"Container {container.id} is not paused")
        container.status = "running"
        await self._backends.open(container)
        self.save()

    async def stop(self, container: Container, exit_code: int = 143) -> None:
        """Stop a container and close its ports."""
        if container.status in ("running", "paused", "restarting"):
            container.end(time.time(), exit_code)
        await self._backends.close(container)
        self.save()

    async def remove(self, container: Container) -> None:
        """Stop and forget a container; its volumes stay."""
        await self._backends.close(container)
        self.containers.pop(container.id, None)
        self.save()

    async def change_behaviour(self, container: Container, behaviour: Behaviour) -> None:
        """Let something happen to a running container, as things do."""
        container.behaviour = behaviour
        if behaviour in (Behaviour.EXIT, Behaviour.ONE_SHOT, Behaviour.RESTART):
            await self._backends.close(container)
            container.begin(time.time())
        elif container.running:
            if behaviour is Behaviour.UNHEALTHY and container.health_seconds is None:
                container.health_seconds = 0.0
        else:
            await self.start(container)
        self.save()

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that containers do by themselves."""
        while not condition():
            await asyncio.sleep(0.05)

    def image_of(self, reference: str) -> str:
        """Return the name of a known image; raises DockerError 404."""
        wanted = familiar(reference)
        for image in self.images:
            if reference == image_id(image) or wanted == familiar(image):
                return image
        if is_local_only(wanted):
            return wanted
        raise DockerError(404, f"No such image: {reference}")

    async def pull(self, reference: str, sign_ins: tuple[SignIn, ...] = ()) -> None:
        """Fetch an image; raises DockerError when the registry does not have it, or wants a sign-in."""
        await asyncio.sleep(self.deploy_seconds / 10)
        image = familiar(reference)
        if refusal := pull_refusal(image, sign_ins):
            raise DockerError(500, refusal)
        if _is_denied(image):
            repository = image.rpartition(":")[0] or image
            raise DockerError(
                404,
                f"pull access denied for {repository}, repository does not exist or may require 'docker login': "
                "denied: requested access to the resource is denied",
            )
        if image.endswith(NO_SUCH_TAG):
            raise DockerError(404, f"manifest for {image} not found: manifest unknown: manifest unknown")
        self.images.add(image)
        self.save()

    async def ask_registry(self, reference: str, sign_ins: tuple[SignIn, ...] = ()) -> str:
        """Return the name of an image that its registry has; raises DockerError, in other words than for a pull."""
        image = familiar(reference)
        if refusal := pull_refusal(image, sign_ins):
            wrong = refusal.endswith(WRONG_SIGN_IN)
            raise DockerError(401, WRONG_SIGN_IN) if wrong else DockerError(500, refusal)
        if _is_denied(image):
            raise DockerError(403, f"errors:\ndenied: requested access to the resource is denied\n{WRONG_SIGN_IN}\n")
        if image.endswith(NO_SUCH_TAG):
            raise DockerError(404, "manifest unknown: manifest unknown")
        return image

    def _check_ports(self, container: Container) -> None:
        others = [
            port
            for other in self.containers.values()
            if other is not container and other.running
            for port in other.ports
        ]
        for index, port in enumerate(container.ports):
            if any(port.clashes(held) for held in (*container.ports[:index], *others)):
                raise port_taken(container, port)


def _labels_by_name(data: Any) -> dict[str, dict[str, str]]:
    """Read what was kept; a lab that was made before has names only."""
    return {name: dict(data[name]) for name in data} if isinstance(data, dict) else {name: {} for name in data}


def familiar(reference: str) -> str:
    """Return an image's name as Docker shows it: without the usual registry, with a tag."""
    name = reference.removeprefix("docker.io/").removeprefix("library/")
    last = name.rpartition("/")[2]
    return name if ":" in last or "@" in name else f"{name}:latest"


def is_local_only(image: str) -> bool:
    """Whether an image was made on the engine and is in no registry: those with the tag `lab` or the owner `lab`."""
    return image.endswith(":lab") or (image.startswith("lab/") and not image.startswith("lab/missing-image"))


def _is_denied(image: str) -> bool:
    return image.startswith(("nosuch/", "lab/missing-image")) or is_local_only(image)


def _bad_command(container: Container) -> str:
    program = container.command[0] if container.command else "/no/such/program"
    return (
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "
        f"exec: {json.dumps(program, ensure_ascii=False)}: stat {program}: no such file or directory: unknown"
    )
