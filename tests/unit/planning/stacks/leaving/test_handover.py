"""Who takes whose place, what stays behind, who is held back, and who makes room."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site.unknown_stacks import Recorded
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.stacks.leaving.handover import Handover, hand_over

SITE = {"domain_name": "home.lan", "network": {"interfaces": {"address": "10.0.0.13/24"}}}
LXCS = {"lxc_configs": {"102": {"name": "traefik", "network_config": {"ip": "10.0.0.12/24"}}}}
DATA = """
services:
  db: {image: "postgres:16", volumes: ["data:/var/lib/postgresql"], ports: ["5432:5432"]}
volumes: {data: }
"""
FIXED = DATA.replace("{data: }", "{data: {name: my-data}}")
EXTERNAL = DATA.replace("{data: }", "{data: {external: true}}")
OTHER_APP = DATA.replace("postgres:16", "grafana/grafana")
NO_VOLUMES = "services:\n  web: {image: nginx, ports: ['8080:80']}\n"
WORD = {"empty_volumes": True}


def vm(vmid: int, *stacks: Any, **more: Any) -> dict[str, Any]:
    return {
        "vmid": vmid,
        "name": f"vm{vmid}",
        "network_config": {"ip": f"10.0.0.{vmid}/24"},
        "portainer_role": "agent",
        "portainer_environment_name": f"env{vmid}",
        "docker_stacks": list(stacks),
        **more,
    }


def recorded(name: str, compose: str = DATA, project: str = "", environment: str = "", **more: Any) -> RecordedStack:
    folder, _, vmid = name.rpartition("@")
    return RecordedStack(name, environment or f"env{vmid}", 1, project or f"{folder}-production", compose, **more)


class Files:
    """A configuration that is written anew with every edit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def handover(
        self,
        vms: list[dict[str, Any]],
        stacks: Mapping[str, tuple[str, Mapping[str, Any]]],
        *state: RecordedStack,
        published: Mapping[str, Any] | None = None,
    ) -> tuple[SitePlan, Handover, list[str]]:
        (self._folder / "stacks").mkdir(parents=True)
        for name, content in (("site", SITE), ("lxcs", LXCS), ("vms", {"vms": vms})):
            (self._folder / f"{name}.yaml").write_text(json.dumps(content))
        for name, (compose, said) in stacks.items():
            (self._folder / "stacks" / name).mkdir()
            (self._folder / "stacks" / name / "compose.yaml").write_text(compose)
            (self._folder / "stacks" / name / "phoenix.json").write_text(json.dumps({"x-phoenix": said}))
        configuration = load_configuration(self._folder, Settings())
        plan = plan_site(configuration)
        found = hand_over(configuration, plan, {stack.name: stack for stack in state}, published)
        messages = found.messages(configuration, whole=True, meant=lambda _: True)
        return found.judged(plan), found, list(messages)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "config")


def blocked(plan: SitePlan) -> dict[str, list[str]]:
    return {stack.resource_name: [one.message for one in stack.blocking] for stack in plan.stacks if stack.blocking}


def test_a_renamed_folder_does_not_start_empty_without_a_word(files: Files) -> None:
    plan, found, messages = files.handover([vm(111, "new")], {"new": (DATA, {})}, recorded("old@111"))
    refusal = "new@111 would start with empty volumes, and the data of old@111 would stay behind"
    assert blocked(plan) == {"new@111": [refusal]}
    (problem,) = plan.stacks[0].problems
    assert problem.seen == "old-production_data on vm111 (111)"
    assert "empty_volumes: true" in problem.expected
    assert problem.location.file.name == "phoenix.json"
    # Blocked is untouched, so what it would follow stays, too.
    assert [stack.name for stack in found.held] == ["old@111"]
    assert (found.leaving, found.rooms, found.routes_of_leaving) == ((), (), ())
    assert messages == ["old@111 stays as it is for as long as new@111 is blocked or held"]


def test_a_stack_that_was_blocked_in_the_last_run_still_follows(files: Files) -> None:
    state = recorded("old@111"), recorded("new@111", "", deployed=False)
    plan, found, _ = files.handover([vm(111, "new")], {"new": (DATA, {})}, *state)
    assert list(blocked(plan)) == ["new@111"]
    assert [stack.name for stack in found.held] == ["old@111"]


def test_whatever_else_blocks_it_holds_back_what_it_follows_alone(files: Files) -> None:
    broken = DATA.replace("ports", "prots")
    state = recorded("old@111"), recorded("web@111", NO_VOLUMES)
    plan, found, _ = files.handover([vm(111, "new")], {"new": (broken, WORD)}, *state)
    assert list(blocked(plan)) == ["new@111"]
    assert [stack.name for stack in found.held] == ["old@111"]
    assert [stack.name for stack in found.leaving] == ["web@111"]


def test_with_the_word_it_follows_and_everything_that_stays_behind_is_named(files: Files) -> None:
    plan, found, messages = files.handover([vm(111, "new")], {"new": (DATA, WORD)}, recorded("old@111"))
    assert blocked(plan) == {}
    assert [stack.name for stack in found.leaving] == ["old@111"]
    assert messages == [
        "old@111 becomes new@111, and its volume old-production_data stays behind on vm111 (111)",
        "new@111 needs what old@111 holds (port 5432/tcp): in this run the routes of old@111 are withdrawn "
        "and it is removed, and then new@111 is deployed",
    ]


@pytest.mark.parametrize(
    ("vms", "new", "compose", "empty"),
    [
        # A move: nothing comes along, whatever its name.
        ([vm(112, "old"), vm(111)], "old@112", DATA, ["old-production_data"]),
        ([vm(112, "old")], "old@112", DATA, ["old-production_data"]),
        ([vm(112, "old"), vm(111)], "old@112", FIXED, ["my-data"]),
        # An external one is not the stack's own: docker refuses to start without it.
        ([vm(112, "old"), vm(111)], "old@112", EXTERNAL, []),
        ([vm(112, "old"), vm(111)], "old@112", NO_VOLUMES, []),
        # On the same machine a name that is fixed comes along.
        ([vm(111, "new")], "new@111", FIXED, []),
        ([vm(111, "new")], "new@111", EXTERNAL, []),
    ],
)
def test_what_would_start_empty(files: Files, vms: list[Any], new: str, compose: str, empty: list[str]) -> None:
    stacks = {new.partition("@")[0]: (compose, {})}
    plan, found, _ = files.handover(vms, stacks, recorded("old@111", compose))
    assert list(blocked(plan)) == ([new] if empty else [])
    assert [name for one in found.found for name in one.starts_empty.values()] == empty
    assert [stack.name for stack in found.held] == (["old@111"] if empty else [])


def test_another_application_on_the_same_port_follows_nobody(files: Files) -> None:
    plan, found, messages = files.handover([vm(111, "new")], {"new": (OTHER_APP, {})}, recorded("old@111"))
    assert (blocked(plan), found.found) == ({}, ())
    assert messages[0] == "old@111 leaves, and its volume old-production_data stays behind on vm111 (111)"
    assert "needs what old@111 holds" in messages[1]


def test_another_environment_of_the_manifest_is_another_project(files: Files) -> None:
    vms = [vm(111, {"name": "old", "environment": "testing"})]
    plan, found, _ = files.handover(vms, {"old": (DATA, {})}, recorded("old@111"))
    assert list(blocked(plan)) == ["old@111"]
    assert found.held == ()


def test_another_environment_is_told_as_such(files: Files) -> None:
    vms = [vm(111, {"name": "old", "environment": "testing"})]
    plan, _, messages = files.handover(vms, {"old": (DATA, WORD)}, recorded("old@111"))
    assert blocked(plan) == {}
    told = "old@111 becomes another stack at Portainer, and its volume old-production_data stays behind on vm111 (111)"
    room = (
        "old@111 becomes another stack at Portainer that needs what it holds now (port 5432/tcp): in this run its "
        "routes are withdrawn and it is removed, and then the other one is deployed"
    )
    assert messages == [told, room]


def test_a_stack_without_volumes_just_leaves(files: Files) -> None:
    _, found, messages = files.handover(
        [vm(111)], {}, recorded("old@111", NO_VOLUMES), recorded("x@111", deployed=False)
    )
    assert [stack.name for stack in found.leaving] == ["old@111"]
    assert messages == []


def test_one_that_nobody_can_read_holds_back_what_may_be_its_former_self(files: Files) -> None:
    state = recorded("old@111"), recorded("web@111", NO_VOLUMES), recorded("far@112")
    plan, found, _ = files.handover([vm(111, "new")], {"new": ("services: [", {})}, *state)
    assert list(blocked(plan)) == ["new@111"]
    assert [stack.name for stack in found.held] == ["old@111", "web@111"]


@pytest.mark.parametrize(
    "back",
    [
        # Its port is known; what is wrong is known beforehand.
        "services:\n  b: {image: nginx, ports: ['8082:80'], prots: []}\n",
        # Of one that cannot be read nobody can tell.
        "services: [",
    ],
)
def test_a_split_waits_for_all_parts(files: Files, back: str) -> None:
    """One part could be deployed; the other one is blocked, and may need what the old one holds."""
    old = recorded("duo@111", "services:\n  a: {image: nginx, ports: ['8081:80', '8082:80']}\n")
    front = "services:\n  a: {image: nginx, ports: ['8081:80']}\n"
    plan, found, messages = files.handover([vm(111, "front", "back")], {"front": (front, {}), "back": (back, {})}, old)
    assert list(blocked(plan)) == ["back@111"]
    assert [stack.name for stack in found.held] == ["duo@111"]
    assert (found.leaving, found.rooms) == ((), ())
    assert messages == ["duo@111 stays as it is for as long as back@111 is blocked or held"]


def test_one_under_its_own_name_waits_for_a_blocked_part_too(files: Files) -> None:
    """Portainer has another stack of it; what is there now is not removed before that one can come."""
    compose = "services:\n  a: {image: nginx, ports: ['8081:80', '8082:80']}\n"
    back = "services:\n  b: {image: nginx, ports: ['8082:80'], prots: []}\n"
    vms = [vm(111, {"name": "duo", "environment": "testing"}, "back")]
    now = compose.replace(", '8082:80'", "")
    _, found, messages = files.handover(vms, {"duo": (now, {}), "back": (back, {})}, recorded("duo@111", compose))
    assert (found.held, found.held_for) == ((), {"duo@111": ("back@111",)})
    assert messages == ["duo@111 stays as it is for as long as back@111 is blocked or held"]


def test_routes_that_another_stack_has_too_are_not_its_own(files: Files) -> None:
    routes = {"http": {"routers": {"a": {}, "b": {}}}}
    state = [
        recorded("old@111", NO_VOLUMES, routes=routes),
        recorded("new@111", routes={"http": {"routers": {"b": {}}}}),
    ]
    _, found, _ = files.handover([vm(111, "new")], {"new": (DATA, {})}, *state)
    assert [names for _, names in found.routes_of_leaving] == [{"http": {"routers": ("a",)}}]


def test_a_word_carries_identity_where_the_project_stays_the_same(files: Files) -> None:
    # The folder was `My.App`, of which Portainer makes the same.
    vms, said = [vm(111, "myapp")], {"was": "My.App@111"}
    state = recorded("My.App@111", project="myapp-production", environment="env111")
    plan, found, messages = files.handover(vms, {"myapp": (DATA, said)}, state)
    assert (blocked(plan), found.held, found.leaving, messages) == ({}, (), (), [])
    assert found.renamed == {"myapp@111": "My.App@111"}


def test_a_vm_with_another_number_keeps_its_environment_and_stacks(files: Files) -> None:
    vms = [vm(211, "old", was=111, portainer_environment_name="env111")]
    plan, found, _ = files.handover(vms, {"old": (DATA, {})}, recorded("old@111"))
    assert (blocked(plan), found.leaving) == ({}, ())
    assert found.renamed == {"old@211": "old@111", "environment@211": "environment@111"}


def test_a_former_name_that_nobody_knows_does_no_harm(files: Files) -> None:
    plan, found, messages = files.handover(
        [vm(111, "new", was=99)], {"new": (DATA, {"was": "older@111"})}, recorded("new@111")
    )
    assert (blocked(plan), found.found, messages) == ({}, (), [])


@pytest.mark.parametrize(
    ("vms", "stacks", "message"),
    [
        (
            [vm(111, "new", "old")],
            {"new": "old@111", "old": []},
            "new@111 says that it was old@111, which is still there",
        ),
        ([vm(111, "a", "b")], {"a": "old@111", "b": "old@111"}, "a@111 and b@111 both say that they were old@111"),
        ([vm(111, "a"), vm(112, "a")], {"a": "old@113"}, "nobody can tell which instance of a was old@113"),
        ([vm(111, "a", "b")], {"a": "b@111", "b": "old@111"}, "a@111 says that it was b@111, which is still there"),
    ],
)
def test_a_former_name_that_cannot_be_right_is_told_with_its_line(
    files: Files, vms: list[Any], stacks: Mapping[str, Any], message: str
) -> None:
    plan, _, _ = files.handover(vms, {name: (NO_VOLUMES, {"was": was}) for name, was in stacks.items()})
    found = {problem.message: problem for stack in plan.stacks for problem in stack.blocking}
    assert message in found
    assert found[message].location.file.name == "phoenix.json"


@pytest.mark.parametrize("others", [[vm(111)], [vm(212, was=111)]])
def test_a_number_that_another_vm_has_or_had_is_an_error(files: Files, others: list[Any]) -> None:
    plan, _, _ = files.handover([vm(211, was=111), *others], {})
    assert "says that it had the number 111" in next(one.message for one in plan.problems if "number" in one.message)


@pytest.mark.parametrize(("new", "project"), [("old@112", "old-production"), ("new@111", "new-production")])
def test_who_was_never_healthy_has_not_taken_the_place_yet(files: Files, new: str, project: str) -> None:
    """It may have been sent in the last run, and failed: it has its own volumes already."""
    folder, _, vmid = new.partition("@")
    state = recorded("old@111"), recorded(new, project=project, proven=False)
    plan, found, _ = files.handover([vm(int(vmid), folder)], {folder: (DATA, {})}, *state)
    assert blocked(plan) == {}
    assert [stack.name for stack in found.leaving] == ["old@111"]
    assert found.successors == {"old@111": (new,)}


def test_who_needs_what_leaves_takes_its_place_too(files: Files) -> None:
    compose = NO_VOLUMES.replace("nginx", "httpd")
    _, found, _ = files.handover([vm(111, "new")], {"new": (compose, {})}, recorded("old@111", NO_VOLUMES))
    assert (found.found, found.successors) == ((), {"old@111": ("new@111",)})


def test_who_runs_takes_the_place_of_nobody(files: Files) -> None:
    state = recorded("old@111"), recorded("old@112")
    _, found, _ = files.handover([vm(112, "old")], {"old": (DATA, {})}, *state)
    assert (found.found, found.successors) == ((), {"old@111": ()})


def port(number: int) -> str:
    return NO_VOLUMES.replace("8080", str(number))


@pytest.mark.parametrize(
    ("before", "now", "waiting"),
    [
        ({"a": 1001, "b": 1002}, {"a": 1002, "b": 1001}, ["a@111", "b@111"]),
        ({"a": 1001, "b": 1002, "c": 1003}, {"a": 1002, "b": 1003, "c": 1001}, ["a@111", "b@111", "c@111"]),
        ({"a": 1001, "b": 1002}, {"a": 1002, "b": 1003}, []),
        ({"a": 1001, "b": 1002}, {"a": 1001, "b": 1002}, []),
    ],
    ids=["two exchange", "three in a circle", "one hands over", "nothing changes"],
)
def test_stacks_that_would_wait_for_each_other_are_named(
    files: Files, before: dict[str, int], now: dict[str, int], waiting: list[str]
) -> None:
    state = [recorded(f"{name}@111", port(number)) for name, number in before.items()]
    stacks = {name: (port(number), {}) for name, number in now.items()}
    _, found, messages = files.handover([vm(111, *now)], stacks, *state)
    assert [one.new for circle in found.waiting for one in circle] == waiting
    if waiting:
        (message,) = messages
        assert message.startswith(
            f"{' and '.join(waiting)} would wait for each other for ever: a@111 for b@111 (port 1002"
        )
        assert "give a@111 something else for one run" in message
    else:
        assert messages == []


def test_who_would_answer_in_the_place_of_one_that_leaves_is_known_whatever_ran_before(files: Files) -> None:
    """A run for one stack may have brought it up already, so nobody takes anybody's place any more."""
    labels = "    labels: {traefik.enable: 'true', traefik.http.routers.web.rule: 'Host(`%s`)'}\n"
    text = "services:\n  web:\n    image: nginx\n    ports: ['8080:80']\n" + labels
    part = {"http": {"routers": {"web": {"rule": "Host(`a.lan`)"}}}}
    state = (
        recorded("web@111", NO_VOLUMES, routes=part),
        recorded("web@112", NO_VOLUMES),
        recorded("old@111", NO_VOLUMES),
    )
    _, found, _ = files.handover(
        [vm(111), vm(112, "web", "other")],
        {"web": (text % "a.lan", {}), "other": (text % "b.lan", {})},
        *state,
        published={"web@111": part},
    )
    assert found.successors["web@111"] == ()
    assert found.claimants == {"web@111": ("web@112",), "old@111": ()}


def test_who_waits_for_the_firewall_still_takes_the_place(files: Files) -> None:
    state = recorded("web@111", NO_VOLUMES), recorded("web@112", NO_VOLUMES, proven=False)
    _, found, _ = files.handover([vm(111), vm(112, "web")], {"web": (NO_VOLUMES, {})}, *state)
    assert found.successors == {"web@111": ("web@112",)}


def test_the_name_of_a_route_stays_with_the_stack_that_stays() -> None:
    """Whoever leaves by the files and waits for a blocked successor is reached as before."""
    configuration = load_configuration(Path(__file__).parents[5] / "config", Settings())
    hosts = {"old.casa.example": "127.50.0.12", "gone.casa.example": "127.50.0.12"}
    router = {"rule": "Host(`old.casa.example`)", "service": "s"}
    left = RecordedStack("old@113", "tools", 1, "old-production", "", {"http": {"routers": {"r": router}}})
    names = {record.hostname for record in plan_site(configuration, Recorded(hosts=hosts), (left,)).dns}
    assert "old.casa.example" in names
    assert "gone.casa.example" not in names
