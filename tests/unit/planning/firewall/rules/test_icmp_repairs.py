"""What is left to be done behind the Proxmox plugin, in data cases."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.firewall.rules.icmp_repairs import RuleRepair, has_icmp, icmp_repairs, same_signatures

ANY = {"type": "in", "action": "ACCEPT", "proto": "icmp", "enable": 1}
PING = ANY | {"icmp-type": "echo-request"}
LATE = ANY | {"icmp-type": "time-exceeded", "comment": "late", "enable": 0}
SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}


@pytest.mark.parametrize(
    ("wanted", "live", "repairs"),
    [
        ([SSH, PING], [SSH, PING], ()),
        ([SSH, PING], [SSH, ANY], (RuleRepair(1, {"icmp-type": "echo-request"}),)),
        ([SSH, ANY], [SSH, PING], (RuleRepair(1, {}, ("icmp-type",)),)),
        # What the plugin has mixed up comes back; what becomes narrower comes first.
        ([ANY, PING], [PING, ANY], (RuleRepair(1, {"icmp-type": "echo-request"}), RuleRepair(0, {}, ("icmp-type",)))),
        (
            [LATE],
            [PING | {"log": "info"}],
            (RuleRepair(0, {"icmp-type": "time-exceeded", "enable": "0", "comment": "late"}, ("log",)),),
        ),
        ([PING], [PING | {"comment": "late ", "pos": 0, "digest": "d"}], (RuleRepair(0, {}, ("comment",)),)),
        # Everything else is the plugin's.
        ([SSH], [SSH | {"comment": "by hand", "enable": 0}], ()),
    ],
)
def test_what_the_plugin_leaves(wanted: list[Any], live: list[Any], repairs: tuple[RuleRepair, ...]) -> None:
    assert same_signatures(wanted, live)
    assert icmp_repairs(wanted, live) == repairs


@pytest.mark.parametrize(
    ("wanted", "live", "same"),
    [([], [], True), ([PING], [ANY], True), ([PING], [], False), ([PING, SSH], [SSH, PING], False)],
)
def test_lists_that_are_the_same_to_the_plugin(wanted: list[Any], live: list[Any], same: bool) -> None:
    assert same_signatures(wanted, live) == same


@pytest.mark.parametrize(
    ("rules", "concerned"),
    [
        ([SSH], False),
        ([SSH, ANY], True),
        ([ANY | {"proto": "ipv6-icmp"}], True),
        ([{"type": "in", "action": "ACCEPT", "macro": "Ping", "enable": 1}], False),
    ],
)
def test_lists_that_it_could_concern(rules: list[Any], concerned: bool) -> None:
    assert has_icmp(rules) == concerned
