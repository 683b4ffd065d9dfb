"""What a first write would overwrite, in data cases."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.firewall.adoption import adoption, as_declared
from phoenix_providers.planning.proxmox.restoration import restored_options
from phoenix_providers.planning.proxmox.take_over import FirstWrite, FoundOnProxmox, examine
from phoenix_providers.planning.proxmox.wanted_place import WantedFiles, WantedFirewall
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

NODE = ProxmoxScope("node", "pve")
CLUSTER = ProxmoxScope("cluster")
GUEST = ProxmoxScope("vm", "pve", 111)
FRESH = """\
127.0.0.1 localhost.localdomain localhost
10.0.0.13 pve.local pve

# The following lines are desirable for IPv6 capable hosts
::1     ip6-localhost ip6-loopback
ff02::3 ip6-allhosts
"""
WANTED_FILES = WantedFiles(
    (("127.0.0.1", "localhost"), ("10.0.0.13", "pve.home.lan", "pve"), ("10.0.0.21", "apps.home.lan")),
    domain="home.lan",
)
SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}
WEB = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "80", "enable": 1}
PING = {"type": "in", "action": "ACCEPT", "proto": "icmp", "icmp-type": "echo-request", "enable": 1}
OPTIONS = {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT", "policy_forward": "ACCEPT", "ebtables": "1"}
OPTIONS |= {"log_ratelimit": "enable=1,burst=5,rate=1/second"}


@pytest.mark.parametrize(
    ("added", "lost"),
    [
        ("", ()),
        ("10.0.0.21 apps.home.lan\n", ()),
        ("10.0.0.21 apps.home.lan apps\n", ("hosts entry: 10.0.0.21 apps",)),
        ("10.0.0.99 apps.home.lan\n", ("hosts entry: 10.0.0.99 apps.home.lan",)),
        ("10.0.0.5 nas.lan # the old one\n", ("hosts entry: 10.0.0.5 nas.lan",)),
        ("# 10.0.0.5 nas.lan\n", ()),
        ("127.0.1.1 localhost4\n", ()),
    ],
)
def test_hosts_entries_that_would_go(added: str, lost: tuple[str, ...]) -> None:
    found = FoundOnProxmox(hosts=FRESH + added)
    assert examine(NODE, {"hosts@pve"}, found, WANTED_FILES).losses == lost
    assert examine(NODE, set(), found, WANTED_FILES) == FirstWrite()


@pytest.mark.parametrize(
    ("rules", "in_force", "losses", "leftovers"),
    [
        ([], False, 0, ()),
        ([], True, 0, ()),
        ([SSH], False, 0, (0,)),
        ([WEB, SSH], False, 0, (0, 1)),
        ([WEB | {"comment": "other words"}], False, 0, (0,)),
        ([SSH], True, 1, ()),
        ([SSH | {"source": "10.0.0.0/24"}], False, 1, ()),
        ([SSH, SSH | {"dport": "2222"}], False, 2, ()),
        ([{"type": "in", "action": "ACCEPT", "proto": "icmp", "enable": 1}, SSH], False, 0, (0, 1)),
        ([PING | {"icmp-type": "echo-reply"}, SSH], False, 2, ()),
    ],
)
def test_rules_in_the_way(rules: list[Any], in_force: bool, losses: int, leftovers: tuple[int, ...]) -> None:
    found = FoundOnProxmox(rules=rules, in_force=in_force)
    result = examine(CLUSTER, {"rules@cluster"}, found, WantedFirewall((SSH, WEB, PING), OPTIONS))
    assert (len(result.losses), result.leftovers) == (losses, leftovers)


@pytest.mark.parametrize(
    ("options", "lost"),
    [
        ({}, ()),
        ({"enable": 0}, ()),
        ({"enable": 1, "policy_in": "DROP"}, ()),
        ({"enable": 1700000000}, ()),
        ({"policy_in": "ACCEPT"}, ("option policy_in: ACCEPT (would become DROP)",)),
        ({"ebtables": False}, ("option ebtables: 0 (would become 1)",)),
        ({"log_ratelimit": "rate=1/second,burst=5,enable=1"}, ()),
        (
            {"log_ratelimit": "enable=0"},
            ("option log_ratelimit: enable=0 (would become " + OPTIONS["log_ratelimit"] + ")",),
        ),
    ],
)
def test_options_that_somebody_has_chosen(options: dict[str, Any], lost: tuple[str, ...]) -> None:
    found = FoundOnProxmox(options=options)
    assert examine(CLUSTER, {"firewall@cluster"}, found, WantedFirewall((), OPTIONS)).losses == lost


@pytest.mark.parametrize(
    ("options", "lost", "kept"),
    [
        ({}, 0, {}),
        ({"enable": 0}, 0, {}),
        ({"enable": 0, "policy_in": "DROP"}, 1, {"input_policy": "DROP"}),
        ({"enable": 1}, 1, {"input_policy": "DROP"}),
        ({"enable": 1, "policy_in": "ACCEPT"}, 0, {}),
        ({"enable": 1, "policy_in": "REJECT", "policy_out": "DROP"}, 2, {"input_policy": "REJECT"}),
    ],
)
def test_a_guest_keeps_the_policies_that_its_file_leaves_open(
    options: dict[str, Any], lost: int, kept: dict[str, str]
) -> None:
    options_wished = {"enable": "1", "policy_in": "ACCEPT", "policy_out": "ACCEPT"}
    wanted = WantedFirewall((), options_wished, ("policy_in",))
    found = FoundOnProxmox(options=options)
    assert len(examine(GUEST, {"firewall@111"}, found, wanted).losses) == lost
    assert adoption(GUEST, {"firewall@111"}, found, wanted).options == kept
    assert adoption(GUEST, {"rules@111"}, found, wanted).options == {}


@pytest.mark.parametrize(
    ("found", "values", "switched_off"),
    [
        ({}, {}, False),
        ({"enable": "0", "policy_in": "DROP"}, {"enable": "0", "policy_in": "DROP"}, False),
        ({"enable": "1", "policy_in": "ACCEPT"}, {"enable": "1", "policy_in": "ACCEPT"}, False),
        ({"enable": "1"}, {"enable": "0"}, True),
        ({"enable": "1", "policy_in": "REJECT"}, {"enable": "0", "policy_in": "REJECT"}, True),
        (
            {"enable": "1", "policy_in": "ACCEPT", "policy_out": "DROP"},
            {"enable": "0", "policy_in": "ACCEPT", "policy_out": "DROP"},
            True,
        ),
    ],
)
@pytest.mark.parametrize("scope", [CLUSTER, GUEST])
def test_what_is_put_back_never_drops_without_rules(
    scope: ProxmoxScope, found: dict[str, str], values: dict[str, str], switched_off: bool
) -> None:
    write = restored_options(scope, found)
    assert (write.values, write.switched_off) == (values, switched_off)
    assert not set(write.unset) & set(values)


@pytest.mark.parametrize(
    ("touched", "unset"),
    [
        (
            None,
            {"enable", "policy_in", "policy_out", "dhcp", "ndp", "radv", "macfilter", "log_level_in", "log_level_out"},
        ),
        (["enable"], {"enable", "policy_in", "policy_out"}),
        (["enable", "dhcp"], {"enable", "policy_in", "policy_out", "dhcp"}),
    ],
)
def test_only_what_was_ever_ours_is_put_back(touched: list[str] | None, unset: set[str]) -> None:
    write = restored_options(GUEST, {"ipfilter": "1"}, touched)
    assert (set(write.unset), dict(write.values)) == (unset, {} if touched else {"ipfilter": "1"})


@pytest.mark.parametrize(
    ("scope", "recorded", "names"),
    [
        (CLUSTER, set(), ("rules@cluster", "firewall@cluster")),
        # Taken over, or half of a first run: the rules say that the place is ours.
        (CLUSTER, {"rules@cluster"}, ()),
        (CLUSTER, {"rules@cluster", "firewall@cluster"}, ()),
        # Options of an older version alone, without the rules.
        (CLUSTER, {"firewall@cluster"}, ("rules@cluster",)),
        (GUEST, {"rules@cluster"}, ("rules@111", "firewall@111")),
        (NODE, set(), ("hosts@pve",)),
        (NODE, {"hosts@pve"}, ()),
    ],
)
def test_what_a_run_would_write_first(scope: ProxmoxScope, recorded: set[str], names: tuple[str, ...]) -> None:
    assert scope.first_written(WANTED_FILES.files, recorded) == names


def test_foreign_things_are_kept_in_order_and_ours_are_not() -> None:
    text = FRESH + "10.0.0.9 z.lan\n10.0.0.7 old.home.lan a.lan\n"
    taken = adoption(NODE, {"hosts@pve"}, FoundOnProxmox(hosts=text), WANTED_FILES)
    assert [(entry.address, *entry.names) for entry in taken.entries] == [("10.0.0.9", "z.lan"), ("10.0.0.7", "a.lan")]
    rules = [SSH, WEB | {"sport": "1024"}, PING, WEB | {"dport": "81"}, {"type": "group", "action": "web", "enable": 1}]
    taken = adoption(CLUSTER, {"rules@cluster"}, FoundOnProxmox(rules=rules), WantedFirewall((SSH,), OPTIONS))
    assert [one.rule for one in taken.rules] == [rules[1], PING, rules[3], rules[4]]
    assert as_declared(taken.rules[-1].rule) == {"type": "group", "action": "web"}
    assert taken.inexpressible == ()


def test_a_group_in_another_spelling_brings_in_nothing_and_shall_not_do_so_in_the_files() -> None:
    rules = [{"type": "group", "action": "Web", "enable": 1}]
    taken = adoption(CLUSTER, {"rules@cluster"}, FoundOnProxmox(rules=rules), WantedFirewall((), OPTIONS))
    assert (taken.rules, len(taken.inexpressible)) == ((), 1)


@pytest.mark.parametrize(
    ("live", "foreign", "idle", "inexpressible"),
    [
        # As Proxmox shows what was typed there, and as we say the same.
        ([SSH | {"source": "10.0.0.77/24"}], 0, 0, 0),
        ([SSH | {"dport": "22", "source": "10.0.0.0/24", "pos": 0, "digest": "d", "ipversion": 4}], 0, 0, 0),
        ([WEB, WEB | {"comment": "again"}, WEB | {"enable": 0}], 1, 2, 0),
        # The kind of message is part of a rule.
        ([PING, PING | {"icmp-type": "echo-reply"}], 2, 0, 0),
        ([{key: value for key, value in PING.items() if key != "icmp-type"}], 1, 0, 0),
        # Files that say this are refused when they are read.
        (
            [PING | {"icmp-type": "whatever"}, {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "www"}],
            0,
            0,
            2,
        ),
    ],
)
def test_which_rules_are_foreign(live: list[Any], foreign: int, idle: int, inexpressible: int) -> None:
    wanted = WantedFirewall((SSH | {"source": "10.0.0.0/24"},), OPTIONS)
    taken = adoption(CLUSTER, {"rules@cluster"}, FoundOnProxmox(rules=live), wanted)
    assert (len(taken.rules), len(taken.idle), len(taken.inexpressible)) == (foreign, idle, inexpressible)
