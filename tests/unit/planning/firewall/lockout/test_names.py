"""A change of aliases, sets and groups must not cut what is needed, at its end or on the way there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState, Level
from phoenix_providers.planning.firewall.lockout.lockout import Wanted, cuts
from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.api_words import deciding_options
from phoenix_providers.planning.site_plan import Connection

SSH = Connection("ssh@pve", "SSH", "192.168.9.9", "10.0.0.13", "tcp", 22)
DROP = {"type": "in", "action": "DROP", "enable": 1}
OUT = {"type": "out", "action": "DROP", "enable": 1}


def accept(source: str = "", **more: Any) -> dict[str, Any]:
    rule = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1, **more}
    return rule | ({"source": source} if source else {})


def group(action: str = "admins") -> dict[str, Any]:
    return {"type": "group", "action": action, "enable": 1}


def level(*rules: dict[str, Any]) -> Level:
    return Level(rules, deciding_options({"enable": 1}))


def alias(name: str, cidr: str) -> FirewallName:
    return named("alias", name, "", [{"cidr": cidr}])


def ip_set(name: str, *members: str) -> FirewallName:
    entries = [{"cidr": one.removeprefix("!"), "nomatch": one.startswith("!")} for one in members]
    return named("ip-set", name, "", entries)


def rules(*content: dict[str, Any]) -> FirewallName:
    return named("security-group", "admins", "", content)


HERE = "192.168.9.0/24"
AWAY = "192.168.8.0/24"
NAMES = NamedNetworks({"office": HERE, "away": AWAY}, {"trusted": [HERE], "both": ["office"], "bad": []})
GROUPS = {"admins": [accept()]}


def lost(
    now: Level,
    later: Level,
    *names: FirewallName,
    leaving: Sequence[str] = (),
    networks: NamedNetworks = NAMES,
    groups: dict[str, Any] = GROUPS,
) -> dict[str, bool]:
    firewall = FirewallState(now, Level(), {}, networks, groups, "10.0.0.0/24")
    found = cuts(firewall, Wanted(later, {}, names, leaving), [SSH], ())
    return {cut.connection.name: cut.on_the_way for cut in found}


GONE, ON_THE_WAY = {"ssh@pve": False}, {"ssh@pve": True}


@pytest.mark.parametrize(
    ("rule", "names", "expected"),
    [
        pytest.param(accept("office"), [alias("office", HERE)], {}, id="an alias as it is"),
        pytest.param(accept("office"), [alias("office", "192.168.0.0/16")], {}, id="an alias that grows"),
        pytest.param(accept("office"), [alias("office", AWAY)], GONE, id="an alias that moves"),
        pytest.param(accept("+trusted"), [ip_set("trusted", HERE, AWAY)], {}, id="a set that grows"),
        pytest.param(accept("+trusted"), [ip_set("trusted", AWAY)], GONE, id="a set that shrinks"),
        pytest.param(accept("+trusted"), [ip_set("trusted", HERE, "!192.168.9.9")], GONE, id="a hole in a set"),
        pytest.param(accept("+trusted"), [ip_set("trusted", "192.168.9.0/25", "192.168.9.128/25")], {}, id="parts"),
        pytest.param(
            accept("+trusted"),
            [ip_set("trusted", HERE, "!192.168.9.0/28", "192.168.9.9")],
            {},
            id="a hole and who is in it all the same, which comes first",
        ),
        pytest.param(accept("+both"), [alias("office", AWAY)], GONE, id="an alias in a set"),
        pytest.param(
            accept("+both"),
            [alias("office", AWAY), alias("away", HERE), ip_set("both", "office", "away")],
            ON_THE_WAY,
            id="two aliases that change places: whichever changes first, nobody is in",
        ),
        pytest.param(
            accept("+both"),
            [alias("office", AWAY), ip_set("both", "office", HERE)],
            ON_THE_WAY,
            id="an alias moves before the set gets what it had",
        ),
        pytest.param(group(), [rules(accept(comment="new"))], {}, id="a comment in a group"),
        pytest.param(group(), [rules(accept(), DROP)], {}, id="a drop at the end of a group comes in switched off"),
        pytest.param(group(), [rules(DROP, accept())], GONE, id="a drop before it"),
        pytest.param(group(), [rules()], GONE, id="an emptied group"),
        pytest.param(group(), [rules(accept(enable=0))], GONE, id="a rule of a group is switched off"),
        pytest.param(group(), [rules(accept("office"))], {}, id="a narrower rule"),
        pytest.param(accept(), [rules(), ip_set("trusted")], {}, id="names that nobody uses"),
    ],
)
def test_names_change_under_the_same_rule(
    rule: dict[str, Any], names: list[FirewallName], expected: dict[str, bool]
) -> None:
    assert lost(level(rule), level(rule), *names) == expected


def test_the_blacklist_grows() -> None:
    networks = NamedNetworks(sets={"blacklist": [AWAY]})
    assert lost(level(accept()), level(accept()), ip_set("blacklist", AWAY, HERE), networks=networks) == GONE
    assert lost(
        level(accept()), level(accept()), ip_set("blacklist", AWAY, HERE, "!192.168.9.9"), networks=networks
    ) == (ON_THE_WAY)


def test_a_new_blacklist() -> None:
    assert lost(level(accept()), level(accept()), ip_set("blacklist", HERE), networks=NamedNetworks()) == GONE
    assert lost(level(accept()), level(accept()), ip_set("blacklist", AWAY), networks=NamedNetworks()) == {}


def test_the_management_set_counts_with_what_belongs_to_it_anyhow() -> None:
    own = Connection("ssh@pve", "SSH", "10.0.0.50", "10.0.0.13", "tcp", 22)
    firewall = FirewallState(level(), Level(), {}, NamedNetworks(sets={"management": [HERE]}), {}, "10.0.0.0/24")
    wanted = Wanted(level(), {}, [ip_set("management", AWAY)])
    assert [cut.connection.source for cut in cuts(firewall, wanted, [SSH, own], ())] == ["192.168.9.9"]
    elsewhere = Wanted(level(), {}, [alias("local_network", AWAY)])
    assert [cut.connection.source for cut in cuts(firewall, elsewhere, [SSH, own], ())] == ["10.0.0.50"]


def test_names_are_there_before_the_rules_that_use_them() -> None:
    assert lost(level(accept("office")), level(accept("+new")), ip_set("new", HERE)) == {}
    assert lost(level(accept("office")), level(accept("+new")), ip_set("new", AWAY)) == GONE


def test_what_leaves_goes_after_the_rules_that_used_it() -> None:
    assert lost(level(accept("office")), level(accept(HERE)), leaving=["alias@office"]) == {}
    assert lost(level(accept("+trusted")), level(accept("+trusted")), leaving=["ip-set@trusted"]) == GONE
    assert lost(level(group()), level(group()), leaving=["security-group@admins"]) == GONE


def test_a_rule_that_changes_together_with_its_name() -> None:
    """The old rule meets the new content first."""
    assert (
        lost(level(accept("office")), level(accept("away")), alias("office", AWAY), alias("away", HERE)) == ON_THE_WAY
    )
    assert lost(level(accept("+trusted")), level(accept(HERE)), ip_set("trusted", AWAY)) == ON_THE_WAY


def test_nothing_is_asked_where_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phoenix_providers.planning.firewall.lockout.lockout._cut", lambda *_: pytest.fail("asked"))
    same = [alias("office", "192.168.9.1/24"), ip_set("trusted", HERE), rules(accept()), ip_set("bad")]
    assert lost(level(accept()), level(accept()), *same) == {}
