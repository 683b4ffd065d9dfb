"""The model of Proxmox's evaluation, in data cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.lab.firewall.evaluation import Map, passes
from phoenix_providers.lab.firewall.rule_match import Attempt
from phoenix_providers.planning.firewall.lockout.cut import Cut
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState, Level, closed_chain, unknowns
from phoenix_providers.planning.firewall.lockout.lockout import Wanted, closed, closed_now, is_given_back
from phoenix_providers.planning.firewall.lockout.missing_rules import missing_rules, opening_steps
from phoenix_providers.planning.firewall.lockout.remedy import decided_by
from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.proxmox.api_words import deciding_options
from phoenix_providers.planning.site_plan import Connection

CASES: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parent / "firewall" / "evaluation.yaml")
GUESTS = {"vm1": 1, "vm2": 2}
ADDRESSES = {"node": "10.0.0.13", "vm1": "10.0.0.21", "vm2": "10.0.0.22"}
VERDICTS = {"yes": {True}, "no": {False}, "unknown": {True, False}}


def rule(text: str) -> dict[str, Any]:
    """Read the words of a case."""
    words = text.split()
    found: dict[str, Any] = {"type": words.pop(0), "action": words.pop(0), "enable": 1}
    if words and words[-1] == "off":
        found["enable"] = 0
        words.pop()
    for word, key in (("from", "source"), ("to", "dest"), ("on", "iface"), ("macro", "macro"), ("sport", "sport")):
        if word in words:
            place = words.index(word)
            found[key] = words[place + 1]
            del words[place : place + 2]
    return found | dict(zip(("proto", "dport"), words, strict=False))


def level(content: dict[str, Any]) -> Level:
    return Level(tuple(map(rule, content.get("rules", ()))), deciding_options(content.get("options", {})))


def firewall_of(case: dict[str, Any]) -> FirewallState:
    return FirewallState(
        cluster=level({"options": case.get("options", {}), "rules": case.get("cluster", ())}),
        node=level(case.get("node", {})),
        guests={number: level(case[name]) for name, number in GUESTS.items() if name in case},
        names=NamedNetworks(
            aliases=case.get("aliases", {}),
            sets=case.get("sets", {}),
            guest_aliases={1: case.get("guest_aliases", {})},
        ),
        groups={name: list(map(rule, rules)) for name, rules in case.get("groups", {}).items()},
        network=case.get("network", "10.0.0.0/24"),
        devices={number: case[name]["devices"] for name, number in GUESTS.items() if "devices" in case.get(name, {})},
    )


def connection(text: str) -> Connection:
    source, _, dest, proto, port = text.split()
    return Connection(
        name=text,
        what=text,
        source=ADDRESSES.get(source, source),
        dest=ADDRESSES[dest],
        proto=proto,
        port=int(port),
        from_guest=GUESTS.get(source, 0),
        from_node=source == "node",
        to_guest=GUESTS.get(dest, 0),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_evaluation(case: dict[str, Any]) -> None:
    asked, given = connection(case["ask"]), firewall_of(case)
    unknown = sorted(unknowns(given, asked))
    chosen = (frozenset(held) for count in range(len(unknown) + 1) for held in combinations(unknown, count))
    assert {closed_chain(given, asked, held) is None for held in chosen} == VERDICTS[case["passes"]]


def lab_level(case: dict[str, Any], rules: str, *, guest: bool = False) -> dict[str, Any]:
    sets = {} if guest else case.get("sets", {})
    aliases = case.get("guest_aliases" if guest else "aliases", {})
    return {
        "options": case.get("options", {}),
        "rules": list(map(rule, case.get(rules, ()))),
        "aliases": {name: {"cidr": network} for name, network in aliases.items()},
        "ipset": {
            name: [{"cidr": one.removeprefix("!"), "nomatch": int(one.startswith("!"))} for one in members]
            for name, members in sets.items()
        },
        "groups": {name: list(map(rule, rules)) for name, rules in case.get("groups", {}).items()},
    }


# What the lab leaves out: UDP, network devices, forwarded traffic, most macros.
LAB_CASES = [
    case
    for case in CASES
    if case["passes"] != "unknown"
    and " tcp " in case["ask"]
    and not any(word in str(case) for word in ("devices", "nftables", "macro"))
]


@pytest.mark.parametrize("case", LAB_CASES, ids=lambda case: case["name"])
def test_the_lab_decides_so_too(case: dict[str, Any]) -> None:
    asked = connection(case["ask"])
    firewall = {
        "cluster": lab_level(case, "cluster"),
        "nodes": {"pve": lab_level(case.get("node", {}), "rules")},
        "guests": {
            number: lab_level(case[name] | {"guest_aliases": case.get("guest_aliases", {})}, "rules", guest=True)
            for name, number in GUESTS.items()
            if name in case
        },
    }
    known = Map("pve", ADDRESSES["node"], "10.0.0.0/24", {ADDRESSES[name]: number for name, number in GUESTS.items()})
    assert passes(firewall, known, Attempt(asked.source, asked.dest, asked.port)) is (case["passes"] == "yes")


NEEDED: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parent / "firewall" / "needed.yaml")


def declared(case: dict[str, Any], now: FirewallState) -> Wanted:
    then = case["then"]
    guests = {number: of_files(then[name]) for name, number in GUESTS.items() if name in then}
    cluster = of_files({"options": then["options"], "rules": then.get("cluster", ())}) if "options" in then else None
    names = [
        *(named("ip-set", name, "", members(texts)) for name, texts in then.get("sets", {}).items()),
        *(named("security-group", name, "", map(rule, texts)) for name, texts in then.get("groups", {}).items()),
    ]
    return Wanted(cluster or now.cluster, guests, names)


def of_files(content: dict[str, Any]) -> Level:
    return replace(level(content), from_files=True)


def members(texts: list[str]) -> list[dict[str, Any]]:
    return [{"cidr": text.removeprefix("!"), "nomatch": text.startswith("!")} for text in texts]


def rule_of(cut: Cut) -> str:
    one, direction = cut.connection, cut.at.direction if cut.at else ""
    end = {"in": f"from {one.source}", "out": f"to {one.dest}"}[direction]
    return f"{cut.guest}: {direction} {end} {one.proto} {one.port}"


@pytest.mark.parametrize("case", NEEDED, ids=lambda case: case["name"])
def test_what_stays_closed_and_what_is_given_back(case: dict[str, Any]) -> None:
    asked, now = connection(case["ask"]), firewall_of(case)
    wanted = declared(case, now)
    found = closed(now, wanted, [asked], ())
    assert [rule_of(cut) for cut in found] == case["closed"]
    assert closed(now, wanted, [asked], [asked.name]) == ()
    assert is_given_back(now, wanted, asked) is (case["given_back"] in (True, "yes"))
    assert bool(closed_now(now, asked)) >= is_given_back(now, wanted, asked)


DECIDING: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parent / "firewall" / "deciding.yaml")


def places_of(case: dict[str, Any]) -> dict[str, str]:
    """Say where the lists stand that are declared, and their entries."""
    then = case["then"]
    lists = {"0": ("site.yaml", 10, "rules", then.get("cluster", ()) if "options" in then else None)}
    lists |= {
        str(number): ("vms.yaml", 100 * number + 10, "rules", then[name].get("rules", ()))
        for name, number in GUESTS.items()
        if name in then
    }
    found = {key: f"{file}:{line - 1}, {section}" for key, (file, line, section, rules) in lists.items() if rules}
    found.setdefault("0", "site.yaml:9, rules")
    lists |= {
        f"security-group@{name}": ("site.yaml", 50, name, texts) for name, texts in then.get("groups", {}).items()
    }
    for key, (file, line, section, rules) in lists.items():
        found |= {f"{key}/{place}": f"{file}:{line + place}, {section}[{place}]" for place, _ in enumerate(rules or ())}
    for name, texts in then.get("sets", {}).items():
        found |= {f"ip-set@{name}/{text}": f"site.yaml:{80 + place}, set" for place, text in enumerate(texts)}
    return found


@pytest.mark.parametrize("case", DECIDING, ids=lambda case: case["name"])
def test_what_decides_is_named_with_what_opens_it(case: dict[str, Any]) -> None:
    asked, now, places = connection(case["ask"]), replace(firewall_of(case), node_name="pve"), places_of(case)
    found = closed(now, declared(case, now), [asked], ())
    by = case["by"] if isinstance(case["by"], list) else [case["by"]]
    assert len(found) == len(by)
    assert all(decided_by(cut, places).startswith(word) for cut, word in zip(found, by, strict=True))
    assert missing_rules(found, places) == case["expected"]
    assert opening_steps(found, places) == case["step"]


@pytest.mark.parametrize("case", DECIDING, ids=lambda case: case["name"])
def test_what_is_advised_opens_it(case: dict[str, Any]) -> None:
    """A rule before the one that is named, the one behind it in its place, or the set without that member."""
    asked, now = connection(case["ask"]), replace(firewall_of(case), node_name="pve")
    wanted = declared(case, now)
    # What is on Proxmox already may stay there; then it is changed there.
    groups = {**now.groups, **{one.name: one.entries for one in wanted.names if one.kind == "security-group"}}
    sets = {**now.names.sets, **case["then"].get("sets", {})}
    final = replace(
        now,
        cluster=wanted.cluster,
        guests={**now.guests, **wanted.guests},
        groups=groups,
        names=replace(now.names, sets=sets),
    )
    for cut in closed(now, wanted, [asked], ()):
        final = opened(final, cut)
    assert closed_now(final, asked) == ()


def opened(final: FirewallState, cut: Cut) -> FirewallState:
    """Do what is advised."""
    if cut.by is not None and cut.by.member:
        left = [one for one in final.names.sets["blacklist"] if one != cut.by.member]
        return replace(final, names=replace(final.names, sets={**final.names.sets, "blacklist": left}))
    place = cut.by.front.position if cut.by else 0
    home = cut.by.front.home if cut.by else str(cut.guest)
    opener = cut.by.opener if cut.by else None
    rule = cut.words if opener is None or opener.home != home else opener.rule

    def with_rule(rules: Sequence[Any]) -> tuple[Any, ...]:
        left = [one for one in rules if one is not rule]
        return (*left[:place], rule, *left[place:])

    if home.startswith("security-group@"):
        name = home.partition("@")[2]
        return replace(final, groups={**final.groups, name: with_rule(final.groups[name])})
    if home == "node pve":
        return replace(final, node=Level(with_rule(final.node.rules), final.node.options))
    if home == "0":
        return replace(final, cluster=Level(with_rule(final.cluster.rules), final.cluster.options))
    before = final.guests[int(home)]
    return replace(final, guests={**final.guests, int(home): Level(with_rule(before.rules), before.options)})
