"""Aliases, sets and groups become what is declared, in whatever order requests stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_providers.planning.firewall.names.changes import Stage, removal, stages
from phoenix_providers.planning.firewall.names.content import lost_by, name_of_input, named
from phoenix_providers.planning.firewall_name import FirewallName


def alias(cidr: str, comment: str = "") -> FirewallName:
    return named("alias", "office", comment, [{"cidr": cidr}])


def ip_set(*members: str, comment: str = "") -> FirewallName:
    entries = [{"cidr": one.removeprefix("!"), "nomatch": one.startswith("!")} for one in members]
    return named("ip-set", "trusted", comment, entries)


def rule(text: str, **more: Any) -> dict[str, Any]:
    action, port, *off = text.split()
    return {"type": "in", "action": action, "proto": "tcp", "dport": port, "enable": 0 if off else 1, **more}


def group(*rules: dict[str, Any], comment: str = "") -> FirewallName:
    return named("security-group", "web", comment, rules)


def said(found: Sequence[Stage]) -> list[str]:
    return [
        " ".join([stage.verb, stage.path, *(f"{key}={value}" for key, value in sorted(stage.fields.items()))])
        for stage in found
    ]


@pytest.mark.parametrize(
    ("live", "wanted", "requests"),
    [
        pytest.param(None, alias("10.0.0.5"), ["POST aliases cidr=10.0.0.5 name=office"], id="a new alias"),
        pytest.param(alias("10.0.0.5/32"), alias("10.0.0.5"), [], id="an alias in another spelling"),
        pytest.param(
            alias("10.0.0.5"), alias("10.0.0.6", "us"), ["PUT aliases/office cidr=10.0.0.6 comment=us"], id="an alias"
        ),
        pytest.param(
            alias("10.0.0.5", "us"), alias("10.0.0.5"), ["PUT aliases/office cidr=10.0.0.5"], id="less comment"
        ),
        pytest.param(
            None,
            ip_set("10.0.0.0/24", "!10.0.0.9", comment="us"),
            [
                "POST ipset comment=us name=trusted",
                "POST ipset/trusted cidr=10.0.0.0/24",
                "POST ipset/trusted cidr=10.0.0.9 nomatch=1",
            ],
            id="a new set gets its holes last",
        ),
        pytest.param(
            ip_set("10.0.0.0/24"),
            ip_set("10.0.1.0/24"),
            ["POST ipset/trusted cidr=10.0.1.0/24", "DELETE ipset/trusted/10.0.0.0/24"],
            id="a set grows before it shrinks",
        ),
        pytest.param(
            ip_set("10.0.0.9", comment="us"),
            ip_set("!10.0.0.9"),
            ["POST ipset comment=  name=trusted rename=trusted", "PUT ipset/trusted/10.0.0.9 nomatch=1"],
            id="a member turned round",
        ),
        pytest.param(ip_set("b", "a"), ip_set("a", "b"), [], id="the order of members says nothing"),
        pytest.param(
            None,
            group(rule("ACCEPT 22"), rule("DROP 22")),
            [
                "POST groups group=web",
                "POST groups/web action=ACCEPT dport=22 enable=1 proto=tcp type=in",
                "POST groups/web action=DROP dport=22 enable=0 proto=tcp type=in",
                "PUT groups/web/0 moveto=2",
                "PUT groups/web/1 enable=1",
            ],
            id="a rule comes to its place switched off",
        ),
        pytest.param(
            group(rule("ACCEPT 80"), rule("ACCEPT 22", comment="a", log="info")),
            group(rule("ACCEPT 22", comment="b")),
            [
                "PUT groups/web/1 moveto=0",
                "PUT groups/web/0 comment=b delete=log enable=1",
                "DELETE groups/web/1",
            ],
            id="rules move, change in place, and go",
        ),
    ],
)
def test_requests(live: FirewallName | None, wanted: FirewallName, requests: list[str]) -> None:
    assert said(list(stages(live, wanted))) == requests


RULES = st.lists(
    st.builds(
        lambda port, action, on, comment: rule(f"{action} {port}", enable=on, comment=comment),
        st.sampled_from([22, 80, 443]),
        st.sampled_from(["ACCEPT", "DROP"]),
        st.integers(0, 1),
        st.sampled_from(["a", "b"]),
    ),
    max_size=5,
)
MEMBERS = st.dictionaries(st.sampled_from(["10.0.0.1", "10.0.0.0/24", "office"]), st.booleans())


@given(RULES, RULES, st.integers(0, 20))
def test_a_group_becomes_what_is_declared_wherever_requests_stop(
    live: list[dict[str, Any]], wanted: list[dict[str, Any]], stop: int
) -> None:
    goal = group(*wanted)
    first = list(stages(group(*live), goal))[:stop]
    left = group(*(first[-1].entries if first else live))
    rest = list(stages(left, goal))
    assert (rest[-1].entries if rest else left.entries) == goal.entries


@given(MEMBERS, MEMBERS)
def test_a_set_becomes_what_is_declared(live: dict[str, bool], wanted: dict[str, bool]) -> None:
    before, goal = (
        named("ip-set", "s", "", [{"cidr": cidr, "nomatch": hole} for cidr, hole in members.items()])
        for members in (live, wanted)
    )
    found = list(stages(before, goal))
    end = named("ip-set", "s", "", found[-1].entries if found else before.entries)
    assert end == goal
    assert len(found) <= len(live) + len(wanted)


def test_what_is_taken_away() -> None:
    assert said(list(removal(alias("10.0.0.5")))) == ["DELETE aliases/office"]
    assert said(list(removal(ip_set("10.0.0.5")))) == ["DELETE ipset/trusted force=1"]
    rules = group(rule("ACCEPT 22"), rule("DROP 22"))
    assert said(list(removal(rules))) == ["DELETE groups/web/1", "DELETE groups/web/0", "DELETE groups/web"]


@pytest.mark.parametrize(
    ("live", "wanted", "lost"),
    [
        (None, alias("10.0.0.5"), ()),
        (alias("10.0.0.5"), alias("10.0.0.5", "ours"), ()),
        (alias("10.0.0.5"), alias("10.0.0.6"), ("10.0.0.5 (would become 10.0.0.6)",)),
        (ip_set("10.0.0.5"), ip_set("10.0.0.5", "10.0.0.6"), ()),
        (ip_set("10.0.0.5", "!10.0.0.9"), ip_set("10.0.0.5", "10.0.0.9"), ("!10.0.0.9",)),
        (group(rule("ACCEPT 22")), group(rule("ACCEPT 80"), rule("ACCEPT 22", comment="a")), ()),
        (
            group(rule("ACCEPT 22"), rule("ACCEPT 81")),
            group(rule("ACCEPT 22")),
            ("type: in, action: ACCEPT, proto: tcp, port: 81",),
        ),
        (
            group(rule("DROP 22"), rule("ACCEPT 22")),
            group(rule("ACCEPT 22"), rule("DROP 22")),
            (
                "type: in, action: DROP, proto: tcp, port: 22",
                "type: in, action: ACCEPT, proto: tcp, port: 22",
            ),
        ),
    ],
)
def test_what_a_first_write_takes_away(live: FirewallName | None, wanted: FirewallName, lost: tuple[str, ...]) -> None:
    assert lost_by(live, wanted) == lost


@given(RULES)
def test_the_way_through_the_engine(rules: list[dict[str, Any]]) -> None:
    one = group(*rules, comment="c")
    assert name_of_input(one.as_input()) == one


def test_a_rule_that_an_interrupted_run_left_switched_off_is_not_lost() -> None:
    """It was to be switched on at its place."""
    assert lost_by(group(rule("DROP 22 off"), rule("ACCEPT 22")), group(rule("ACCEPT 22"), rule("DROP 22"))) == ()


@given(RULES, st.integers(0, 20))
def test_what_an_interrupted_first_write_left_is_no_loss(wanted: list[dict[str, Any]], stop: int) -> None:
    goal = group(*wanted)
    first = list(stages(None, goal))[:stop]
    assert lost_by(group(*first[-1].entries) if first else None, goal) == ()
