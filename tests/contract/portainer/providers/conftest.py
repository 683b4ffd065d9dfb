"""The providers themselves against the stand-in, called as the engine calls them: seconds instead of minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from pydantic import SecretStr
from ruamel.yaml import YAML

from phoenix_providers.lab.docker.compose import up as compose_up
from phoenix_providers.lab.docker.project import ProjectSource, load_project
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.compose.dotenv import encode
from phoenix_providers.planning.stacks.stored_stack import remembered, stored
from phoenix_providers.resources.packed_values import packed, unpacked
from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider
from phoenix_providers.resources.portainer_stack import PortainerStackProvider
from phoenix_providers.resources.provider import AS_DECLARED

ROUTES = {"http": {"routers": {"web": {"rule": "Host(`a`)"}}}}


# What the state of a stack has only where something is wrong.
OF_FAILURES = {"failed_digest": "", "failed_reason": "", "unsettled": "", "revived": []}


class Declared:
    """One resource with its state, brought up as the engine does: refresh, check, diff, then create or update.

    Attributes:
        state: Its outputs as they are meant; between two calls they have the form in which the engine stores them.
    """

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self.id = ""
        self.state: dict[str, Any] = {}

    def refresh(self) -> None:
        """Read what is there."""
        if self.id:
            result = self._provider.read(self.id, self.as_stored())
            self.id = result.id
            self._take(result.outs or {})

    def refresh_elsewhere(self) -> None:
        """Read in another process, as the engine does behind a change of settings with nobody in front.

        Nothing of that but the state reaches the run.
        """
        run = clients_of_run.current()
        clients_of_run.use(ClientsOfRun(run.settings, run._credentials, clock=run.clock))
        try:
            self.refresh()
        finally:
            clients_of_run.use(run)

    def up(self, inputs: Mapping[str, Any]) -> str:
        """Bring it up; return what was done: "create", "update" or "same"."""
        self.refresh()
        return self.apply(inputs)

    def apply(self, inputs: Mapping[str, Any]) -> str:
        """Do what comes behind the refresh."""
        inputs = {**inputs, "observed": AS_DECLARED}
        known = {key: self.state[key] for key in inputs if key in self.state}
        inputs = self._provider.check(known, inputs).inputs
        if not self.id:
            result = self._provider.create(dict(inputs))
            self.id = result.id
            self._take(result.outs)
            return "create"
        diff = self._provider.diff(self.id, self.as_stored(), dict(inputs))
        if not diff.changes:
            return "same"
        self._take(self._provider.update(self.id, self.as_stored(), dict(inputs)).outs)
        return "update"

    def destroy(self) -> None:
        """Delete it."""
        self._provider.delete(self.id, self.as_stored())
        self.id, self.state = "", {}

    def _take(self, outputs: Mapping[str, Any]) -> None:
        texts = {key: unpacked(outputs[key]) for key in self._provider.stored_as_text if key in outputs}
        self.state = {**outputs, **texts}
        if self.state and isinstance(self._provider, PortainerStackProvider):
            self.state = OF_FAILURES | remembered(self.state)

    def as_stored(self) -> dict[str, Any]:
        """Its outputs as the engine stores them."""
        state = self.state
        if isinstance(self._provider, PortainerStackProvider):
            state = stored(state)
        return {key: packed(one) if key in self._provider.stored_as_text else one for key, one in state.items()}


class HurriedClock:
    """A clock that runs twenty times faster than time, for limits that nobody wants to wait for."""

    def now(self) -> float:
        return time.monotonic() * 20

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 20)


class World:
    """A stand-in, and resources that are brought up on it."""

    def __init__(self, lab: Any, **settings: Any) -> None:
        self.lab = lab
        self.api = lab.client()
        self.settings: dict[str, Any] = {"deploy_timeout": 6.0, "settle": 0.0, "request_timeout": 5.0, **settings}
        self.clock: Any = None
        self.environment = Declared(PortainerEndpointProvider())
        self.connect()

    @property
    def server(self) -> dict[str, Any]:
        return {
            "url": self.lab.server.url,
            "user": "admin",
            "ca_file": str(self.lab.authority.ca_file),
            "insecure": False,
            "password_in": "",
        }

    def connect(self, **changes: Any) -> ClientsOfRun:
        """Begin a run: another process, with nothing remembered but the state."""
        self.settings |= changes
        credentials = Credentials("admin", SecretStr(self.lab.server.admin_password))
        made = ClientsOfRun(Settings(**self.settings), credentials, clock=self.clock)
        clients_of_run.use(made)
        return made

    def environment_inputs(self, vmid: int, **changes: Any) -> dict[str, Any]:
        url = f"tcp://{self.lab.address(vmid)}:9001"
        inputs = {
            "resource": f"environment@{vmid}",
            "server": self.server,
            "environment": f"vm{vmid}",
            "url": url,
            "by_address": url,
            "named": True,
        }
        return inputs | changes

    def bring_environment_up(self, vmid: int = 111) -> int:
        """Bring an environment up and return its number."""
        self.environment.up(self.environment_inputs(vmid))
        assert self.environment.state["failure"] == ""
        return int(self.environment.state["environment_id"])

    def stack(self) -> Declared:
        """Return a stack that nobody has brought up yet."""
        return Declared(PortainerStackProvider())

    def declared(self, provider: Any) -> Declared:
        """Return a resource of another kind that nobody has brought up yet."""
        return Declared(provider)

    def inputs(self, compose: str, *, project: str = "web-production", **changes: Any) -> dict[str, Any]:
        """Return a stack's inputs; its environment has to be up."""
        inputs = {
            "resource": "web@111",
            "server": self.server,
            "project": project,
            "environment": "vm111",
            "environment_id": self.environment.state["environment_id"],
            "environment_instance": self.environment.state.get("instance"),
            "compose": compose,
            "env": {},
            "services": changes.get("services") or list(YAML(typ="safe").load(compose)["services"]),
            "routes": ROUTES,
            "limits": {},
            "blocked": "",
        }
        return inputs | changes

    def hurry(self) -> None:
        """Let limits pass quickly from now on."""
        self.clock = HurriedClock()
        self.connect()

    def faults(
        self, method: str, path: str, action: str, value: float = 0, times: int = 1, message: str | None = None
    ) -> None:
        """Break requests."""
        match = {"method": method, "path": path}
        self.lab.control("faults", match=match, action=action, value=value, times=times, message=message)

    def agent(self, vmid: int = 111, *, up: bool) -> None:
        """Stop or start an agent."""
        self.lab.control(f"hosts/{vmid}/agent", up=up)

    def records(self, name: str = "web-production") -> list[dict[str, Any]]:
        """Return the records of a name."""
        return [item for item in self.api.call("GET", "/api/stacks").json() if item["Name"] == name]

    def containers(self, name: str = "web-production", vmid: int = 111) -> dict[str, Any]:
        """Return the engine's containers of a project, by service."""
        return {item.service: item for item in self.lab.server.docker_hosts[vmid].of_project(name)}

    def by_hand(self, compose: str, env: Mapping[str, str] | None = None, vmid: int = 111) -> None:
        """Do what `docker compose up` does on a VM, outside Portainer."""
        variables = "".join(f"{name}={encode(value)}\n" for name, value in (env or {}).items())
        source = ProjectSource("web-production", compose, variables, path="/srv/web/docker-compose.yml")
        self.lab.run(compose_up(self.lab.server.docker_hosts[vmid], load_project(source)))

    def requests_of(self, action: Callable[[], object]) -> list[dict[str, Any]]:
        """Return what the stand-in was asked during an action."""
        before = len(self.lab.requests())
        action()
        return list(self.lab.requests()[before:])


@pytest.fixture
def world(lab: Any) -> Iterator[World]:
    """A stand-in of each style with an environment on VM 111."""
    made = World(lab)
    made.bring_environment_up()
    yield made
    clients_of_run.use(None)


@pytest.fixture
def new_world(new_lab: Callable[..., Any]) -> Iterator[Callable[..., World]]:
    """Make a world with a server of its own options, such as `style`."""

    def make(style: str, settings: Mapping[str, Any] | None = None, **options: Any) -> World:
        return World(new_lab(style, **{"deploy_seconds": 0.02, "health_seconds": 0.1, **options}), **(settings or {}))

    yield make
    clients_of_run.use(None)
