"""Compose's verbs on a simulated engine: up, down, pull."""

from __future__ import annotations

import asyncio
import time

from phoenix_providers.lab.docker.behaviour import Behaviour, behaviour_of
from phoenix_providers.lab.docker.configuration_hash import network_hash, volume_hash
from phoenix_providers.lab.docker.container import COMPOSE, Container, container_name
from phoenix_providers.lab.docker.errors import ComposeError, DockerError
from phoenix_providers.lab.docker.host import DockerHost, familiar
from phoenix_providers.lab.docker.private_registry import SignIn, pull_refusal
from phoenix_providers.lab.docker.project import LAST_WITH_ALL_DEPENDENTS, Project, Service

_NOT_THERE = {
    "Network": "network {} declared as external, but could not be found",
    "Volume": 'external volume "{}" not found',
}


class Progress:
    """The lines that compose prints while it works; the cause of a failure comes last."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def say(self, kind: str, name: str, what: str) -> None:
        """Add one line."""
        self._lines.append(f" {kind} {name}  {what}" if kind else f" {name} {what}")

    def failure(self, cause: str) -> ComposeError:
        """Return the error that ends the work."""
        return ComposeError(cause, "\n".join(self._lines))


async def up(
    host: DockerHost,
    project: Project,
    sign_ins: tuple[SignIn, ...] = (),
    *,
    remove_orphans: bool = False,
    recreate: bool = False,
) -> None:
    """Bring a project up; only services whose configuration changed are recreated.

    Raises ComposeError with the whole progress; what was made until then stays, as with the real one.
    """
    progress = Progress()
    _check_images(host, project, sign_ins, progress)
    _create_networks_and_volumes(host, project, progress)
    await asyncio.sleep(host.deploy_seconds / 2)
    try:
        if remove_orphans:
            await _remove_orphans(host, project, progress)
        containers: dict[str, list[Container]] = {}
        outdated: set[str] = set()
        for service in project.services:
            drags = project.compose <= LAST_WITH_ALL_DEPENDENTS and bool(outdated & service.depends_on.keys())
            before = {one.number: one.id for one in host.of_project(project.name, service.name)}
            containers[service.name] = await _create(host, project, service, progress, recreate=recreate or drags)
            if any(before.get(one.number, one.id) != one.id for one in containers[service.name]):
                outdated.add(service.name)
        if project.compose > LAST_WITH_ALL_DEPENDENTS:
            for service in project.services:
                if outdated & service.restarts_with and service.name not in outdated:
                    await _stop(host, containers[service.name], progress)
        host.save()
        await asyncio.sleep(host.deploy_seconds / 2)
        for service in project.services:
            await _await_dependencies(host, service, containers, progress)
            for container in containers[service.name]:
                await _start(host, container, progress)
    except DockerError as error:
        raise progress.failure(f"Error response from daemon: {error.message}") from None
    finally:
        host.save()


async def down(host: DockerHost, project: str) -> None:
    """Remove all containers of a project, also of services that its file no longer has; volumes stay."""
    for container in host.of_project(project):
        await host.remove(container)
    own = [name for name, labels in host.networks.items() if labels.get(f"{COMPOSE}project") == project]
    for name in own:
        del host.networks[name]
    host.save()


def pull(host: DockerHost, project: Project, sign_ins: tuple[SignIn, ...] = ()) -> None:
    """Fetch the images; one that exists on the engine only (tag `lab`) or nowhere is an error."""
    progress = Progress()
    for service in project.services:
        progress.say("", service.name, "Pulling")
        if service.image.endswith(":lab"):
            raise _no_image(service, progress)
    _check_images(host, project, sign_ins, progress, pulling=True)
    host.images.update(service.image for service in project.services)


def _check_images(
    host: DockerHost, project: Project, sign_ins: tuple[SignIn, ...], progress: Progress, *, pulling: bool = False
) -> None:
    present = set() if pulling else {familiar(image) for image in host.images}
    for service in project.services:
        if behaviour_of(service) is Behaviour.MISSING_IMAGE:
            raise _no_image(service, progress)
        image = familiar(service.image)
        if image not in present and (refusal := pull_refusal(image, sign_ins)):
            progress.say("", service.name, f"Error {refusal}")
            raise progress.failure(f"Error response from daemon: {refusal}")


def _no_image(service: Service, progress: Progress) -> ComposeError:
    repository = service.image.rpartition(":")[0] or service.image
    text = (
        f"pull access denied for {repository}, repository does not exist or may require 'docker login': "
        "denied: requested access to the resource is denied"
    )
    progress.say("", service.name, "Pulling ")
    progress.say("", service.name, f"Error {text}")
    return progress.failure(f"Error response from daemon: {text}")


def _create_networks_and_volumes(host: DockerHost, project: Project, progress: Progress) -> None:
    for kind, wanted, known, config_hash in (
        ("Network", project.networks, host.networks, network_hash),
        ("Volume", project.volumes, host.volumes, volume_hash),
    ):
        for name, key in wanted.items():
            if name not in known and name in project.external:
                raise progress.failure(_NOT_THERE[kind].format(name))
            if name not in known:
                shown = f'"{name}"' if kind == "Volume" else name
                progress.say(kind, shown, "Creating")
                progress.say(kind, shown, "Created")
                known[name] = {
                    f"{COMPOSE}project": project.name,
                    f"{COMPOSE}{kind.lower()}": key,
                    f"{COMPOSE}config-hash": config_hash(name),
                }


async def _remove_orphans(host: DockerHost, project: Project, progress: Progress) -> None:
    names = {service.name for service in project.services} | project.left_out
    for container in host.of_project(project.name):
        if container.service not in names:
            progress.say("Container", container.name, "Removed")
            await host.remove(container)


async def _create(
    host: DockerHost, project: Project, service: Service, progress: Progress, *, recreate: bool
) -> list[Container]:
    existing = {container.number: container for container in host.of_project(project.name, service.name)}
    for number in [number for number in existing if number > service.replicas]:
        await host.remove(existing.pop(number))
    containers: list[Container] = []
    for number in range(1, service.replicas + 1):
        container = existing.get(number)
        if container is not None and not recreate and container.config_hash == service.config_hash:
            progress.say("Container", container.name, "Running" if container.running else "Created")
            containers.append(container)
            continue
        name = container_name(project, service, number)
        progress.say("Container", name, "Recreate" if container else "Creating")
        if container is not None:
            await host.remove(container)
        made = Container.of_service(project, service, number, host.health_seconds)
        for bound in service.bound.values():
            if bound.startswith(f"{project.path.rpartition('/')[0]}/"):
                reason = 'invalid mount config for type "bind": bind source path does not exist'
                raise DockerError(400, f"{reason}: {bound}")
        await host.add(made)
        if service.files and service.read_only:
            raise DockerError(400, "container rootfs is marked read-only")
        progress.say("Container", name, "Recreated" if container else "Created")
        containers.append(made)
    return containers


async def _start(host: DockerHost, container: Container, progress: Progress) -> None:
    if container.running:
        return
    progress.say("Container", container.name, "Starting")
    await host.start(container)
    progress.say("Container", container.name, "Started")


async def _stop(host: DockerHost, containers: list[Container], progress: Progress) -> None:
    """Stop what has to be started again, once that on which it depends is there anew."""
    for container in containers:
        if container.running:
            progress.say("Container", container.name, "Stopping")
            await host.stop(container)
            progress.say("Container", container.name, "Stopped")


async def _await_dependencies(
    host: DockerHost, service: Service, containers: dict[str, list[Container]], progress: Progress
) -> None:
    for name, condition in service.depends_on.items():
        for container in containers[name]:
            if condition == "service_healthy":
                await _await_health(host, container, progress)
            elif condition == "service_completed_successfully" and container.exit_code != 0:
                progress.say("Container", container.name, f'service "{name}" didn\'t complete successfully')
                raise progress.failure(f'service "{name}" didn\'t complete successfully: exit {container.exit_code}')


async def _await_health(host: DockerHost, container: Container, progress: Progress) -> None:
    progress.say("Container", container.name, "Waiting")
    await host.wait_until(lambda: container.health(time.time()) != "starting")
    health = container.health(time.time())
    if health == "healthy":
        progress.say("Container", container.name, "Healthy")
        return
    progress.say("Container", container.name, "Error")
    verdict = "has no healthcheck configured" if health == "none" else "is unhealthy"
    raise progress.failure(f"dependency failed to start: container {container.name} {verdict}")
