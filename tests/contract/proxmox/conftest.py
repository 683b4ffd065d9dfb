"""The Proxmox under test: the lab's, or a real one.

PHOENIX_PROXMOX_URL, PHOENIX_PROXMOX_TOKEN (`user@realm!id=uuid`) and, if need be, PHOENIX_PROXMOX_CA name a real one.
The contract tests put back what they change there: rules are added switched off and deleted again, files are restored.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.lab.site import LabGuest, LabSite

MARK = "phoenix contract test"


def lab_site() -> LabSite:
    """A small site on an address that nobody else has."""
    address = "127.{}.{}.{}".format(*(random.randint(20, 250) for _ in range(3)))
    guests = (
        LabGuest(id=111, name="docker-1", kind="vm", address="127.0.1.11"),
        LabGuest(id=201, name="gateway", kind="lxc", address="127.0.1.21"),
    )
    return LabSite(
        domain="lab.test",
        node="pve",
        node_address=address,
        portainer_address="127.0.1.10",
        portainer_port=9443,
        agent_port=9001,
        traefik_address="127.0.1.22",
        guests=guests,
    )


@pytest.fixture
def site() -> LabSite:
    return lab_site()


@pytest.fixture
def lab(site: LabSite, tmp_path: Path) -> Iterator[ProxmoxInThread]:
    with ProxmoxInThread(site, tmp_path) as running:
        yield running


class Api:
    """Requests as a client of Proxmox sends them."""

    def __init__(self, url: str, token: str, ca_file: str | None) -> None:
        self._url = url.rstrip("/").removesuffix("/api2/json")
        self._session = requests.Session()
        # Said with every request: REQUESTS_CA_BUNDLE would win over what the session says.
        self._trust: str | bool = ca_file or True
        self._session.headers["Authorization"] = f"PVEAPIToken={token}"

    def __call__(self, method: str, path: str, **form: Any) -> requests.Response:
        url = f"{self._url}/api2/json/{path}"
        return self._session.request(method, url, data=form or None, verify=self._trust, timeout=30)

    def data(self, path: str) -> Any:
        response = self("GET", path)
        assert response.status_code == 200, response.reason
        return response.json()["data"]

    def done(self, method: str, path: str, **form: Any) -> None:
        response = self(method, path, **form)
        assert response.status_code == 200, f"{response.reason} {response.text}"

    def without_token(self, path: str, token: str = "") -> requests.Response:
        headers = {"Authorization": f"PVEAPIToken={token}"} if token else {}
        return requests.get(f"{self._url}/api2/json/{path}", headers=headers, verify=self._trust, timeout=30)

    def close(self) -> None:
        self._session.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    url = os.environ.get("PHOENIX_PROXMOX_URL")
    if url:
        api = Api(url, os.environ["PHOENIX_PROXMOX_TOKEN"], os.environ.get("PHOENIX_PROXMOX_CA"))
        yield api
        api.close()
        return
    with ProxmoxInThread(lab_site(), tmp_path_factory.mktemp("lab")) as running:
        api = Api(running.server.url, running.server.token, str(running.ca_file))
        yield api
        api.close()


@pytest.fixture(scope="module")
def node(product: Api) -> str:
    return str(product.data("nodes")[0]["node"])


@pytest.fixture(scope="module")
def guest(product: Api, node: str) -> str:
    """The path of a virtual machine."""
    machines = [one for one in product.data("cluster/resources?type=vm") if one["type"] == "qemu"]
    return f"nodes/{node}/qemu/{machines[0]['vmid']}"


@pytest.fixture(params=["cluster/firewall/rules", "guest"])
def rules(request: pytest.FixtureRequest, product: Api, guest: str) -> Iterator[str]:
    """A place for rules; the ones that a test leaves are taken away."""
    path = f"{guest}/firewall/rules" if request.param == "guest" else request.param
    yield path
    for rule in reversed(product.data(path)):
        if str(rule.get("comment", "")).startswith(MARK):
            product.done("DELETE", f"{path}/{rule['pos']}")
