"""A stack that makes room for several goes only once all of them could be deployed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.operations import clients_of_run
from phoenix_providers.planning.stacks.content import StackContent
from phoenix_providers.planning.stacks.leaving.arriving_stack import ArrivingStack
from phoenix_providers.planning.stacks.leaving.leaving_stack import LeavingStack
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.planning.traefik.file_text import to_document, to_text

DUO = "services:\n  web:\n    image: busybox:lab\n    ports: ['18401:80', '18402:80']\n"
STAYS = "duo@111 stays as it is until"


def text(port: int, behaviour: str = "normal", more: str = "") -> str:
    """One half of it."""
    return (
        f"services:\n  web:\n    image: busybox:lab\n    ports: ['{port}:80'{more}]\n"
        f"    labels: {{phoenix.lab.behaviour: {behaviour}}}\n"
    )


class Split:
    """The old stack, and two that take its place."""

    def __init__(self, world: Any, target: Path) -> None:
        self.world = world
        self.target = target
        routers = {name: {"rule": f"Host(`{name}`)", "service": "s"} for name in ("duo", "other")}
        services = {"s": {"loadBalancer": {"servers": [{"url": "http://127.0.0.1:18401"}]}}}
        (target / STACKS_FILE).write_text(to_text({"http": {"routers": routers, "services": services}}))
        self.old = world.stack()
        self.old.up(world.inputs(DUO, project="duo-production", resource="duo@111"))
        assert self.old.state["failure"] == ""
        self.stacks = {"front": world.stack(), "back": world.stack()}
        self.texts: dict[str, str] = {}

    def begin(self, front: str, back: str, **more: Any) -> Any:
        """Begin a run; `more` is told of the second part, or of what leaves (`blocked`)."""
        self.texts = {"front": front, "back": back}
        made = self.world.connect()
        made.notes.leaving = (
            LeavingStack(
                "duo@111",
                "duo-production",
                "vm111",
                successors=("back@111", "front@111"),
                blocked=tuple(more.pop("blocked", ())),
                routes={"http": {"routers": ["duo"]}},
                target=str(self.target),
            ),
        )
        inputs = {f"{name}@111": self.inputs(name) for name in self.texts}
        inputs["back@111"] |= more
        made.notes.arriving = {name: ArrivingStack.from_input(one) for name, one in inputs.items()}
        return made

    def inputs(self, name: str) -> dict[str, Any]:
        inputs: dict[str, Any] = self.world.inputs(
            self.texts[name], project=f"{name}-production", resource=f"{name}@111"
        )
        return inputs

    def up(self, name: str) -> str:
        """Bring one part up and return its failure."""
        self.stacks[name].up(self.inputs(name))
        return str(self.stacks[name].state["failure"])

    @property
    def published(self) -> set[str]:
        return set(to_document((self.target / STACKS_FILE).read_text())["http"]["routers"])


@pytest.fixture
def split(world: Any, tmp_path: Path) -> Split:
    return Split(world, tmp_path)


def is_foreign(split: Split) -> None:
    other = split.world.stack()
    other.up(split.world.inputs(text(18499), project="other-production", resource="other@111"))


KNOWN: dict[str, tuple[str, dict[str, Any], str]] = {
    "no image": (text(18402).replace("busybox:lab", "nosuch/h:1"), {}, "the image nosuch/h:1 cannot be pulled"),
    "a fault": (text(18402).replace("    ports", "    mem_limit: '${L:?say}'\n    ports"), {}, "L is required"),
    "taken": (text(18402, more=", '18499:81'"), {}, "18499/tcp is held by the stack other-production"),
    "failed before": (
        text(18402),
        {"failed_digest": StackContent(text(18402), {}, ()).digest},
        "its content failed to deploy before",
    ),
    "elsewhere": (text(18402), {"environment": "vm119"}, "Portainer's environment 'vm119' is not available"),
    "blocked": (text(18402), {"blocked": ["third@111"]}, "third@111: it is blocked"),
}


@pytest.mark.parametrize("case", KNOWN)
def test_what_is_known_of_one_part_beforehand_keeps_the_old_one(split: Split, case: str) -> None:
    back, more, reason = KNOWN[case]
    is_foreign(split)
    made = split.begin(text(18401), back, **more)
    failure = split.up("front")
    assert reason in failure
    assert "duo-production holds what it needs, and makes room only once all that takes the place is ready" in failure
    assert f"{STAYS} front@111 runs" in failure
    assert set(split.world.containers("duo-production")) == {"web"}
    assert split.published == {"duo", "other"}
    assert "duo@111" in clients_of_run.notes().staying()
    assert not made.notes.withdrawn
    # Once that is mended, one run is enough.
    split.begin(text(18401), text(18402))
    assert (split.up("front"), split.up("back")) == ("", "")
    assert split.published == {"other"}
    split.old.destroy()
    split.begin(text(18401), text(18402))
    assert {split.stacks[name].up(split.inputs(name)) for name in ("front", "back")} == {"same"}


@pytest.mark.parametrize("first", ["front", "back"])
def test_one_that_fails_later_takes_nothing_from_one_that_runs(split: Split, first: str) -> None:
    """The old one is gone for good: nothing says that it stays, and nothing of it is kept."""
    split.begin(text(18401), text(18402, "exit"))
    failures = {name: split.up(name) for name in (first, {"front": "back", "back": "front"}[first])}
    if first == "back":
        # It failed before the other one had begun, so everything is as before.
        assert "duo-production made room for it, and was put back" in failures["back"]
        assert "back@111: it has failed in this run" in failures["front"]
        assert "was removed" not in failures["front"]
        assert split.world.records("front-production") == split.world.records("back-production") == []
        assert set(split.world.containers("duo-production")) == {"web"}
        assert "duo@111" in clients_of_run.notes().staying()
        return
    assert failures["front"] == ""
    assert "duo-production made room and is gone, its volumes are not" in failures["back"]
    assert "it is not put back, since front-production holds what it needs" in failures["back"]
    assert STAYS not in failures["back"]
    assert clients_of_run.notes().staying() == {}
    assert set(split.world.containers("front-production")) == {"web"}
    assert len(split.world.records("back-production")) == 1
    split.old.destroy()


def test_the_last_one_that_fails_puts_the_old_one_back(split: Split) -> None:
    split.begin(text(18401, "exit"), text(18402, "exit"))
    with ThreadPoolExecutor(2) as pool:
        failures = "\n".join(pool.map(split.up, ("front", "back")))
    assert "duo-production made room for it, and was put back" in failures
    assert set(split.world.containers("duo-production")) == {"web"}
    assert split.world.records("front-production") == split.world.records("back-production") == []
    with pytest.raises(Exception, match=STAYS):
        split.old.destroy()


def changed(split: Split) -> Callable[[str], str]:
    def up(behaviour: str) -> str:
        compose = DUO.replace("    ports", f"    labels: {{phoenix.lab.behaviour: {behaviour}}}\n    ports")
        split.old.up(split.world.inputs(compose, project="duo-third", resource="duo@111"))
        return str(split.old.state["failure"])

    return up


def test_another_project_in_its_own_place_waits_for_others_too(split: Split) -> None:
    split.begin(text(18401), text(18402), blocked=["third@111"])
    assert "third@111: it is blocked" in changed(split)("normal")
    assert split.old.state["project"] == "duo-production"
    assert split.old.state["live_routes"]
    assert set(split.world.containers("duo-production")) == {"web"}


def remove(split: Split) -> None:
    """Remove the old one at Portainer."""
    (record,) = split.world.records("duo-production")
    split.world.api.call("DELETE", f"/api/stacks/{record['Id']}?endpointId={record['EndpointId']}")


def cut_off(split: Split) -> Any:
    """Be killed once the old one is gone and the first of the new ones has containers."""
    last_good = StackContent.from_property(split.old.state["last_good"])
    split.begin(text(18401, "exit"), text(18402))
    remove(split)
    split.world.connect()
    split.world.stack().up(split.inputs("front"))
    run = split.begin(text(18401, "exit"), text(18402))
    run.notes.departing = {"duo@111": last_good}
    return run


@pytest.mark.parametrize("refresh", ["", "refresh", "refresh_elsewhere"])
def test_a_run_that_was_cut_off_is_made_good_by_the_next(split: Split, refresh: str) -> None:
    """A refresh reads what leaves as well, and keeps what Portainer has no more."""
    cut_off(split)
    if refresh:
        getattr(split.old, refresh)()
        assert split.old.state["observed"] == "Portainer has it no more"
    failure = split.up("front")
    assert "duo-production made room for it, and was put back" in failure
    assert f"{STAYS} front@111 runs" in failure
    assert set(split.world.containers("duo-production")) == {"web"}
    assert split.world.records("front-production") == []
    split.world.connect()
    split.old.refresh()
    assert split.old.state["observed"] == "as declared"
    # What failed is not tried again unchanged.
    split.begin(text(18401, "exit"), text(18402))
    assert "failed" in split.up("front")
    assert set(split.world.containers("duo-production")) == {"web"}


def test_what_somebody_has_removed_is_not_put_back(split: Split) -> None:
    last_good = StackContent.from_property(split.old.state["last_good"])
    run = split.begin(text(18401, "exit"), text(18402))
    run.notes.departing = {"duo@111": last_good}
    remove(split)
    failure = split.up("front")
    assert "duo-production made room for it and is gone, its volumes are not" in failure
    assert STAYS not in failure
    assert clients_of_run.notes().staying() == {}
    split.old.destroy()
