"""The plugin process, driven over gRPC as the Pulumi engine drives it, against the lab's Proxmox.

The plugin is the lab's stand-in. PHOENIX_PROXMOXVE_PLUGIN names the real one's executable instead
(`pulumi plugin install resource proxmoxve 8.6.0` leaves it in ~/.pulumi/plugins); the same tests then ask it.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.lab.proxmoxve.install import install
from phoenix_providers.lab.proxmoxve.wire import to_plain
from phoenix_providers.lab.site import LabGuest, LabSite

TYPES = {
    "dns": "proxmoxve:index/dnsLegacy:DnsLegacy",
    "hosts": "proxmoxve:index/hostsLegacy:HostsLegacy",
    "cluster options": "proxmoxve:cluster/firewallLegacy:FirewallLegacy",
    "rules": "proxmoxve:firewall/rulesLegacy:RulesLegacy",
    "options": "proxmoxve:firewall/optionsLegacy:OptionsLegacy",
}


REAL = os.environ.get("PHOENIX_PROXMOXVE_PLUGIN", "")
# What only the real plugin adds to outputs, for itself.
_BOOKKEEPING = ("__pulumi_raw_state_delta", "__meta", "id")
_DOING = re.compile(r"^(?:(?:creating|updating|refreshing|deleting) urn:\S+: )?\d+ errors? occurred:\s+\* ")


def plain_state(wire: dict[str, Any]) -> dict[str, Any]:
    """A state as tests compare it: what is unset is not there."""
    return {name: value for name, value in wire.items() if name not in _BOOKKEEPING and value is not None}


class RefusedError(Exception):
    """What the plugin answered instead of a result; `said` is all of it, `state` is what the engine would record."""

    def __init__(self, error: Any) -> None:
        super().__init__(_DOING.sub("", error.details()).strip())
        self.said = str(error.details())
        self.wire: dict[str, Any] = {}
        self.state: dict[str, Any] | None = None
        for key, value in error.trailing_metadata():
            if key == "grpc-status-details-bin":
                detail = provider_pb2.ErrorResourceInitFailed()
                status_pb2.Status.FromString(value).details[0].Unpack(detail)
                self.wire, self.identifier = to_plain(detail.properties), detail.id
                self.state = plain_state(self.wire)


@dataclass(frozen=True)
class Recorded:
    """A resource in the engine's state; `wire` is what the plugin gave, word for word."""

    kind: str
    id: str
    inputs: dict[str, Any]
    wire: dict[str, Any]
    incomplete: bool = False
    done: str = ""
    problem: str = ""
    places: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> dict[str, Any]:
        return plain_state(self.wire)


class Engine:
    """Makes the calls that the Pulumi engine makes."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def close(self) -> None:
        self._channel.close()

    def call(self, method: str, message: str, structs: dict[str, dict[str, Any]] | None = None, **plain: Any) -> Any:
        request = getattr(provider_pb2, message)(**plain)
        for name, value in (structs or {}).items():
            getattr(request, name).update(value)
        try:
            return getattr(self._stub, method)(request)
        except grpc.RpcError as error:
            raise RefusedError(error) from None

    def configure(self, **settings: Any) -> Any:
        return self.call("Configure", "ConfigureRequest", {"args": settings}, acceptSecrets=True)

    def check(
        self, kind: str, inputs: dict[str, Any], before: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[str]]:
        """Return the checked inputs, and what is wrong with them in the order of the alphabet."""
        structs = {"news": inputs, "olds": before or {}}
        response = self.call("Check", "CheckRequest", structs, **self._names(kind))
        # The path stands in the reason only.
        assert not any(one.property for one in response.failures)
        return to_plain(response.inputs), sorted(one.reason for one in response.failures)

    def diff(self, recorded: Recorded, inputs: dict[str, Any]) -> Any:
        structs = {"olds": recorded.wire, "news": inputs, "old_inputs": recorded.inputs}
        return self.call("Diff", "DiffRequest", structs, id=recorded.id, **self._names(recorded.kind))

    def create(self, kind: str, inputs: dict[str, Any], *, preview: bool = False) -> Recorded:
        checked, failures = self.check(kind, inputs)
        assert not failures
        structs = {"properties": checked}
        response = self.call("Create", "CreateRequest", structs, preview=preview, **self._names(kind))
        return Recorded(kind, response.id, checked, to_plain(response.properties), done="created")

    def up(self, recorded: Recorded, inputs: dict[str, Any]) -> Recorded:
        """One run of a resource that is in the state; a failed update leaves what the engine records then."""
        checked, failures = self.check(recorded.kind, inputs, recorded.inputs)
        assert not failures
        response = self.diff(recorded, checked)
        places = {place: provider_pb2.PropertyDiff.Kind.Name(one.kind) for place, one in response.detailedDiff.items()}
        if response.changes == provider_pb2.DiffResponse.DIFF_NONE and not recorded.incomplete:
            return replace(recorded, inputs=checked, done="same", places=places)
        structs = {"olds": recorded.wire, "news": checked, "old_inputs": recorded.inputs}
        try:
            answer = self.call("Update", "UpdateRequest", structs, id=recorded.id, **self._names(recorded.kind))
        except RefusedError as error:
            if error.state is None:
                raise
            return replace(recorded, wire=error.wire, incomplete=True, done="failed", problem=str(error))
        state = to_plain(answer.properties)
        return Recorded(recorded.kind, recorded.id, checked, state, done="updated", places=places)

    def refresh(self, recorded: Recorded) -> Recorded:
        structs = {"properties": recorded.wire, "inputs": recorded.inputs}
        answer = self.call("Read", "ReadRequest", structs, id=recorded.id, **self._names(recorded.kind))
        return replace(recorded, id=answer.id, inputs=to_plain(answer.inputs), wire=to_plain(answer.properties))

    def take_over(self, kind: str, import_id: str) -> Recorded:
        answer = self.call("Read", "ReadRequest", {}, id=import_id, **self._names(kind))
        return Recorded(kind, answer.id, to_plain(answer.inputs), to_plain(answer.properties))

    def delete(self, recorded: Recorded) -> None:
        structs = {"properties": recorded.wire, "old_inputs": recorded.inputs}
        self.call("Delete", "DeleteRequest", structs, id=recorded.id, **self._names(recorded.kind))

    def look_up(self, function: str, **arguments: Any) -> dict[str, Any]:
        answer = self.call("Invoke", "InvokeRequest", {"args": arguments}, tok=f"proxmoxve:index/{function}:{function}")
        return to_plain(getattr(answer, "return"))

    @staticmethod
    def _names(kind: str) -> dict[str, str]:
        token = TYPES.get(kind, kind)
        return {"urn": f"urn:pulumi:dev::site::{token}::it", "name": "it", "type": token}


@pytest.fixture(scope="package")
def engine_address() -> Iterator[str]:
    """Where an engine listens that knows no question: without one a plugin ends after a while."""
    server = grpc.server(ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None)


class PluginProcess:
    """The installed executable, started as the engine starts it."""

    def __init__(self, executable: Path, engine: str, *arguments: str) -> None:
        command = [executable, *arguments, engine]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.engine = Engine(f"127.0.0.1:{int(self.process.stdout.readline())}")

    def end(self) -> None:
        self.engine.close()
        self.process.terminate()
        self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()


class Lab:
    """The lab's Proxmox with a view of what was asked of it since `forget`."""

    def __init__(self, running: ProxmoxInThread) -> None:
        self._running = running
        self.server = running.server
        self.ca_file = running.ca_file
        self.forget()

    @property
    def _api(self) -> Any:
        return self.server.api

    def forget(self) -> None:
        self._seen = len(self._running.requests())
        self._recorded = len(self._api.requests)

    def calls(self) -> list[str]:
        logged = self._running.requests()[self._seen :]
        return [f"{one['method']} {one['path'].removeprefix('/api2/json/')}" for one in logged]

    def forms(self) -> list[str]:
        """What was sent with POST and PUT, word for word."""
        return [body.decode() for method, _, body in self._api.requests[self._recorded :] if method in ("POST", "PUT")]

    def rules(self, scope: str = "cluster", guest: int | None = None) -> list[dict[str, Any]]:
        return list(self._api.firewall_config(scope, "pve", guest)["rules"])

    def options(self, scope: str = "cluster", guest: int | None = None) -> dict[str, Any]:
        return dict(self._api.firewall_config(scope, "pve", guest)["options"])

    def set_rules(self, rules: list[dict[str, Any]], scope: str = "cluster", guest: int | None = None) -> None:
        self._api.firewall_config(scope, "pve", guest)["rules"][:] = rules

    def set_options(self, options: dict[str, Any], scope: str = "cluster", guest: int | None = None) -> None:
        self._api.firewall_config(scope, "pve", guest)["options"] = options

    @property
    def files(self) -> Any:
        return self._api.node_files["pve"]


@pytest.fixture(scope="package")
def site() -> LabSite:
    return LabSite(
        domain="lab.test",
        node="pve",
        node_address="127.{}.{}.{}".format(*(random.randint(20, 250) for _ in range(3))),
        portainer_address="127.0.1.10",
        portainer_port=9443,
        agent_port=9001,
        traefik_address="127.0.1.22",
        guests=(
            LabGuest(id=111, name="docker-1", kind="vm", address="127.0.1.11"),
            LabGuest(id=201, name="gateway", kind="lxc", address="127.0.1.21"),
        ),
    )


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture
def lab(site: LabSite, folder: Path) -> Iterator[Lab]:
    """A fresh node behind the same address and token."""
    (folder / "proxmox" / "state.json").unlink(missing_ok=True)
    with ProxmoxInThread(site, folder) as running:
        yield Lab(running)


@pytest.fixture(scope="package")
def executable(site: LabSite, folder: Path) -> Path:
    if REAL:
        assert os.access(REAL, os.X_OK), f"PHOENIX_PROXMOXVE_PLUGIN={REAL} is no executable file"
        return Path(REAL).resolve()
    return install(folder / "bin", Path(sys.executable), f"https://{site.node_address}:{site.proxmox_port}")


@pytest.fixture
def stand_in() -> None:
    """For what only the stand-in does: it knows one lab, and five types."""
    if REAL:
        pytest.skip("PHOENIX_PROXMOXVE_PLUGIN names the real plugin")


@pytest.fixture(scope="package")
def plugin(executable: Path, folder: Path, engine_address: str) -> Iterator[PluginProcess]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(folder / "ca" / "ca.pem"))
        for name in ("ENDPOINT", "API_TOKEN", "USERNAME", "PASSWORD", "INSECURE"):
            environment.delenv(f"PROXMOX_VE_{name}", raising=False)
        process = PluginProcess(executable, engine_address)
    yield process
    process.end()


@pytest.fixture
def engine(plugin: PluginProcess, lab: Lab) -> Engine:
    """The engine's side of a plugin that is configured for the lab."""
    plugin.engine.configure(endpoint=lab.server.url, apiToken=lab.server.token)
    lab.forget()
    return plugin.engine
