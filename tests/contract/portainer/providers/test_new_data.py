"""A Portainer whose data folder was emptied under a deployed site: it knows nobody and nothing, and counts from 1."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider
from phoenix_providers.resources.portainer_registry import PortainerRegistryProvider
from phoenix_providers.resources.portainer_stack import PortainerStackProvider
from phoenix_providers.resources.provider import AS_DECLARED
from phoenix_providers.resources.readiness_gate import ReadinessGateProvider

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
PASSWORD = "a-long-password-1"
HOST = "private.registry.test:5000"
# The engine brings environments up side by side: their order says nothing.
ANOTHER_ORDER = (112, 111)


class Site:
    """A gate, two VMs with a stack each, and a registry."""

    def __init__(self, world: Any, projects: tuple[str, str] = ("web-production", "api-production")) -> None:
        self.world = world
        self.projects = dict(zip((111, 112), projects, strict=True))
        self.gate = world.declared(ReadinessGateProvider())
        self.environments = {111: world.environment, 112: world.declared(PortainerEndpointProvider())}
        self.registry = world.declared(PortainerRegistryProvider())
        self.stacks = {vmid: world.declared(PortainerStackProvider()) for vmid in (111, 112)}
        self.password: str | None = world.lab.server.admin_password
        self.key = ""

    @property
    def resources(self) -> list[Any]:
        return [self.gate, *self.environments.values(), self.registry, *self.stacks.values()]

    def begin(self) -> None:
        """Begin a run: another process."""
        credentials = Credentials(
            "admin",
            SecretStr(self.password) if self.password else None,
            SecretStr(self.key) if self.key else None,
            SecretStr(self.world.lab.server.setup_token) if self.world.lab.server.setup_token else None,
            secrets={"REGISTRY": SecretStr("canary-registry")},
        )
        settings = Settings(**self.world.settings, readiness_timeout=0.1)
        clients_of_run.use(ClientsOfRun(settings, credentials))

    def refresh(self) -> None:
        for resource in self.resources:
            resource.refresh()

    def apply(self, order: tuple[int, ...] = (111, 112)) -> list[str]:
        done = self.apply_environments(order)
        done.append(self.registry.apply(self.registry_inputs()))
        return done + [self.stacks[vmid].apply(self.inputs(vmid)) for vmid in order]

    def apply_environments(self, order: tuple[int, ...]) -> list[str]:
        """Do what comes before registries and stacks."""
        done = [self.gate.apply({"portainer": self.world.server})]
        return done + [self.environments[vmid].apply(self.world.environment_inputs(vmid)) for vmid in order]

    def run(self, order: tuple[int, ...] = (111, 112)) -> set[str]:
        self.begin()
        self.refresh()
        return set(self.apply(order))

    def inputs(self, vmid: int, **changes: Any) -> dict[str, Any]:
        environment = self.environments[vmid].state
        own = {
            "resource": f"stack@{vmid}",
            "environment": f"vm{vmid}",
            "environment_id": environment["environment_id"],
            "environment_instance": environment.get("instance"),
        }
        inputs: dict[str, Any] = self.world.inputs(WEB, project=self.projects[vmid], **own)
        return inputs | changes

    def registry_inputs(self) -> dict[str, Any]:
        return {
            "resource": "registry@team",
            "server": self.world.server,
            "registry": "team",
            "url": HOST,
            "user": "lab",
            "secret": "REGISTRY",
            "environments": [item.state["environment_id"] for item in self.environments.values()],
        }

    def failures(self) -> list[str]:
        return [item.state.get("failure", "") for item in self.resources]

    def live(self, vmid: int) -> dict[str, str]:
        found = self.world.containers(self.projects[vmid], vmid)
        return {service: str(item.id) for service, item in found.items()}

    def client(self) -> Any:
        client = self.world.lab.client()
        client.password = self.password or PASSWORD
        return client

    def records(self) -> dict[str, str]:
        """Return the stacks that Portainer has, with the names of their environments."""
        client = self.client()
        names = {item["Id"]: item["Name"] for item in client.call("GET", "/api/endpoints").json()}
        return {item["Name"]: names[item["EndpointId"]] for item in client.call("GET", "/api/stacks").json()}


@pytest.fixture
def site(world: Any) -> Site:
    """A site that is deployed."""
    made = Site(world)
    assert made.run() == {"create", "same"}
    assert set(made.failures()) == {""}
    assert made.run() == {"same"}
    return made


def emptied(site: Site, *, administrator: bool = False) -> None:
    site.world.lab.empty(administrator=administrator)
    if not administrator and site.password:
        site.password = PASSWORD


def test_one_run_brings_the_whole_site_back(site: Site) -> None:
    before = {vmid: site.live(vmid) for vmid in (111, 112)}
    emptied(site)
    assert site.run(ANOTHER_ORDER) == {"update"}
    assert set(site.failures()) == {""}
    assert site.records() == {"web-production": "vm111", "api-production": "vm112"}
    assert [item["Name"] for item in site.client().call("GET", "/api/registries").json()] == ["team"]
    assert {vmid: site.live(vmid) for vmid in (111, 112)} == before
    assert site.run() == {"same"}


def test_a_look_makes_no_administrator(site: Site) -> None:
    emptied(site)
    routes = site.stacks[111].state["live_routes"]
    site.begin()
    site.refresh()
    assert site.world.lab.client().raw("GET", "/api/users/admin/check").status_code == 404
    assert all(item.id for item in site.resources), "nothing is taken for gone"
    assert site.stacks[111].state["live_routes"] == routes
    assert "no administrator yet" in site.gate.state["observed"]
    for item in site.resources[1:]:
        assert "set up anew" in item.state["observed"]


def test_a_run_that_was_killed_after_the_first_environment_goes_on(site: Site) -> None:
    emptied(site)
    before = {vmid: site.live(vmid) for vmid in (111, 112)}
    site.begin()
    site.refresh()
    site.gate.apply({"portainer": site.world.server})
    site.environments[112].apply(site.world.environment_inputs(112))
    assert site.run(ANOTHER_ORDER) == {"same", "update"}
    assert site.records() == {"web-production": "vm111", "api-production": "vm112"}
    assert {vmid: site.live(vmid) for vmid in (111, 112)} == before
    assert site.run() == {"same"}


def test_numbers_of_the_old_data_are_used_for_nothing(site: Site) -> None:
    """Here the new server has an environment, a stack and a registry of other people under the old numbers."""
    emptied(site, administrator=True)
    client = site.client()
    for vmid in ANOTHER_ORDER:
        number = client.create_environment(site.world.lab.agent_form(vmid, f"theirs {vmid}")).json()["Id"]
        client.deployed(client.create_stack(number, f"theirs{vmid}", WEB))
    body = {"Type": 3, "URL": "theirs.test", "Authentication": True, "Username": "u", "Password": "p", "Name": "theirs"}
    assert client.call("POST", "/api/registries", json=body).json()["Id"] == site.registry.state["registry_id"]
    site.begin()
    site.refresh()
    seen = site.world.requests_of(lambda: [item.destroy() for item in reversed(site.resources)])
    assert [item["path"] for item in seen if item["method"] not in ("GET", "POST")] == []
    assert [item["Name"] for item in client.call("GET", "/api/endpoints").json()] == ["theirs 112", "theirs 111"]
    assert site.records() == {"theirs112": "theirs 112", "theirs111": "theirs 111"}


def test_an_older_state_does_not_say_to_which_data_its_numbers_belong(site: Site) -> None:
    for item in site.resources:
        item.state.pop("instance", None)
        item.state.pop("environment_instance", None)
    assert site.run() == {"same"}
    before = {vmid: site.live(vmid) for vmid in (111, 112)}
    emptied(site)
    site.run(ANOTHER_ORDER)
    assert set(site.failures()) == {""}
    assert site.records() == {"web-production": "vm111", "api-production": "vm112"}
    assert {vmid: site.live(vmid) for vmid in (111, 112)} == before
    assert site.run() == {"same"}


def test_a_scoped_run_sends_nothing_to_an_old_number(site: Site) -> None:
    emptied(site, administrator=True)
    site.client().create_environment(site.world.lab.agent_form(112, "vm112"))
    stack = site.stacks[111]
    routes = stack.state["live_routes"]
    site.begin()
    stack.refresh()
    seen = site.world.requests_of(lambda: stack.apply(site.inputs(111)))
    assert [item for item in seen if item["method"] != "GET"] == []
    assert "phoenix sync all" in stack.state["failure"]
    assert stack.state["live_routes"] == routes
    assert site.run(ANOTHER_ORDER) >= {"update"}
    assert (set(site.failures()), site.run()) == ({""}, {"same"})


def test_a_key_of_the_old_data_gives_way_to_the_password(site: Site, capsys: Any) -> None:
    client = site.client()
    body = {"description": "phoenix", "password": client.password}
    site.key = client.call("POST", "/api/users/1/tokens", json=body).json()["rawAPIKey"]
    assert site.run() == {"same"}
    emptied(site)
    assert site.run(ANOTHER_ORDER) == {"update"}
    assert set(site.failures()) == {""}
    told = capsys.readouterr().err
    assert "refused the API key" in told
    assert "phoenix:portainerApiKey" in told
    assert site.key not in told


def test_a_key_alone_says_what_to_do(site: Site) -> None:
    client = site.client()
    body = {"description": "phoenix", "password": client.password}
    site.key, site.password = client.call("POST", "/api/users/1/tokens", json=body).json()["rawAPIKey"], None
    assert site.run() == {"same"}
    emptied(site)
    site.begin()
    site.refresh()
    assert all(item.id for item in site.resources)
    with pytest.raises(Exception, match="knows no API key either") as caught:
        site.gate.apply({"portainer": site.world.server})
    assert "phoenix:portainerPassword" in str(caught.value)
    assert "phoenix:portainerApiKey" in str(caught.value)
    assert site.gate.state["observed"] != AS_DECLARED


@pytest.fixture
def twins(world: Any) -> Site:
    """One project on two machines."""
    made = Site(world, ("watch-production", "watch-production"))
    made.run()
    assert set(made.failures()) == {""}
    return made


def test_one_project_on_two_machines(twins: Site, style: str, capsys: Any) -> None:
    """Up to 2.39 a server refuses a name that a record has while containers of that project run elsewhere."""
    before = {vmid: twins.live(vmid) for vmid in (111, 112)}
    emptied(twins)
    twins.run(ANOTHER_ORDER)
    assert set(twins.failures()) == {""}
    assert twins.live(112) == before[112]
    assert (twins.live(111) == before[111]) == (style == "async")
    assert ("removed and made anew" in capsys.readouterr().err) == (style == "blocking")
    assert twins.run() == {"same"}


@pytest.mark.parametrize("engine", ["same", "down"])
def test_a_name_that_may_be_held_by_its_own_engine_is_left_alone(world: Any, engine: str) -> None:
    """Two environments that lead to one engine: the containers belong to the record of the other one."""
    number = world.environment.state["environment_id"]
    twin = world.api.create_environment(world.lab.agent_form(111 if engine == "same" else 112, "twin")).json()["Id"]
    world.api.deployed(world.api.create_stack(twin, "web-production", WEB))
    if engine != "same":
        world.api.deployed(world.api.create_stack(number, "web-production", WEB))
        form = {"Name": "spare", "EndpointCreationType": "1", "URL": "unix:///var/run/docker.sock"}
        spare = world.api.create_environment(form).json()["Id"]
        mine = next(item for item in world.records() if item["EndpointId"] == number)
        world.api.call("DELETE", f"/api/stacks/{mine['Id']}?endpointId={spare}")
        world.agent(112, up=False)
    before = world.containers()["web"].id
    stack = world.stack()
    world.connect()
    stack.up(world.inputs(WEB))
    assert world.containers()["web"].id == before
    refused = world.api.style == "blocking"
    assert ("refuses the name" in stack.state["failure"]) == refused


def test_a_stack_that_leaves_in_the_run_that_brings_the_site_back(site: Site, capsys: Any) -> None:
    emptied(site)
    site.begin()
    site.refresh()
    site.apply_environments(ANOTHER_ORDER)
    site.registry.apply(site.registry_inputs())
    site.stacks[111].apply(site.inputs(111))
    site.stacks[112].destroy()
    assert site.live(112) == {}
    assert site.live(111) != {}
    assert site.records() == {"web-production": "vm111"}


def test_a_stack_that_leaves_after_it_could_not_be_brought_back(site: Site) -> None:
    """No record of it was made since, and the state belongs to the new data by now."""
    emptied(site)
    site.begin()
    site.refresh()
    site.apply_environments(ANOTHER_ORDER)
    stack = site.stacks[112]
    stack.apply(site.inputs(112, compose=WEB.replace("busybox:lab", "nosuch/h:1")))
    assert "nosuch/h:1" in stack.state["failure"]
    assert (site.records(), bool(site.live(112))) == ({}, True)
    stack.destroy()
    assert site.live(112) == {}


def test_one_whose_name_somebody_has_again_stays(site: Site) -> None:
    """As after a rename of its resource: the new one has brought the project back already."""
    emptied(site)
    site.run(ANOTHER_ORDER)
    before = site.live(112)
    stack = site.stacks[112]
    stack.state["environment_instance"] = "that of the old data"
    stack.destroy()
    assert site.live(112) == before
    assert site.records() == {"web-production": "vm111", "api-production": "vm112"}


def test_a_stack_that_leaves_with_its_environment_is_named(site: Site, capsys: Any) -> None:
    emptied(site, administrator=True)
    site.begin()
    site.stacks[112].destroy()
    assert "'vm112'; what of it runs on that machine goes on running" in capsys.readouterr().err


def test_agents_that_still_obey_the_old_data_are_named_and_lose_nothing(site: Site) -> None:
    """Without a secret an agent remembers the first server that called it, until it is started anew."""
    before = {vmid: site.live(vmid) for vmid in (111, 112)}
    routes = [site.stacks[vmid].state["live_routes"] for vmid in (111, 112)]
    emptied(site)
    site.world.lab.control("hosts/112/agent", paired_elsewhere=True)
    site.run()
    assert [vmid for vmid in (111, 112) if site.environments[vmid].state["failure"]] == [112]
    assert "obeys another Portainer" in site.environments[112].state["failure"]
    assert site.stacks[112].state["failure"]
    assert [site.stacks[vmid].state["live_routes"] for vmid in (111, 112)] == routes
    assert site.records() == {"web-production": "vm111"}
    site.world.lab.control("hosts/112/agent", paired_elsewhere=False, up=True)
    site.run()
    assert set(site.failures()) == {""}
    assert {vmid: site.live(vmid) for vmid in (111, 112)} == before
    assert site.run() == {"same"}
