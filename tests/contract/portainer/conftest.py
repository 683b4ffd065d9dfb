"""The servers that the suite runs against: the stand-in in both styles, or a real one named by the environment.

A real one: PHOENIX_PORTAINER_URL, _USER (else admin), _PASSWORD, _AGENT_URL (else its own socket is used) and _IMAGE
(an image that its engine has and that knows `sleep`; else busybox:lab). How it deploys is read from its version, unless
_STYLE (blocking or async) says it. The tests change the server; everything they make is removed again.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import socket
import threading
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
import urllib3

from phoenix_providers.lab.certificates import CertificateAuthority
from phoenix_providers.lab.portainer.server import PortainerOptions, PortainerServer, start
from phoenix_providers.lab.request_log import RequestLog
from phoenix_providers.lab.site import LabGuest, LabSite

_T = TypeVar("_T")
_REAL = os.environ.get("PHOENIX_PORTAINER_URL", "")
_FIRST_ASYNC = (2, 40)
# From there on compose is no longer a program that the server starts, and so inherits nothing of its environment.
_FIRST_WITH_LIBRARY = (2, 26)
# 2.23.0 has the older answers about registries, 2.27.6 the newer list.
_EARLY = (2, 23)


class Api:
    """A client that keeps no cookies and signs in once."""

    # Whether it is of the line that shows passwords of registries in their list, and panics at one that is gone.
    early = False

    # The stand-in keeps to the older way in both styles: values that are lost are the greater danger.
    inherits_environment = not _REAL

    def __init__(self, url: str, user: str, password: str, verify: str | bool, style: str, image: str) -> None:
        self.url = url
        self.user = user
        self.password = password
        self.style = style
        self.image = image
        self._session = requests.Session()
        self._session.verify = verify
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._token = ""

    def raw(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Send a request without credentials."""
        return self._session.request(method, f"{self.url}{path}", timeout=30, **arguments)

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Send a request as the administrator."""
        if not self._token:
            self.sign_in()
        headers = {"Authorization": f"Bearer {self._token}", **arguments.pop("headers", {})}
        return self.raw(method, path, headers=headers, **arguments)

    def sign_in(self) -> requests.Response:
        """Sign in and remember the token."""
        answer = self.raw("POST", "/api/auth", json={"Username": self.user, "Password": self.password})
        answer.raise_for_status()
        self._token = answer.json()["jwt"]
        return answer

    def create_environment(self, form: Mapping[str, Any]) -> requests.Response:
        """Send the form that creates an environment."""
        return self.call("POST", "/api/endpoints", files={key: (None, str(value)) for key, value in form.items()})

    def create_stack(
        self, endpoint: int, name: str, text: str, env: list[dict[str, str]] | None = None
    ) -> requests.Response:
        """Create a compose stack from a string."""
        body: dict[str, Any] = {"name": name, "stackFileContent": text}
        if env is not None:
            body["env"] = env
        return self.call("POST", f"/api/stacks/create/standalone/string?endpointId={endpoint}", json=body)

    def update_stack(self, stack: Mapping[str, Any], text: str, **body: Any) -> requests.Response:
        """Update a stack on its own environment."""
        path = f"/api/stacks/{stack['Id']}?endpointId={stack['EndpointId']}"
        return self.call("PUT", path, json={"stackFileContent": text, **body})

    def settled(self, number: int) -> dict[str, Any]:
        """Return a stack's record once nothing is being deployed."""
        return until(lambda: self._if_settled(number))

    def deployed(self, answer: requests.Response) -> dict[str, Any]:
        """Return the settled record of a stack that was created or updated without an error."""
        assert answer.status_code == 200, answer.text
        record = self.settled(answer.json()["Id"])
        assert record["Status"] == 1, record
        return record

    def failure(self, answer: requests.Response) -> str:
        """Return why a deployment failed, on either line."""
        if self.style == "blocking":
            assert answer.status_code == 500, answer.text
            return str(answer.json()["message"])
        assert answer.status_code == 200, answer.text
        record = self.settled(answer.json()["Id"])
        assert record["Status"] == 4
        return str(record["DeploymentStatus"][-1]["Message"])

    def containers(self, endpoint: int, project: str) -> list[dict[str, Any]]:
        """Return the containers of a compose project, running or not."""
        filters = json.dumps({"label": [f"com.docker.compose.project={project}"]})
        path = f"/api/endpoints/{endpoint}/docker/containers/json"
        answer = self.call("GET", path, params={"all": "1", "filters": filters})
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @staticmethod
    def until(look: Callable[[], _T | None]) -> _T:
        """Look again and again until something is seen."""
        return until(look)

    def _if_settled(self, number: int) -> dict[str, Any] | None:
        record: dict[str, Any] = self.call("GET", f"/api/stacks/{number}").json()
        return record if record["Status"] != 3 else None


def until(look: Callable[[], _T | None], seconds: float = 20.0) -> _T:
    """Look again and again until something is seen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.02)
    raise AssertionError("nothing seen in time")


class Lab:
    """The stand-in in a thread of its own, with a primary VM (101) and agents (111, 112, ...)."""

    def __init__(self, folder: Path, style: str, options: PortainerOptions, agents: int = 2) -> None:
        self.folder = folder
        self.options = options
        folder.mkdir(exist_ok=True)
        self.authority = CertificateAuthority(folder / "ca")
        self._lease = _own_network()
        network = self._lease.getsockname()[0].rpartition(".")[0]
        guests = tuple(
            LabGuest(number, f"vm{number}", "vm", f"{network}.{number}", role)
            for number, role in ((101, "primary"), *((111 + index, "agent") for index in range(agents)))
        )
        self.site = LabSite(
            domain="lab.test",
            node="pve",
            node_address=f"{network}.1",
            portainer_address=f"{network}.101",
            portainer_port=9443,
            agent_port=9001,
            traefik_address=f"{network}.2",
            guests=guests,
            portainer_style=style,
        )
        self.names = {f"{guest.name}.lab.test": guest.address for guest in guests}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._clients: list[Api] = []
        self.server: PortainerServer
        self.up()

    def up(self) -> None:
        """Start the server, on what is in the folder."""
        log = RequestLog(self.folder / "requests.jsonl")
        self.server = self.run(
            start(self.site, self.folder / "portainer", self.authority, log, self.names.get, self.options)
        )

    def restart(self, **changes: Any) -> None:
        """Stop and start the server, maybe as another style."""
        self.run(self.server.stop())
        self.site = replace(self.site, **changes)
        self.up()

    def empty(self, **changes: Any) -> None:
        """Start the server on an empty data folder; engines and their containers stay."""
        self.run(self.server.stop())
        (self.folder / "portainer" / "portainer.json").unlink()
        shutil.rmtree(self.folder / "portainer" / "compose", ignore_errors=True)
        self.options = replace(self.options, **changes)
        self.up()

    def close(self) -> None:
        """Stop everything."""
        for client in self._clients:
            client.close()
        self.run(self.server.stop())
        self.run(_all_connections_gone())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._lease.close()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def client(self) -> Api:
        """Return a client of its administrator."""
        server, ca = self.server, str(self.authority.ca_file)
        style = self.site.portainer_style
        deploys = "blocking" if style == "early" else style
        self._clients.append(Api(server.url, server.admin_user, server.admin_password, ca, deploys, "busybox:lab"))
        self._clients[-1].early = style == "early"
        return self._clients[-1]

    def control(self, path: str, **body: Any) -> None:
        """Throw one of the lab's switches."""
        method = "POST" if body else "DELETE"
        answer = self.client().raw(method, f"/lab/{path}", json=body or None)
        assert answer.status_code == 204, answer.text

    def address(self, vmid: int) -> str:
        """Return a guest's address."""
        return next(guest.address for guest in self.site.guests if guest.id == vmid)

    def agent_form(self, vmid: int, name: str) -> dict[str, str]:
        """Return the form that makes an environment of an agent."""
        return {"Name": name, "EndpointCreationType": "2", "URL": f"tcp://{self.address(vmid)}:9001", **TLS_FLAGS}

    def requests(self) -> list[dict[str, Any]]:
        """Return the request log."""
        return [json.loads(line) for line in (self.folder / "requests.jsonl").read_text().splitlines()]


def _styles() -> list[str]:
    if not _REAL:
        return ["blocking", "async"]
    if style := os.environ.get("PHOENIX_PORTAINER_STYLE"):
        return [style]
    return ["blocking" if _real_version() < _FIRST_ASYNC else "async"]


@cache
def _real_version() -> tuple[int, ...]:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    status = requests.get(f"{_REAL}/api/system/status", verify=False, timeout=30).json()
    return tuple(int(part) for part in status["Version"].split(".")[:2])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a real server have a certificate of its own; filters that are set anywhere else end with each test."""
    for item in items if _REAL else ():
        item.add_marker(pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"))


TLS_FLAGS = {"TLS": "true", "TLSSkipVerify": "true", "TLSSkipClientVerify": "true"}


async def _all_connections_gone() -> None:
    for _ in range(4):
        await asyncio.sleep(0.001)


def _own_network() -> socket.socket:
    """Hold a network by one of its addresses, which no two tests that run side by side can have."""
    while True:
        lease = socket.socket()
        try:
            lease.bind((f"127.60.{random.randrange(1, 255)}.254", 9443))
        except OSError:
            lease.close()
        else:
            return lease


@pytest.fixture(scope="session", params=_styles())
def style(request: pytest.FixtureRequest) -> str:
    """The line of releases."""
    return str(request.param)


@pytest.fixture(scope="session")
def shared_lab(style: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab | None]:
    """One stand-in a style for all tests that leave it as it was; None for a real server."""
    if _REAL:
        yield None
        return
    running = Lab(tmp_path_factory.mktemp(f"portainer-{style}"), style, PortainerOptions(0.02, 0.1))
    yield running
    running.close()


@pytest.fixture(scope="session")
def api(shared_lab: Lab | None, style: str) -> Api:
    """A client of the server under test."""
    if shared_lab is not None:
        return shared_lab.client()
    user, password = os.environ.get("PHOENIX_PORTAINER_USER", "admin"), os.environ["PHOENIX_PORTAINER_PASSWORD"]
    client = Api(_REAL, user, password, False, style, os.environ.get("PHOENIX_PORTAINER_IMAGE", "busybox:lab"))
    client.inherits_environment = _real_version() < _FIRST_WITH_LIBRARY
    client.early = _real_version() <= _EARLY
    return client


@pytest.fixture
def environment(api: Api) -> Iterator[int]:
    """Number of an environment on the server's own engine; its stacks are removed afterwards."""
    form = {"Name": f"own-{uuid.uuid4().hex[:8]}", "EndpointCreationType": "1", "URL": "unix:///var/run/docker.sock"}
    if agent := os.environ.get("PHOENIX_PORTAINER_AGENT_URL"):
        form |= {"EndpointCreationType": "2", "URL": agent, **TLS_FLAGS}
    number = int(api.create_environment(form).json()["Id"])
    yield number
    for stack in api.call("GET", "/api/stacks").json():
        if stack["EndpointId"] == number:
            api.settled(stack["Id"])
            api.call("DELETE", f"/api/stacks/{stack['Id']}?endpointId={number}")
    api.call("DELETE", f"/api/endpoints/{number}")


@pytest.fixture
def name() -> str:
    """A stack name that nothing else has."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def lab(style: str, tmp_path: Path) -> Iterator[Lab]:
    """A stand-in for one test only, that may break it."""
    if _REAL:
        pytest.skip("only the stand-in can be broken")
    running = Lab(tmp_path / "lab", style, PortainerOptions(0.02, 0.1))
    yield running
    running.close()


@pytest.fixture
def new_lab(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """Start stand-ins with options of their own."""
    if _REAL:
        pytest.skip("only the stand-in can be started anew")
    running: list[Lab] = []

    def begin(style: str, agents: int = 2, **options: Any) -> Lab:
        running.append(Lab(tmp_path / f"lab-{len(running)}", style, PortainerOptions(**options), agents))
        return running[-1]

    yield begin
    for one in running:
        one.close()
