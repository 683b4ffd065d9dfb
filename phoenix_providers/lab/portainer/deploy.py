"""Compose as the server runs it: one deployment at a time, whatever environment it is for."""

from __future__ import annotations

import asyncio

from phoenix_providers.lab.docker import compose
from phoenix_providers.lab.docker.errors import ComposeError
from phoenix_providers.lab.docker.host import DockerHost
from phoenix_providers.lab.docker.project import Project, ProjectSource, load_project
from phoenix_providers.lab.portainer.reach import Reach, UnreachableError
from phoenix_providers.lab.portainer.registries import sign_ins
from phoenix_providers.lab.portainer.stack_record import ProjectFolder, project_of
from phoenix_providers.lab.portainer.store import Record, Store
from phoenix_providers.lab.portainer.style import Style

# Servers from 2.27 run compose themselves, and they themselves run there.
_WORKING_FOLDER = "/"


class DeployError(Exception):
    """Compose failed; the text is what the server makes of it."""


class Deployer:
    """Brings stacks up and down on the engines of their environments."""

    def __init__(self, store: Store, style: Style, reach: Reach) -> None:
        self._store = store
        self._style = style
        self._reach = reach
        self._mutex = asyncio.Lock()

    async def up(self, stack: Record, *, prune: bool = False, recreate: bool = False, down_first: bool = False) -> None:
        """Bring a stack up as its files and its record say; waits for every other deployment.

        On the blocking line a failure takes the whole project down, whoever made its containers.
        """
        async with self._mutex:
            await self.up_at_once(stack, prune=prune, recreate=recreate, down_first=down_first)

    async def up_at_once(
        self, stack: Record, *, prune: bool = False, recreate: bool = False, down_first: bool = False
    ) -> None:
        """Do the same without waiting, as a start does."""
        host = await self._host(stack, "deploy")
        try:
            project = self._project(stack)
            if down_first:
                await compose.down(host, project.name)
            remove_orphans, force = prune and self._style.prune, recreate and self._style.repull_recreates
            await compose.up(host, project, sign_ins(self._store), remove_orphans=remove_orphans, recreate=force)
        except ComposeError as error:
            if self._style.asynchronous:
                raise DeployError(f"failed to deploy a stack: {error.cause}") from None
            await compose.down(host, project_of(stack))
            raise DeployError(f"failed to deploy a stack: {error}\n") from None

    async def pull(self, stack: Record) -> None:
        """Fetch a stack's images; a failure changes nothing."""
        async with self._mutex:
            host = await self._host(stack, "deploy")
            try:
                compose.pull(host, self._project(stack), sign_ins(self._store))
            except ComposeError as error:
                raise DeployError(f"failed to pull images of the stack: {error}\n") from None

    async def down(self, stack: Record, endpoint: Record) -> None:
        """Remove a stack's containers from an environment, by project name; waits for nobody."""
        host = await self._host({**stack, "EndpointId": endpoint["Id"]}, "remove")
        if not stack["Name"]:
            raise DeployError("failed to remove a stack: no configuration file provided: not found\n")
        await compose.down(host, project_of(stack))

    async def holds_project(self, endpoint: Record, name: str) -> bool:
        """Whether containers of a project are there; raises UnreachableError."""
        host = await self._reach.host_of(endpoint)
        return bool(host.of_project(name))

    async def _host(self, stack: Record, verb: str) -> DockerHost:
        try:
            return await self._reach.host_of(self._store.endpoints[stack["EndpointId"]])
        except (UnreachableError, KeyError):
            raise DeployError(
                f"failed to {verb} a stack: request returned Bad Gateway for API route and version "
                f"/containers/json?all=1&filters=com.docker.compose.project={project_of(stack)}, "
                "check if the server supports the requested API version\n"
            ) from None

    def _project(self, stack: Record) -> Project:
        folder = ProjectFolder(stack)
        text = folder.read()
        if text is None:
            raise ComposeError(f"open {folder.compose_path}: no such file or directory")
        variables = folder.write_variables(stack["Env"])
        return load_project(
            ProjectSource(
                project_of(stack),
                text,
                variables,
                folder.files(),
                folder.compose_path,
                _WORKING_FOLDER,
                self._style.compose,
            )
        )
