"""Taking a change of the firewall back: where it ends, and that nobody is cut off on the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.planning.firewall.revert import AddRule, DeleteRule, PlaceContent, SetOptions, Step, revert_steps
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

CLUSTER, GUEST = ProxmoxScope("cluster"), ProxmoxScope("vm", "pve", 111)
ON = {"enable": "1", "policy_in": "DROP"}
RULES = [{"type": "in", "action": "ACCEPT", "dport": str(port), "enable": "1"} for port in (22, 80, 8006)]
SSH, WEB, API = RULES


def content(options: dict[str, str], *rules: dict[str, str]) -> PlaceContent:
    return PlaceContent(tuple(rules), options)


def applied(places: dict[ProxmoxScope, PlaceContent], step: Step) -> dict[ProxmoxScope, PlaceContent]:
    """What Proxmox has after one request."""
    scope = next(scope for scope in places if scope.path == step.path)
    rules, options = list(places[scope].rules), dict(places[scope].options)
    match step:
        case SetOptions():
            options |= step.values
            options = {key: value for key, value in options.items() if key not in step.unset}
        case DeleteRule():
            del rules[step.position]
        case AddRule():
            rules.insert(0, dict(step.fields))
    return {**places, scope: PlaceContent(tuple(rules), options)}


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        pytest.param({CLUSTER: content(ON, API)}, {CLUSTER: content(ON, API)}, [], id="nothing changed"),
        pytest.param(
            {CLUSTER: content(ON, API, SSH)},
            {CLUSTER: content(ON, SSH)},
            [SetOptions, AddRule, SetOptions],
            id="a rule is missing",
        ),
        pytest.param(
            {CLUSTER: content(ON, API)},
            {CLUSTER: content(ON, WEB, API)},
            [SetOptions, DeleteRule, SetOptions],
            id="a rule is too much",
        ),
        pytest.param({CLUSTER: content({})}, {CLUSTER: content(ON)}, [SetOptions, SetOptions], id="it was off"),
        pytest.param(
            {CLUSTER: content(ON, API), GUEST: content({})},
            {CLUSTER: content(ON, API), GUEST: content(ON)},
            [SetOptions, SetOptions, SetOptions],
            id="a guest's switch alone",
        ),
        pytest.param(
            {CLUSTER: content({}, API), GUEST: content({}, SSH)},
            {CLUSTER: content({}, API), GUEST: content({}, WEB)},
            [DeleteRule, AddRule],
            id="off before and after",
        ),
    ],
)
def test_the_way_back(before: Any, now: Any, kinds: list[type]) -> None:
    steps = revert_steps(before, now)
    assert [type(step) for step in steps] == kinds
    for step in steps:
        now = applied(now, step)
    assert now == before
    assert revert_steps(before, now) == ()


_options = st.fixed_dictionaries(
    {}, optional={"enable": st.sampled_from("01"), "policy_in": st.sampled_from(["DROP", "ACCEPT"])}
)
_contents = st.builds(PlaceContent, st.lists(st.sampled_from(RULES), max_size=4, unique_by=str).map(tuple), _options)
_places = st.fixed_dictionaries({CLUSTER: _contents, GUEST: _contents})


@given(before=_places, now=_places)
def test_at_every_moment_the_firewall_is_off_or_as_before(before: Any, now: Any) -> None:
    steps = revert_steps(before, now)
    moments = [now]
    for step in steps:
        moments.append(applied(moments[-1], step))
    assert moments[-1] == before
    for moment in moments[1:-1]:
        assert moment[CLUSTER].options.get("enable", "0") == "0"


def test_what_only_one_side_knows_is_left_alone() -> None:
    assert revert_steps({CLUSTER: content(ON), GUEST: content(ON)}, {CLUSTER: content(ON)}) == ()


def test_what_is_not_ours_to_write_is_not_remembered() -> None:
    live = {"pos": 3, "digest": "abc", "ipversion": 4, "type": "in", "action": "DROP", "enable": 1, "log": ""}
    found = PlaceContent.of(CLUSTER, [live], {"enable": 1700000000, "digest": "abc", "nf_conntrack_max": 5})
    assert found == content({"enable": "1700000000"}, {"type": "in", "action": "DROP", "enable": "1"})


@pytest.mark.parametrize(
    ("step", "command"),
    [
        (
            SetOptions("cluster", {"enable": "1"}, ("policy_in", "ebtables")),
            "pvesh set /cluster/firewall/options --enable 1 --delete policy_in,ebtables",
        ),
        (DeleteRule(GUEST.path, 2), "pvesh delete /nodes/pve/qemu/111/firewall/rules/2"),
        (
            AddRule("cluster", {"type": "in", "action": "ACCEPT", "comment": "it's mine; $HOME"}),
            """pvesh create /cluster/firewall/rules --type in --action ACCEPT --comment 'it'"'"'s mine; $HOME'""",
        ),
    ],
)
def test_the_same_on_the_hosts_console(step: Step, command: str) -> None:
    assert step.command() == command
