"""The stand-ins, and what can be seen there."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import math
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from requests.adapters import HTTPAdapter

from phoenix_providers.lab.docker.compose import up as compose_up
from phoenix_providers.lab.docker.project import ProjectSource, load_project
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.program import site

from ..conftest import Lab
from .declared import DOMAIN, Addresses, Stack, read_yaml, write_site
from .engine import DRIVEN, Engine, Killed, Run, Scope

Route = tuple[str, str]


@dataclass(frozen=True)
class AtWrite:
    """Something happens at that write (from 0) to Portainer, before it is sent or after it was answered.

    Attributes:
        vmid: Whose agent goes or comes then; None: the process is killed.
    """

    number: int
    when: str
    vmid: int | None = None


@dataclass(frozen=True)
class Fault:
    """Bad answers of the server: how it is broken, or a status."""

    method: str
    path: str
    action: str
    times: int


_FOREIGN = "foreign"
# How fast time passes; a step is as long as one of the lab's.
_STEPS_IN_A_SECOND = 5
_STEP_SECONDS = 0.005
# Signing in, the lab's own switches, and asking a registry for an image change nothing.
_NO_CHANGE = re.compile("^/api/auth|^/lab/|/docker/images/create")


class WaitingClock:
    """Time that passes only where somebody waits, in the steps of the lab's loop.

    However busy a machine is, the lab has done as much by then as elsewhere.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        self._lab.run(_steps(max(2, math.ceil(seconds * _STEPS_IN_A_SECOND))))


async def _steps(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(_STEP_SECONDS)


@dataclass(frozen=True)
class Seen:
    """One look at everything.

    Attributes:
        records: (id, status, stamps) by VM and project, 0 without an environment; there must be one each.
        containers: Their ids by VM and project.
        running: Whether each of them runs, by the same.
        routes: What Traefik's file publishes: by rule, the back ends.
        file: Text of Traefik's file.
        others: What is not ours: records, containers, files.
        environments: VMs that have one.
    """

    records: Mapping[tuple[int, str], tuple[Any, ...]]
    twice: tuple[tuple[int, str], ...]
    containers: Mapping[tuple[int, str], frozenset[str]]
    running: Mapping[tuple[int, str], tuple[str, ...]]
    routes: frozenset[Route]
    file: str | None
    others: str
    environments: frozenset[int]


class Plans:
    """Reads and plans once for one set of files: both are pure, and runs of the same files are many."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Let the program take them from here."""
        site.load_configuration, site.plan_site = self._load, self._plan  # type: ignore[attr-defined]
        try:
            yield
        finally:
            site.load_configuration, site.plan_site = load_configuration, plan_site  # type: ignore[attr-defined]

    def _load(self, folder: Path, settings: Settings) -> Any:
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        text = repr([settings, *((str(file), file.read_text()) for file in files)])
        return self._remembered(text, lambda: load_configuration(folder, settings))

    def _plan(self, configuration: Any, *recorded: Any) -> Any:
        # What is remembered lives as long as this, so its identity is its own.
        return self._remembered(f"{id(configuration)} {recorded}", lambda: plan_site(configuration, *recorded))

    def _remembered(self, key: str, make: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]


class World:
    """A lab with three VMs, a folder of files, and an engine with its state."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.config = folder / "config"
        self.traefik = folder / "traefik"
        self.traefik.mkdir(parents=True)
        self.vms = {guest.id: guest.address for guest in lab.site.guests if guest.role == "agent"}
        self._network = lab.site.portainer_address.rpartition(".")[0]
        self._plans = Plans()
        self.agents_down: set[int] = set()
        self.guests: set[int] = set()
        self.clock = WaitingClock(lab)
        self._settings = {
            "configDir": str(self.config),
            "traefikTarget": str(self.traefik),
            "portainerUrl": lab.server.url,
            "portainerCaFile": str(lab.authority.ca_file),
            "portainerPassword": lab.server.admin_password,
            "traefikGuest": "traefik",
            "deleteThreshold": "100",
            "deployTimeout": "20",
            "settle": "0",
            "firewallConfirm": "false",
        }
        self.engine = Engine(self._settings, self._begin)
        self.api = lab.client()

    def write(self, stacks: Mapping[str, Stack]) -> None:
        """Write the files."""
        where = Addresses(self._network, self.lab.site.portainer_address, self.vms)
        write_site(self.config, where, stacks.values(), self.guests)

    def _begin(self) -> None:
        settings = Settings.from_raw(self._settings)
        credentials = Credentials("admin", SecretStr(self.lab.server.admin_password))
        clients_of_run.use(ClientsOfRun(settings, credentials, clock=self.clock))

    def writes_of(self, action: Callable[[], Run]) -> tuple[Run, list[str]]:
        """Return what a run did, and what it asked the stand-in to change."""
        before = len(self.lab.requests())
        run = action()
        asked = self.lab.requests()[before:]
        return run, [
            f"{one['method']} {one['path']}"
            for one in asked
            if one["method"] not in ("GET", "HEAD") and not _NO_CHANGE.search(one["path"])
        ]

    def up(
        self,
        scope: Scope | None = None,
        kill: tuple[int, str] | None = None,
        at_write: AtWrite | None = None,
        faults: Sequence[Fault] = (),
    ) -> Run:
        """Run the engine, and let it all settle."""
        for fault in faults:
            status = fault.action.isdecimal()
            self.lab.control(
                "faults",
                match={"method": fault.method, "path": fault.path},
                action="status" if status else fault.action,
                value=int(fault.action) if status else 0,
                times=fault.times,
            )
        with self._interrupted(at_write), self._plans.in_use():
            run = self.engine.up(scope, kill)
        if faults:
            self.lab.control("faults")
        self.api.until(lambda: all(item["Status"] != 3 for item in self.api.call("GET", "/api/stacks").json()))
        return run

    @contextlib.contextmanager
    def _interrupted(self, at: AtWrite | None) -> Iterator[None]:
        """Let something happen at one of a run's writes."""
        if at is None:
            yield
            return
        send, numbers = HTTPAdapter.send, itertools.count()

        def happen(number: int, when: str) -> None:
            if (number, when) != (at.number, at.when):
                return
            if at.vmid is None:
                raise Killed
            self.agent(at.vmid, up=at.vmid in self.agents_down)

        def watched(adapter: HTTPAdapter, request: Any, *arguments: Any, **more: Any) -> Any:
            writes = request.method not in ("GET", "HEAD") and not re.search("/api/auth|/lab/", request.url)
            number = next(numbers) if writes else -1
            happen(number, "before")
            answer = send(adapter, request, *arguments, **more)
            happen(number, "after")
            return answer

        HTTPAdapter.send = watched  # type: ignore[method-assign]
        try:
            yield
        finally:
            HTTPAdapter.send = send  # type: ignore[method-assign]

    def preview(self, scope: Scope | None = None) -> Run:
        """Preview everything, or what a scope has."""
        with self._plans.in_use():
            return self.engine.preview(scope)

    def is_driven(self, name: str) -> bool:
        """Whether a resource is of a kind that has a stand-in here."""
        return name in self.engine.state and self.engine.state[name].type in DRIVEN

    def agent(self, vmid: int, *, up: bool) -> None:
        """Stop or start an agent."""
        self.lab.control(f"hosts/{vmid}/agent", up=up)
        (self.agents_down.discard if up else self.agents_down.add)(vmid)

    def add_foreign(self) -> None:
        """Put something of others on each machine."""
        for vmid, host in self.lab.server.docker_hosts.items():
            source = ProjectSource(f"{_FOREIGN}{vmid}", "services: {web: {image: other, restart: always}}")
            self.lab.run(compose_up(host, load_project(source)))
        (self.traefik / f"{_FOREIGN}.yml").write_text("http: {middlewares: {theirs: {addPrefix: {prefix: /x}}}}\n")

    def deploy_by_hand(self, stack: Stack, how: str) -> None:
        """Make what Portainer has before the first run: the "same" content as is declared, or an "older" one."""
        configuration = load_configuration(self.config, Settings.from_raw(self._settings))
        plan = next(one for one in plan_site(configuration).stacks if one.resource_name == stack.name)
        found = {item["Name"]: item["Id"] for item in self.api.call("GET", "/api/endpoints").json()}
        name = f"vm{stack.vmid}"
        endpoint = found.get(name) or self.api.create_environment(self.lab.agent_form(stack.vmid, name)).json()["Id"]
        text = str(plan.compose)
        if how == "older":
            text = _yaml_of_older(stack)
        env = [{"name": key, "value": str(value)} for key, value in plan.variables.items()]
        self.api.deployed(self.api.create_stack(endpoint, stack.project, text, env))

    def drift(self, stack: Stack, how: str) -> bool:
        """Change a stack by hand; return whether there was something to change."""
        host = self.lab.server.docker_hosts[stack.vmid]
        containers = host.of_project(stack.project)
        if how in ("stop", "remove"):
            for one in containers[:1]:
                self.lab.run(host.stop(one) if how == "stop" else host.remove(one))
            return bool(containers)
        found = [item for item in self.api.call("GET", "/api/stacks").json() if item["Name"] == stack.project]
        for item in found:
            if how == "delete record":
                self.api.call("DELETE", f"/api/stacks/{item['Id']}?endpointId={item['EndpointId']}")
            else:
                self.api.update_stack(item, "services: {web: {image: other}}", env=[])
                self.api.settled(item["Id"])
        return bool(found)

    def drift_environment(self, vmid: int, how: str) -> bool:
        """Rename or delete an environment on Portainer's page."""
        found = self._environments(vmid)
        for item in found:
            path = f"/api/endpoints/{item['Id']}"
            if how == "delete":
                self.api.call("DELETE", path)
            else:
                self.api.call("PUT", path, json={"Name": f"other{vmid}"})
        return bool(found)

    def lose_data(self) -> None:
        """Start Portainer on an empty folder; the engines go on."""
        self.lab.run(self.lab.server.stop())
        shutil.rmtree(self.lab.folder / "portainer" / "compose", ignore_errors=True)
        (self.lab.folder / "portainer" / "portainer.json").unlink()
        self.lab.up()
        for vmid in self.agents_down:
            self.agent(vmid, up=False)
        self.api = self.lab.client()

    def environments_of(self, vmids: Iterable[int]) -> set[int]:
        """Return the numbers of VMs' environments."""
        return {item["Id"] for vmid in vmids for item in self._environments(vmid)}

    def _environments(self, vmid: int) -> list[dict[str, Any]]:
        addresses = (f"//{self.vms[vmid]}:", f"//vm{vmid}.{DOMAIN}:")
        return [
            item
            for item in self.api.call("GET", "/api/endpoints").json()
            if any(address in item["URL"] for address in addresses) or item["Name"] == f"vm{vmid}"
        ]

    def is_forgotten(self, vmid: int) -> bool:
        """Whether the state has an environment of data that Portainer has lost."""
        known = self.engine.state.get(f"environment@{vmid}")
        instance = known.outputs.get("instance") if known else ""
        return bool(instance) and instance != self.api.call("GET", "/api/system/status").json()["InstanceID"]

    def is_environment_failed(self, vmid: int) -> bool:
        """Whether the last run that was about an environment could not bring it."""
        known = self.engine.state.get(f"environment@{vmid}")
        return bool(known and known.outputs.get("failure"))

    def drift_file(self, how: str) -> bool:
        """Change Traefik's file by hand."""
        file = self.traefik / STACKS_FILE
        if not file.exists():
            return False
        if how == "remove":
            file.unlink()
        else:
            file.write_text("http: {routers: {x: {rule: Host(`x.y`), service: api@internal}}}\n")
        return True

    def look(self) -> Seen:
        """Look at everything, behind everybody's back."""
        hosts = {f"vm{vmid}.{DOMAIN}": vmid for vmid in self.vms} | {
            address: vmid for vmid, address in self.vms.items()
        }
        vm_of = {
            item["Id"]: hosts.get(item["URL"].partition("://")[2].rpartition(":")[0], 0)
            for item in self.api.call("GET", "/api/endpoints").json()
        }
        records: dict[tuple[int, str], tuple[Any, ...]] = {}
        twice, others = [], []
        for record in self.api.call("GET", "/api/stacks").json():
            key = (vm_of.get(record["EndpointId"], 0), record["Name"])
            if record["Name"].startswith(_FOREIGN):
                others.append(json.dumps(record, sort_keys=True))
                continue
            if key in records:
                twice.append(key)
            records[key] = (record["Id"], record["Status"], record["CreationDate"], record["UpdateDate"])
        containers: dict[tuple[int, str], set[str]] = {}
        running: dict[tuple[int, str], list[str]] = {}
        for vmid in self.vms:
            for one in self.lab.server.docker_hosts[vmid].containers.values():
                if one.project.startswith(_FOREIGN) or not one.project:
                    others.append(f"{one.id} {one.status}")
                    continue
                containers.setdefault((vmid, one.project), set()).add(one.id)
                running.setdefault((vmid, one.project), []).append(f"{one.service} {one.image} {one.status}")
        file = self.traefik / STACKS_FILE
        text = file.read_text() if file.exists() else None
        others += [
            f"{one.name}: {one.read_text()}" for one in sorted(self.traefik.iterdir()) if one.name.startswith(_FOREIGN)
        ]
        return Seen(
            records,
            tuple(twice),
            {key: frozenset(ids) for key, ids in containers.items()},
            {key: tuple(sorted(lines)) for key, lines in running.items()},
            published(text),
            text,
            "\n".join(others),
            frozenset(vm_of.values()),
        )

    def url_of(self, stack: Stack) -> str:
        """Return the back end of a stack's route."""
        return f"http://{self.vms[stack.vmid]}:{stack.port}"

    def close(self) -> None:
        """Forget the connections."""
        clients_of_run.use(None)


def _yaml_of_older(stack: Stack) -> str:
    """Return a file with another image, and a service that has left since."""
    web = {"image": "nginx:0", "ports": [f"{stack.port}:80"], "restart": "unless-stopped"}
    return json.dumps({"services": {"web": web, "old": {"image": "old:1", "restart": "unless-stopped"}}})


def published(text: str | None) -> frozenset[Route]:
    """Return which rules lead to which back ends, whatever routers and services are called."""
    document: Any = read_yaml(text or "{}") or {}
    http = document.get("http") or {}
    found = set()
    for router in (http.get("routers") or {}).values():
        service = (http.get("services") or {}).get(router["service"])
        for server in service["loadBalancer"]["servers"] if service else [{"url": "nowhere"}]:
            found.add((f"{router['rule']} {router.get('priority', 0)}", server["url"]))
    return frozenset(found)
