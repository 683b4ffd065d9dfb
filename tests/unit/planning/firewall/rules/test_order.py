"""Foreign rules among the declared ones: for every packet the same is decided as before."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from phoenix_providers.planning.firewall.rules.order import FileList, RuleOrder, file_lists, rule_order
from phoenix_providers.planning.firewall.rules.overlap import could_meet, drops_the_rest

Rule = Mapping[str, Any]
SITE = ("site", "firewall", "global_firewall_rules")
GUEST = ("vms", "vms", 0, "firewall", "rules")
MANIFEST = ("stacks/web", "environments", "production", "firewall_rules")
ADDRESSES = ("10.0.0.5", "10.0.0.6", "10.1.0.5")
PACKETS = [
    (direction, proto, source, port)
    for direction in ("in", "out")
    for proto, ports in (("tcp", (22, 80)), ("udp", (53,)), ("icmp", (0,)))
    for source in ADDRESSES
    for port in ports
]
SOURCES = {
    "": ADDRESSES,
    "10.0.0.5": ("10.0.0.5",),
    "10.0.0.0/24": ("10.0.0.5", "10.0.0.6"),
    "10.0.0.6-10.1.0.9": ("10.0.0.6", "10.1.0.5"),
    "+dc/friends": ("10.0.0.6",),
}
PORTS = {"": (22, 80, 53), "22": (22,), "22,80": (22, 80), "50:60": (53,), "ssh": (22,)}


def fits(rule: Rule, packet: tuple[str, str, str, int]) -> bool:
    """What Proxmox says of the words that are used here."""
    direction, proto, source, port = packet
    if not rule["enable"] or rule["type"] != direction or source not in SOURCES[rule.get("source", "")]:
        return False
    if rule.get("macro") == "SSH":
        return (proto, port) == ("tcp", 22)
    return rule.get("proto", proto) == proto and (not rule.get("dport") or port in PORTS[rule["dport"]])


def verdicts(rules: Iterable[Rule]) -> list[str]:
    listed = list(rules)
    return [next((rule["action"] for rule in listed if fits(rule, packet)), "policy") for packet in PACKETS]


def any_rule(rng: random.Random) -> Rule:
    rule = {"type": rng.choice(["in", "in", "out"]), "action": rng.choice(["ACCEPT", "ACCEPT", "DROP", "REJECT"])}
    rule |= {"source": source} if (source := rng.choice([*SOURCES, ""])) else {}
    kind = rng.random()
    if kind < 0.15:
        rule["macro"] = "SSH"
    elif kind < 0.85:
        rule["proto"] = rng.choice(["tcp", "tcp", "udp", "icmp"])
        if rule["proto"] != "icmp" and (port := rng.choice(list(PORTS))):
            rule["dport"] = port
    return rule | {"enable": int(rng.random() < 0.85)}


def any_list(rng: random.Random, longest: int) -> list[Rule]:
    return [any_rule(rng) for _ in range(rng.randint(0, longest))]


def distinct(rules: Iterable[Rule]) -> list[Rule]:
    found: dict[tuple[Any, ...], Rule] = {}
    for rule in rules:
        found.setdefault(tuple(sorted((key, value) for key, value in rule.items() if key != "enable")), rule)
    return list(found.values())


def whole(declared: Sequence[Rule], order: RuleOrder, path: Any = SITE) -> list[Rule]:
    """The list of the file with what was added to it."""
    assert all(one.path == path for one in order.placed)
    result: list[Rule] = []
    for place in (*range(len(declared)), None):
        result += [one.rule for one in order.placed if one.before == place]
        result += [] if place is None else [declared[place]]
    return result


def one_list(declared: Sequence[Rule]) -> tuple[FileList, ...]:
    return (FileList(SITE, 0, tuple(range(len(declared)))),)


@pytest.mark.parametrize("seed", range(300))
def test_where_all_declared_rules_are_there_nothing_changes(seed: int) -> None:
    rng = random.Random(seed)
    live = any_list(rng, 9)
    declared = [rule for rule in distinct(live) if rng.random() < 0.5]
    counting = {str({**rule, "enable": 1}): rule for rule in reversed(live) if rule["enable"]}
    # A copy that is switched on is the one that counts.
    declared = sorted(
        (counting.get(str({**rule, "enable": 1}), rule) for rule in declared),
        key=lambda rule: next(place for place, one in enumerate(live) if one == rule),
    )
    order = rule_order(live, declared, one_list(declared))
    assert not order.misplaced
    assert verdicts(whole(declared, order)) == verdicts(live)


@pytest.mark.parametrize("seed", range(300))
def test_what_was_closed_by_hand_stays_closed_and_what_is_newly_closed_is_not_opened(seed: int) -> None:
    rng = random.Random(seed)
    live = any_list(rng, 6)
    declared = distinct([*(rule for rule in live if rng.random() < 0.4), *any_list(rng, 4)])
    rng.shuffle(declared)
    order = rule_order(live, declared, one_list(declared))
    if order.misplaced:
        return
    after = whole(declared, order)
    foreign = [one.rule for one in order.placed]
    for packet, wanted in zip(PACKETS, verdicts(declared), strict=True):
        first = next((rule for rule in live if fits(rule, packet)), None)
        then = next((rule for rule in after if fits(rule, packet)), None)
        if first is not None and first in foreign and first["action"] != "ACCEPT" and not drops_the_rest(first):
            assert then is not None
            assert then["action"] != "ACCEPT"
        closing = next((rule for rule in declared if fits(rule, packet)), None)
        if wanted in ("DROP", "REJECT") and closing not in live and not drops_the_rest(closing or {}):
            assert then is not None
            assert then["action"] != "ACCEPT" or then in declared


@pytest.mark.parametrize("seed", range(200))
def test_rules_that_could_not_meet_have_no_packet_in_common(seed: int) -> None:
    rng = random.Random(seed)
    one, other = ({**any_rule(rng), "enable": 1} for _ in range(2))
    if any(fits(one, packet) and fits(other, packet) for packet in PACKETS):
        assert could_meet(one, other)
        assert could_meet(other, one)


SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}
API = SSH | {"dport": "8006"}
WEB = SSH | {"dport": "80"}
BLOCKED = {"type": "in", "action": "DROP", "source": "10.9.9.9", "enable": 1}
REST = {"type": "in", "action": "DROP", "enable": 1}
DOOR = SSH | {"dport": "2222"}
NO_SSH = SSH | {"action": "DROP"}
GROUP = {"type": "group", "action": "web", "enable": 1}


@pytest.mark.parametrize(
    ("live", "declared", "result"),
    [
        ([BLOCKED, SSH, API], [SSH, API], [BLOCKED, SSH, API]),
        ([SSH, BLOCKED, API], [SSH, API], [SSH, BLOCKED, API]),
        ([SSH, API, BLOCKED], [SSH, API], [SSH, API, BLOCKED]),
        ([BLOCKED], [SSH, API], [BLOCKED, SSH, API]),
        ([REST], [SSH, API], [SSH, API, REST]),
        ([DOOR, REST], [SSH, API], [SSH, API, DOOR, REST]),
        ([DOOR], [SSH, API, REST], [SSH, API, DOOR, REST]),
        ([SSH], [NO_SSH], [NO_SSH, SSH]),
        ([GROUP], [SSH, REST], [GROUP, SSH, REST]),
        ([SSH | {"enable": 0}, BLOCKED], [SSH], [BLOCKED, SSH]),
        ([SSH, BLOCKED, SSH | {"enable": 0}], [SSH], [SSH, BLOCKED]),
        ([SSH | {"enable": 0}, BLOCKED, SSH], [SSH], [BLOCKED, SSH]),
        ([DOOR, SSH, API], [SSH, API], [DOOR, SSH, API]),
        ([API, DOOR, SSH], [SSH, API], [SSH, API, DOOR]),
        ([BLOCKED | {"enable": 0}, SSH], [SSH], [BLOCKED | {"enable": 0}, SSH]),
        ([BLOCKED, BLOCKED | {"comment": "twice"}], [], [BLOCKED]),
    ],
)
def test_the_place_of_a_rule(live: list[Rule], declared: list[Rule], result: list[Rule]) -> None:
    order = rule_order(live, declared, one_list(declared))
    assert not order.misplaced
    assert whole(declared, order) == result


def test_an_order_that_the_files_have_the_other_way_round_is_told() -> None:
    order = rule_order([API, BLOCKED, SSH], [SSH, API], one_list([SSH, API]))
    assert [(one.rule, one.behind, one.before) for one in order.misplaced] == [(BLOCKED, 1, 0)]
    assert not order.placed


@pytest.mark.parametrize(
    ("live", "found"),
    [
        # The site's list comes first where it may.
        ([BLOCKED, SSH, API, WEB], (SITE, 0)),
        ([SSH, BLOCKED, API, WEB], (SITE, None)),
        ([SSH, API, BLOCKED, WEB], (GUEST, None)),
        ([SSH, API, WEB, BLOCKED], None),
    ],
)
def test_several_lists_in_one_place(live: list[Rule], found: tuple[Any, int | None] | None) -> None:
    places = [(*SITE, 0), (*GUEST, 3), (*MANIFEST, 0)]
    lists = file_lists(places, [SITE, GUEST])
    order = rule_order(live, [SSH, API, WEB], lists)
    assert [(one.path, one.before) for one in order.placed] == ([found] if found else [])
    assert [(one.behind, one.before) for one in order.misplaced] == ([] if found else [(2, None)])


def test_an_empty_list_takes_rules_too() -> None:
    assert file_lists([], [SITE]) == (FileList(SITE, 0, ()),)
    lists = file_lists([(*GUEST, 1)], [SITE, GUEST])
    assert lists == (FileList(SITE, 0, ()), FileList(GUEST, 0, (1,)))
    order = rule_order([SSH, BLOCKED], [SSH], lists)
    assert [(one.path, one.before) for one in order.placed] == [(GUEST, None)]


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({"proto": "tcp"}, {"proto": "udp"}, False),
        ({"proto": "6"}, {"proto": "tcp"}, True),
        ({"proto": "ip"}, {"proto": "udp"}, True),
        ({"proto": "icmp"}, {"proto": "icmpv6"}, False),
        ({"proto": "icmp", "dport": "8"}, {"proto": "icmp", "dport": "0"}, True),
        ({"proto": "icmp", "icmp-type": "echo-request"}, {"proto": "icmp", "icmp-type": "echo-reply"}, True),
        ({"source": "10.0.0.5"}, {"source": "fd00::5"}, False),
        ({"source": "10.0.0.0/24"}, {"source": "10.0.0.9-10.0.0.12"}, True),
        ({"source": "10.0.0.5,10.0.0.6"}, {"source": "10.0.0.7"}, False),
        ({"source": "friends"}, {"source": "10.0.0.7"}, True),
        ({"dest": "10.0.0.5"}, {"source": "10.0.0.7"}, True),
        ({"iface": "net0"}, {"iface": "net1"}, False),
        ({"iface": "vmbr0"}, {"iface": "eno1"}, True),
        ({"proto": "tcp", "dport": "80:90"}, {"proto": "tcp", "dport": "http"}, True),
        ({"proto": "tcp", "dport": "80:90"}, {"proto": "tcp", "dport": "https"}, False),
        ({"proto": "tcp", "dport": "whatever"}, {"proto": "tcp", "dport": "https"}, True),
        ({"proto": "udp", "sport": "53"}, {"proto": "udp", "sport": "54"}, False),
        ({"macro": "SSH"}, {"proto": "tcp", "dport": "22"}, True),
        ({"macro": "SSH"}, {"macro": "HTTPS"}, False),
        ({"macro": "SSH"}, {"proto": "udp"}, False),
        ({"macro": "OfNextYear"}, {"proto": "udp"}, True),
        ({"macro": "Ping"}, {"proto": "icmpv6"}, True),
        ({"type": "out"}, {}, False),
        ({"type": "group", "action": "web"}, {"type": "out"}, True),
    ],
)
def test_what_could_meet(one: dict[str, str], other: dict[str, str], meet: bool) -> None:
    rules = [{"type": "in", "action": "ACCEPT"} | rule for rule in (one, other)]
    assert could_meet(*rules) == could_meet(*reversed(rules)) == meet
