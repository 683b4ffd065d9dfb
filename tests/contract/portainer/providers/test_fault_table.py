"""Every write to Portainer, each with every way in which its answer can get lost: the same run settles it, or the next.

What counts: nothing twice, nothing lost, no container restarted without need, and a run behind it that changes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.portainer_registry import PortainerRegistryProvider

WEB = "services:\n  web:\n    image: busybox:lab\n    command: [sleep, '3600']\n    restart: always\n"
CHANGED = WEB + "    labels: [a=b]\n"
FAULTS = {
    "504 and done": ("status_after", 504),
    "504 and not done": ("status", 504),
    "cut after it was sent, and not done": ("cut_before", 0),
    "cut after it was done": ("cut_after", 0),
    "500 and done": ("status_after", 500),
}
# Of a refusal without words nobody can tell that it was none; where the same run does not look, the next one does.
SETTLED_LATER = {
    (write, "500 and done") for write in ("create a stack", "update a stack", "start a stack that was stopped")
}
# Whether a password arrived cannot be seen.
SETTLED_LATER |= {("update a registry", "500 and done")}


class Site:
    """An environment, a stack and a registry, as far as a write needs them."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.stack = world.stack()
        self.registry = world.declared(PortainerRegistryProvider())
        self.text = WEB
        self.name, self.user = "vm111", "lab"
        self.with_stack = self.with_registry = self.with_environment = True

    def begin(self) -> None:
        password = SecretStr(self.world.lab.server.admin_password)
        credentials = Credentials("admin", password, secrets={"REGISTRY": SecretStr("canary-registry")})
        clients_of_run.use(ClientsOfRun(Settings(**self.world.settings), credentials, clock=self.world.clock))

    def run(self) -> set[str]:
        """Do a full run as the engine does: refresh, then creations and changes, then deletions if all went well."""
        self.begin()
        done = set()
        environment = self.world.environment
        for item in (environment, self.registry, self.stack):
            item.refresh()
        if self.with_environment:
            done.add(environment.apply(self.world.environment_inputs(111, environment=self.name)))
        if self.with_registry:
            done.add(self.registry.apply(self.registry_inputs()))
        if self.with_stack:
            done.add(self.stack.apply(self.world.inputs(self.text)))
        with contextlib.suppress(Exception):
            for item, wanted in (
                (self.stack, self.with_stack),
                (self.registry, self.with_registry),
                (environment, self.with_environment),
            ):
                if item.id and not wanted:
                    item.destroy()
                    done.add("delete")
        return done

    def registry_inputs(self) -> dict[str, Any]:
        return {
            "resource": "registry@team",
            "server": self.world.server,
            "registry": "team",
            "url": "registry.test:5000",
            "user": self.user,
            "secret": "REGISTRY",
            "environments": [self.world.environment.state["environment_id"]],
        }

    def declared(self) -> list[Any]:
        wanted = (
            (self.world.environment, self.with_environment),
            (self.registry, self.with_registry),
            (self.stack, self.with_stack),
        )
        return [item for item, is_wanted in wanted if is_wanted]

    def live(self) -> tuple[list[str], list[str], list[tuple[str, int]], list[str]]:
        """Return the names of environments, registries with their users, stacks with status, and containers."""
        call = self.world.api.call
        return (
            [item["Name"] for item in call("GET", "/api/endpoints").json()],
            [f"{item['Name']} {item['Username']}" for item in call("GET", "/api/registries").json()],
            [(item["Name"], item["Status"]) for item in call("GET", "/api/stacks").json()],
            [item.labels.get("a", "") for item in self.world.containers().values() if item.running],
        )

    def expected(self) -> tuple[list[str], list[str], list[tuple[str, int]], list[str]]:
        return (
            [self.name] if self.with_environment else [],
            [f"team {self.user}"] if self.with_registry else [],
            [("web-production", 1)] if self.with_stack else [],
            (["b"] if self.text == CHANGED else [""]) if self.with_stack else [],
        )


@dataclass(frozen=True)
class Write:
    """One write: the request, what has to be there before, and the edit that leads to it."""

    method: str
    path: str
    edit: Callable[[Site], None]
    before: Callable[[Site], object] = lambda site: site.run()


def nothing(_site: Site) -> None:
    """Do nothing."""


def without(*names: str) -> Callable[[Site], None]:
    def edit(site: Site) -> None:
        for name in names:
            setattr(site, f"with_{name}", False)

    return edit


def change(**attributes: str) -> Callable[[Site], None]:
    def edit(site: Site) -> None:
        for name, value in attributes.items():
            setattr(site, name, value)

    return edit


def bare(site: Site) -> None:
    """Bring nothing up, not even the environment."""
    site.world.environment.destroy()


def stopped(site: Site) -> None:
    site.run()
    (record,) = site.world.records()
    path = f"/api/stacks/{record['Id']}/stop?endpointId={record['EndpointId']}"
    assert site.world.api.call("POST", path).status_code == 200


def lost(site: Site) -> None:
    site.run()
    site.world.api.call("DELETE", f"/api/endpoints/{site.world.environment.state['environment_id']}")


WRITES = {
    "create an environment": Write("POST", "/api/endpoints$", nothing, bare),
    "rename an environment": Write("PUT", r"/api/endpoints/\d+$", change(name="apps")),
    "delete an environment": Write("DELETE", "/api/endpoints/", without("stack", "registry", "environment")),
    "create a registry": Write("POST", "/api/registries", nothing, nothing),
    "update a registry": Write("PUT", r"/api/registries/\d+$", change(user="other")),
    "admit an environment": Write("PUT", r"/api/endpoints/\d+/registries/", nothing, nothing),
    "delete a registry": Write("DELETE", "/api/registries/", without("registry")),
    "create a stack": Write("POST", "/api/stacks/create", nothing, nothing),
    "update a stack": Write("PUT", r"/api/stacks/\d+\?", change(text=CHANGED)),
    "start a stack that was stopped": Write("PUT", r"/api/stacks/\d+\?", nothing, stopped),
    "delete a stack": Write("DELETE", "/api/stacks/", without("stack")),
    "associate a stack": Write("PUT", "/associate", nothing, lost),
}


def styles(write: str) -> tuple[str, ...]:
    """Only stacks are another matter on servers that deploy in the background."""
    return ("blocking", "async") if "stack" in write else ("blocking",)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("write", "style_name"), [(write, style) for write in WRITES for style in styles(write)])
def test_an_answer_that_gets_lost(new_world: Any, write: str, style_name: str, fault: str) -> None:
    world = new_world(style_name, agents=1)
    world.bring_environment_up()
    site, what = Site(world), WRITES[write]
    what.before(site)
    world.settings["deploy_timeout"] = 400.0
    world.hurry()
    number = [item["Id"] for item in world.records()]
    containers = {item.id for item in world.containers().values()}
    what.edit(site)
    action, value = FAULTS[fault]
    world.faults(what.method, what.path, action, value)
    site.run()
    assert world.api.raw("GET", "/lab/faults").json() == [], "the write was met"
    if (write, fault) not in SETTLED_LATER:
        assert [item.state["failure"] for item in site.declared()] == [""] * len(site.declared())
        assert site.live() == site.expected()
    site.run()
    assert [item.state["failure"] for item in site.declared()] == [""] * len(site.declared())
    assert site.live() == site.expected()
    if site.with_stack and number:
        assert [item["Id"] for item in world.records()] == number
    if site.with_stack and site.text == WEB and what.before is not stopped and containers:
        assert {item.id for item in world.containers().values()} == containers
    assert site.run() <= {"same"}
