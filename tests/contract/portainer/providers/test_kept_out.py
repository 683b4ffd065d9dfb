"""What works stays until the firewall lets Traefik to what takes its place."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.traefik_config import PARTS, TraefikConfigProvider

OLD = "services:\n  web:\n    image: busybox:lab\n    ports: ['18201:80']\n"
NEW = "services:\n  web:\n    image: busybox:lab\n    ports: ['18202:80']\n"
TELLS = "old@111 stays as it is until new@111 can be reached: the firewall keeps Traefik from it"
CLOSED = frozenset({"backend@111:18202"})


def part(port: int) -> dict[str, Any]:
    services = {"s": {"loadBalancer": {"servers": [{"url": f"http://127.0.0.1:{port}"}]}}}
    return {"http": {"routers": {"r": {"rule": "Host(`a`)", "service": "s"}}, "services": services}}


class Move:
    """An old stack with a route that works, and a new one that takes its place."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.old, self.new = world.stack(), world.stack()
        self.old.up(world.inputs(OLD, project="old-production", resource="old@111", routes=part(18201)))
        self.published = {PARTS: {"old@111": part(18201)}}

    def begin(self, closed: frozenset[str], *, old: str = "old@111", project: str = "old-production") -> None:
        made = self.world.connect()
        made.notes.whole_run, made.notes.closed_connections = True, closed
        made.notes.leaving = (
            LeavingStack(old, project, "vm111", ("new@111",), back_ends={"new@111": ("backend@111:18202",)}),
        )

    def inputs(self, text: str = NEW, **more: Any) -> dict[str, Any]:
        said = {"project": "new-production", "resource": "new@111", "routes": part(18202), **more}
        inputs: dict[str, Any] = self.world.inputs(text, **said)
        return inputs

    def parts(self) -> dict[str, Any]:
        """What `traefik-stacks` would publish."""
        routes = {"new@111": self.new.state.get("live_routes") or {}}
        checked: dict[str, Any] = TraefikConfigProvider().check(self.published, {PARTS: routes}).inputs
        return {name: items for name, items in unpacked(checked[PARTS]).items() if items}


@pytest.fixture
def move(world: Any) -> Move:
    return Move(world)


def test_it_stays_with_its_route_in_every_run_and_goes_once_the_rule_is_there(
    move: Move, capsys: pytest.CaptureFixture[str]
) -> None:
    for done in ("create", "update"):
        move.begin(CLOSED)
        assert move.new.up(move.inputs()) == done
        assert f"not as declared: {TELLS}" in capsys.readouterr().err
        assert move.new.state["failure"].startswith(TELLS)
        assert (move.new.state["live_routes"], move.new.state["kept_out"]) == ({}, True)
        assert set(move.world.containers("new-production")) == {"web"}
        assert move.parts() == {"old@111": part(18201)}
        with pytest.raises(Exception, match="old@111 stays as it is until new@111 can be reached"):
            move.old.destroy()
    move.world.connect()
    assert move.new.up(move.inputs()) == "update"
    # A run for one stack, which removes nothing.
    assert (move.new.state["failure"].startswith(TELLS), move.new.state["live_routes"]) == (True, {})
    move.begin(frozenset())
    assert move.new.up(move.inputs()) == "update"
    assert (move.new.state["failure"], move.new.state["live_routes"]) == ("", part(18202))
    assert "kept_out" not in move.new.state
    assert move.parts() == {"new@111": part(18202)}
    move.old.destroy()
    assert move.world.records("old-production") == []
    assert move.new.up(move.inputs()) == "same"


def test_one_that_a_run_for_one_stack_has_brought_up_already_waits_as_well(move: Move) -> None:
    move.world.connect()
    move.new.up(move.inputs())
    assert move.new.state["live_routes"] == part(18202)
    move.begin(CLOSED)
    assert move.new.up(move.inputs()) == "same"
    assert move.parts() == {"old@111": part(18201)}
    with pytest.raises(Exception, match="can be reached"):
        move.old.destroy()
    move.begin(frozenset())
    assert move.parts() == {"new@111": part(18202)}
    move.old.destroy()


def test_nothing_makes_room_for_what_cannot_be_reached(move: Move) -> None:
    """Both need one port; the route goes to another one, which is closed."""
    text = NEW.replace("'18202:80'", "'18202:80', '18201:81'")
    move.begin(CLOSED)
    move.new.up(move.inputs(text))
    assert "new@111: the firewall keeps Traefik from it" in move.new.state["failure"]
    assert set(move.world.containers("old-production")) == {"web"}
    assert move.world.records("new-production") == []
    move.begin(frozenset())
    move.new.up(move.inputs(text))
    assert move.new.state["failure"] == ""
    assert move.world.records("old-production") == []


def test_another_project_of_the_same_name_waits_beside_what_it_was(move: Move) -> None:
    move.new.up(move.inputs(OLD.replace("18201", "18203"), project="new-staging", routes=part(18203)))
    move.begin(CLOSED, old="new@111", project="new-staging")
    move.new.up(move.inputs())
    assert "what it was before stays as it is until new@111 can be reached" in move.new.state["failure"]
    assert (move.new.state["project"], move.new.state["live_routes"]) == ("new-staging", part(18203))
    move.world.connect()
    move.new.up(move.inputs())
    assert (move.new.state["project"], move.new.state["live_routes"]) == ("new-staging", part(18203))
    assert set(move.world.containers("new-staging")) == {"web"}
    move.begin(frozenset(), old="new@111", project="new-staging")
    move.new.up(move.inputs())
    assert (move.new.state["failure"], move.new.state["live_routes"]) == ("", part(18202))
    assert move.world.records("new-staging") == []
    assert move.new.up(move.inputs()) == "same"


def test_what_has_made_room_keeps_nothing(move: Move) -> None:
    move.begin(CLOSED)
    clients_of_run.current().notes.removed["vm111", "old-production"] = ()
    assert clients_of_run.notes().staying() == {}
    move.new.up(move.inputs())
    assert (move.new.state["failure"], move.new.state["live_routes"]) == ("", part(18202))
