"""Private registries: made or adopted, used by the stacks that need them, and never a password in any property."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.lab.docker.private_registry import PASSWORD, USER
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.resources.portainer_registry import PortainerRegistryProvider

HOST = "private.registry.test:5000"
COMPOSE = f"services:\n  site:\n    image: {HOST}/team/app:1\n"


class Registry:
    """One registry, as the engine brings it up."""

    def __init__(self, world: Any, declared: Any) -> None:
        self.world = world
        self._declared = declared
        self.know(PASSWORD)

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._declared.state
        return state

    def know(self, password: str | None) -> None:
        """Begin a run whose settings have this password."""
        secrets = {"REGISTRY": SecretStr(password)} if password else {}
        credentials = Credentials("admin", SecretStr(self.world.lab.server.admin_password), secrets=secrets)
        clients_of_run.use(ClientsOfRun(Settings(**self.world.settings), credentials, clock=self.world.clock))

    def another(self) -> Registry:
        """Return a second resource of the same run."""
        other = object.__new__(Registry)
        other.world, other._declared = self.world, self.world.declared(PortainerRegistryProvider())
        return other

    def up(self, **changes: Any) -> str:
        inputs = {
            "resource": "registry@team",
            "server": self.world.server,
            "registry": "team",
            "url": HOST,
            "user": USER,
            "secret": "REGISTRY",
            "environments": [self.world.environment.state["environment_id"]],
        }
        done: str = self._declared.up(inputs | changes)
        assert PASSWORD not in json.dumps(self.state)
        return done

    def refresh(self) -> None:
        self._declared.refresh()

    def destroy(self) -> None:
        self._declared.destroy()

    @property
    def gone(self) -> bool:
        return not self._declared.id

    def live(self) -> list[dict[str, Any]]:
        return list(self.world.api.call("GET", "/api/registries").json())

    def by_hand(self, **fields: Any) -> int:
        body = {"Type": 3, "URL": HOST, "Authentication": True, "Username": USER, "Password": PASSWORD, **fields}
        answer = self.world.api.call("POST", "/api/registries", json=body)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["Id"])


@pytest.fixture
def registry(world: Any) -> Registry:
    """A registry that nobody has brought up yet."""
    return Registry(world, world.declared(PortainerRegistryProvider()))


def writes(world: Any, action: Any) -> list[tuple[str, str]]:
    done = world.requests_of(action)
    return [(item["method"], item["path"]) for item in done if item["method"] != "GET" and "/auth" not in item["path"]]


def test_it_is_made_and_a_second_run_writes_nothing(world: Any, registry: Registry) -> None:
    assert registry.up() == "create"
    (live,) = registry.live()
    assert (live["Name"], live["URL"], live["Username"], live["Type"]) == ("team", HOST, USER, 3)
    assert list(live["RegistryAccesses"]) == [str(world.environment.state["environment_id"])]
    assert writes(world, registry.up) == []
    assert registry.up() == "same"


def test_one_made_by_hand_is_adopted_under_its_number(world: Any, registry: Registry) -> None:
    number = registry.by_hand(Name="Team registry", Password="outdated")
    policies = {"UserAccessPolicies": {"7": {"RoleId": 0}}, "TeamAccessPolicies": {}}
    path = f"/api/endpoints/{world.environment.state['environment_id']}/registries/{number}"
    assert world.api.call("PUT", path, json=policies).status_code == 204
    assert registry.up() == "create"
    (live,) = registry.live()
    assert (live["Id"], live["Name"]) == (number, "team")
    # Who could use it there before still can.
    (access,) = live["RegistryAccesses"].values()
    assert access["UserAccessPolicies"] == {"7": {"RoleId": 0}}
    assert registry.up() == "same"


def test_a_name_that_another_registry_has_is_told(registry: Registry) -> None:
    registry.by_hand(Name="team", URL="elsewhere.test")
    registry.up()
    assert "another registry of the name team" in registry.state["failure"]
    assert [item["URL"] for item in registry.live()] == ["elsewhere.test"]
    # The next run tries again.
    assert registry.up() == "update"


@pytest.mark.parametrize(
    "drift", [{"Name": "renamed"}, {"URL": "moved.test"}, {"Username": "x", "Authentication": True}]
)
def test_drift_is_repaired(world: Any, registry: Registry, drift: dict[str, Any]) -> None:
    registry.up()
    number = registry.state["registry_id"]
    assert world.api.call("PUT", f"/api/registries/{number}", json=drift).status_code == 200
    world.connect()
    registry.know(PASSWORD)
    assert registry.up() == "update"
    (live,) = registry.live()
    assert (live["Id"], live["Name"], live["URL"], live["Username"]) == (number, "team", HOST, USER)
    assert registry.up() == "same"


def test_one_deleted_by_hand_is_made_anew(world: Any, registry: Registry) -> None:
    registry.up()
    world.api.call("DELETE", f"/api/registries/{registry.state['registry_id']}")
    registry.know(PASSWORD)
    assert registry.up() == "create"
    assert len(registry.live()) == 1


def test_a_list_that_does_not_show_who_has_access_is_no_drift(
    world: Any, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = {"Password": "", "RegistryAccesses": None}
    place = "phoenix_providers.lab.portainer.registries.Registries._listed"
    monkeypatch.setattr(place, lambda _self, item: {**item, **hidden})
    assert registry.up() == "create"
    registry.know(PASSWORD)
    assert registry.up() == "same"


def test_an_environment_made_anew_is_let_in(world: Any, registry: Registry) -> None:
    registry.up()
    other = world.api.create_environment(world.lab.agent_form(112, "vm112")).json()["Id"]
    environments = [world.environment.state["environment_id"], other, 0]
    registry.know(PASSWORD)
    assert registry.up(environments=environments) == "update"
    (live,) = registry.live()
    assert set(live["RegistryAccesses"]) == {str(number) for number in environments if number}
    registry.know(PASSWORD)
    assert registry.up(environments=environments) == "same"


def test_another_password_is_sent_once(world: Any, registry: Registry) -> None:
    registry.know("outdated")
    registry.up()
    registry.know(PASSWORD)
    assert registry.up() == "update"
    assert registry.up() == "same"
    stack = world.stack()
    stack.up(world.inputs(COMPOSE))
    assert stack.state["failure"] == ""


def test_a_secret_that_is_not_set_is_a_failure_and_nothing_is_sent(world: Any, registry: Registry) -> None:
    registry.know(None)
    assert writes(world, registry.up) == []
    assert registry.state["failure"] == "the secret REGISTRY is not set"


def test_an_unreachable_portainer_is_not_a_deleted_registry(world: Any, registry: Registry) -> None:
    registry.up()
    world.connect(request_timeout=0.5)
    registry.know(PASSWORD)
    world.faults("GET", "/api/registries", "status", 503, times=9)
    registry.refresh()
    assert not registry.gone
    assert "503" in registry.state["observed"]
    world.lab.control("faults")
    registry.know(PASSWORD)
    assert registry.up() == "same"


@pytest.mark.parametrize("action", ["cut_after", "cut_before", "status"])
def test_an_unclear_answer_never_makes_two(world: Any, registry: Registry, action: str) -> None:
    world.faults("POST", "/api/registries", action, 504)
    registry.up()
    assert registry.state["failure"] == ""
    assert len(registry.live()) == 1
    assert registry.up() == "same"


def test_it_is_deleted_and_already_gone_is_fine(world: Any, registry: Registry) -> None:
    registry.up()
    world.api.call("DELETE", f"/api/registries/{registry.state['registry_id']}")
    registry.know(PASSWORD)
    registry.destroy()
    assert registry.live() == []


def test_a_new_name_keeps_what_it_has_adopted(registry: Registry) -> None:
    registry.up()
    registry.know(PASSWORD)
    renamed = registry.another()
    renamed.up(resource="registry@crew", registry="crew")
    registry.destroy()
    assert [item["Name"] for item in registry.live()] == ["crew"]


def test_a_stack_with_private_images_needs_it(world: Any, registry: Registry) -> None:
    stack = world.stack()
    assert writes(world, lambda: stack.up(world.inputs(COMPOSE)))[-1][1].startswith("/api/endpoints/")
    assert "no basic auth credentials" in stack.state["failure"]
    assert f"(asked {HOST} without a sign-in)" in stack.state["failure"]
    assert world.records() == []
    registry.up()
    registry.know(PASSWORD)
    assert stack.up(world.inputs(COMPOSE)) == "update"
    assert stack.state["failure"] == ""
    assert world.containers()["site"].running
    registry.know(PASSWORD)
    assert stack.up(world.inputs(COMPOSE)) == "same"


def test_a_wrong_password_keeps_the_stack_unsent(world: Any, registry: Registry) -> None:
    registry.know("outdated")
    registry.up()
    stack = world.stack()
    stack.up(world.inputs(COMPOSE))
    assert f"unauthorized: authentication required (asked {HOST} as {USER})" in stack.state["failure"]
    assert world.records() == []


def test_the_oldest_line_that_lists_passwords_and_panics_at_what_is_gone(new_world: Any) -> None:
    world = new_world("early")
    world.bring_environment_up()
    registry = Registry(world, world.declared(PortainerRegistryProvider()))
    registry.up()
    registry.know(PASSWORD)
    assert registry.up() == "same"
    world.api.call("DELETE", f"/api/registries/{registry.state['registry_id']}")
    # Nobody knows yet that it is gone: the list was read before.
    clients_of_run.current().portainer(PortainerServer.from_input(world.server)).registries.delete(
        registry.state["registry_id"]
    )
    registry.destroy()
    assert registry.live() == []
