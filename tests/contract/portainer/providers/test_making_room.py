"""A stack that leaves in this run and holds what a new one needs goes first: its routes, then it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_document, to_text

OLD = "services:\n  web:\n    image: busybox:lab\n    container_name: web\n    ports: ['18080:80']\n"
NEW = OLD.replace("18080:80", "18080:8080")


def routes(*names: str) -> dict[str, Any]:
    services = {"s": {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:18080"}]}}}
    return {
        "http": {"routers": {name: {"rule": f"Host(`{name}`)", "service": "s"} for name in names}, "services": services}
    }


def leaving(target: Path, name: str = "", successors: tuple[str, ...] = ()) -> LeavingStack:
    routes = {"http": {"routers": ["old"]}}
    return LeavingStack(name, "old-production", "vm111", successors, routes=routes, target=str(target))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / STACKS_FILE).write_text(to_text(routes("old", "other")))
    return tmp_path


@pytest.fixture
def old(world: Any) -> Any:
    stack = world.stack()
    stack.up(world.inputs(OLD, project="old-production", resource="old@111"))
    assert stack.state["failure"] == ""
    return stack


def published(target: Path) -> set[str]:
    return set(to_document((target / STACKS_FILE).read_text())["http"]["routers"])


def test_it_makes_room_and_its_own_deletion_finds_nothing_to_do(world: Any, old: Any, target: Path) -> None:
    world.connect().notes.leaving = (leaving(target),)
    new = world.stack()
    new.up(world.inputs(NEW, project="new-production", resource="new@111"))
    assert new.state["failure"] == ""
    assert published(target) == {"other"}
    assert world.records("old-production") == []
    assert set(world.containers("new-production")) == {"web"}
    seen = world.requests_of(old.destroy)
    assert [item for item in seen if item["method"] not in {"GET", "HEAD"}] == []
    assert new.up(world.inputs(NEW, project="new-production", resource="new@111")) == "same"


@pytest.mark.parametrize("behaviour", ["normal", "exit"])
def test_one_that_portainer_has_forgotten_makes_room_as_well(
    world: Any, old: Any, target: Path, behaviour: str
) -> None:
    """Its new data has other numbers: the environment of this one is somebody else's by now."""
    world.lab.empty(administrator=True)
    world.api.create_environment(world.lab.agent_form(112, "vm112"))
    world.connect()
    world.environment.up(world.environment_inputs(111))
    assert world.containers("old-production")
    world.connect().notes.leaving = (leaving(target),)
    new = world.stack()
    text = NEW.replace("    ports", f"    labels: {{phoenix.lab.behaviour: {behaviour}}}\n    ports")
    new.up(world.inputs(text, project="new-production", resource="new@111"))
    assert world.containers("old-production") == {}
    assert published(target) == {"other"}
    if behaviour == "normal":
        assert new.state["failure"] == ""
        assert set(world.containers("new-production")) == {"web"}
    else:
        assert "old-production made room for it and is gone, its volumes are not" in new.state["failure"]
        assert "declare it again as it was" in new.state["failure"]


def test_in_a_run_for_some_targets_nobody_makes_room(world: Any, old: Any, target: Path) -> None:
    world.connect()
    new = world.stack()
    new.up(world.inputs(NEW, project="new-production", resource="new@111"))
    assert "waiting: the container name web is held by the stack old-production" in new.state["failure"]
    assert published(target) == {"old", "other"}
    assert len(world.records("old-production")) == 1


def test_what_could_not_be_deployed_anyway_takes_nothing_away(world: Any, old: Any, target: Path) -> None:
    world.connect().notes.leaving = (leaving(target),)
    new = world.stack()
    text = NEW.replace("image: busybox:lab", "image: busybox:lab\n    mem_limit: '${LIMIT:?say how much}'")
    new.up(world.inputs(text, project="new-production", resource="new@111"))
    assert "LIMIT is required" in new.state["failure"]
    assert published(target) == {"old", "other"}
    assert set(world.containers("old-production")) == {"web"}


def test_where_the_routes_cannot_be_withdrawn_nothing_is_removed(world: Any, old: Any, target: Path) -> None:
    world.connect().notes.leaving = (leaving(target),)
    (target / STACKS_FILE).write_text("http: [")
    new = world.stack()
    new.up(world.inputs(NEW, project="new-production", resource="new@111"))
    assert "so no route can be taken out of it" in new.state["failure"]
    assert set(world.containers("old-production")) == {"web"}


@pytest.mark.parametrize("image", ["nosuch/h:1", "busybox:lab"])
def test_what_leaves_stays_until_its_successor_runs(world: Any, old: Any, target: Path, image: str) -> None:
    """Nothing that both need; the new one cannot be sent, or ends at once."""
    text = f"services:\n  web: {{image: '{image}', labels: {{phoenix.lab.behaviour: exit}}}}\n"
    one = leaving(target, "old@111", ("new@111",))
    world.connect().notes.leaving = (one,)
    new = world.stack()
    new.up(world.inputs(text, project="new-production", resource="new@111"))
    assert "old@111 stays as it is until new@111 runs" in new.state["failure"]
    with pytest.raises(Exception, match="old@111 stays as it is until new@111 runs"):
        old.destroy()
    assert set(world.containers("old-production")) == {"web"}
    # The next run tries again.
    world.connect().notes.leaving = (one,)
    good = world.inputs("services:\n  web: {image: 'busybox:lab'}\n", project="new-production", resource="new@111")
    new.up(good)
    assert new.state["failure"] == ""
    old.destroy()
    assert world.containers("old-production") == {}
    assert new.up(good) == "same"


@pytest.mark.parametrize("behaviour", ["exit", "bad-command"])
def test_what_made_room_in_vain_is_put_back(world: Any, old: Any, target: Path, behaviour: str) -> None:
    """It is known only afterwards that the new one does not run."""
    one = leaving(target, "old@111", ("new@111",))
    text = NEW.replace("    ports", f"    labels: {{phoenix.lab.behaviour: {behaviour}}}\n    ports")
    world.connect().notes.leaving = (one,)
    new = world.stack()
    wanted = world.inputs(text, project="new-production", resource="new@111")
    new.up(wanted)
    assert "old-production made room for it, and was put back" in new.state["failure"]
    assert world.records("new-production") == []
    assert set(world.containers("old-production")) == {"web"}
    with pytest.raises(Exception, match="old@111 stays as it is until new@111 runs"):
        old.destroy()
    # What failed is not tried again unchanged: each time the old one would be away for a while.
    connections = world.connect()
    connections.notes.leaving = (one,)
    seen = world.requests_of(lambda: new.up(wanted))
    assert [item for item in seen if item["method"] not in {"GET", "HEAD"} and "/stacks" in item["path"]] == []
    assert not connections.notes.withdrawn
    old.refresh()
    assert old.state["observed"] == "as declared"


def test_what_others_hold_is_known_before_anything_is_removed(world: Any, old: Any, target: Path) -> None:
    other = world.stack()
    other.up(world.inputs("services:\n  a: {image: 'busybox:lab', ports: ['18081:80']}\n", project="other-production"))
    world.connect().notes.leaving = (leaving(target),)
    new = world.stack()
    text = NEW.replace("'18080:8080'", "'18080:8080', '18081:81'")
    new.up(world.inputs(text, project="new-production", resource="new@111"))
    assert "18081/tcp is held by the stack other-production" in new.state["failure"]
    assert set(world.containers("old-production")) == {"web"}
    assert published(target) == {"old", "other"}


@pytest.mark.parametrize("shared", [True, False], ids=["one port", "two ports"])
def test_another_project_takes_the_place_once_it_runs(world: Any, old: Any, target: Path, shared: bool) -> None:
    def wanted(project: str, behaviour: str = "normal") -> Any:
        text = OLD.replace("    ports", f"    labels: {{phoenix.lab.behaviour: {behaviour}}}\n    ports")
        text = text if shared else text.replace("name: web", "name: third").replace("18080", "18090")
        return world.inputs(text, project=project, resource="old@111")

    one = leaving(target, "old@111")
    world.connect().notes.leaving = (one,)
    assert old.up(wanted("old-third", "exit")) == "update"
    assert "old-production stays as it is until old-third runs" in old.state["failure"]
    assert ("was put back" in old.state["failure"]) is shared
    assert old.state["project"] == "old-production"
    assert old.state["live_routes"] == world.inputs(OLD)["routes"]
    assert set(world.containers("old-production")) == {"web"}
    world.connect().notes.leaving = (one,)
    assert old.up(wanted("old-third")) == "update"
    assert (old.state["failure"], old.state["project"]) == ("", "old-third")
    assert world.records("old-production") == []
    assert set(world.containers("old-third")) == {"web"}
    assert old.up(wanted("old-third")) == "same"
