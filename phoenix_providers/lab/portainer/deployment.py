"""The two ways to deploy: make the client wait, or answer at once and deploy behind its back."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from phoenix_providers.lab.portainer.deploy import Deployer, DeployError
from phoenix_providers.lab.portainer.refusal import Refusal
from phoenix_providers.lab.portainer.stack_record import (
    ACTIVE,
    FAILED,
    ProjectFolder,
    begin_deployment,
    end_deployment,
    give_control,
)
from phoenix_providers.lab.portainer.store import Record, Store

_DEPLOY_LIMIT_SECONDS = 15 * 60


class Deployments(ABC):
    """What becomes of a stack's record and files while it is deployed."""

    def __init__(self, store: Store, deployer: Deployer) -> None:
        self._store = store
        self._deployer = deployer

    @abstractmethod
    async def create(self, stack: Record) -> Record:
        """Deploy a new stack, whose compose file is written; return the record to answer with."""

    @abstractmethod
    async def update(
        self, stack: Record, text: str, changes: dict[str, Any], *, prune: bool, pull: bool, repull: bool
    ) -> Record:
        """Deploy a stack with another file and record; return the record to answer with."""

    @abstractmethod
    async def close(self) -> None:
        """Give up what goes on in the background; records stay as they are."""

    def _replace_file(self, stack: Record, text: str) -> ProjectFolder:
        folder = ProjectFolder(stack)
        if not folder.replace(text):
            details = f"File ({folder.compose_path}) doesn't exist"
            raise Refusal(500, "Unable to persist updated Compose file on disk", details)
        return folder


class BlockingDeployments(Deployments):
    """To 2.39: the answer comes when compose is done; the record is saved after success only."""

    async def create(self, stack: Record) -> Record:
        """Deploy, then save the record; a failure leaves neither record nor files."""
        try:
            await self._deployer.up(stack)
        except DeployError as error:
            ProjectFolder(stack).remove()
            raise Refusal(500, str(error)) from None
        give_control(self._store, stack)
        self._store.stacks[stack["Id"]] = stack
        self._store.save()
        return stack

    async def update(
        self, stack: Record, text: str, changes: dict[str, Any], *, prune: bool, pull: bool, repull: bool
    ) -> Record:
        """Deploy, then save the record; a failure brings the old file back, and the old record was never touched."""
        folder = self._replace_file(stack, text)
        try:
            if pull:
                await self._deployer.pull(stack | changes)
            await self._deployer.up(stack | changes, prune=prune)
        except DeployError as error:
            folder.roll_back()
            raise Refusal(500, str(error)) from None
        folder.commit()
        stack |= {**changes, "Status": ACTIVE}
        self._store.save()
        return stack

    async def close(self) -> None:
        """Nothing goes on in the background."""


class BackgroundDeployments(Deployments):
    """From 2.45: the record is saved at once with status "deploying", and says later how it went."""

    def __init__(self, store: Store, deployer: Deployer) -> None:
        super().__init__(store, deployer)
        self._tasks: set[asyncio.Task[None]] = set()

    async def create(self, stack: Record) -> Record:
        """Save the record and begin; a failure leaves record and files."""
        begin_deployment(stack)
        give_control(self._store, stack)
        self._store.stacks[stack["Id"]] = stack
        self._store.save()
        self._begin(self._deploy(stack))
        return dict(stack)

    async def update(
        self, stack: Record, text: str, changes: dict[str, Any], *, prune: bool, pull: bool, repull: bool
    ) -> Record:
        """Save the record and begin; a failure brings the old file back, but not the old variables."""
        folder = self._replace_file(stack, text)
        failed_before = stack["Status"] == FAILED
        stack |= changes
        begin_deployment(stack)
        self._store.save()
        deploy = self._deploy(
            stack, folder=folder, prune=prune, recreate=pull or repull, pull=pull or repull, down_first=failed_before
        )
        self._begin(deploy)
        return dict(stack)

    async def close(self) -> None:
        """Stop in the middle, as a server does that is killed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deploy(
        self,
        stack: Record,
        *,
        folder: ProjectFolder | None = None,
        prune: bool = False,
        recreate: bool = False,
        pull: bool = False,
        down_first: bool = False,
    ) -> None:
        failure: str | None = None
        try:
            async with asyncio.timeout(_DEPLOY_LIMIT_SECONDS):
                if pull:
                    await self._deployer.pull(stack)
                await self._deployer.up(stack, prune=prune, recreate=recreate, down_first=down_first)
        except DeployError as error:
            failure = str(error)
        except TimeoutError:
            failure = "context deadline exceeded"
        if folder is not None:
            folder.commit() if failure is None else folder.roll_back()
        end_deployment(stack, failure)
        self._store.save()
