"""Names that mean nothing to Proxmox, or something that it refuses."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.firewall.names.unknown_names import KnownNames, unknown_names, uses_sdn
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.firewall_name import NameUse

NETWORKS = NamedNetworks(
    aliases={"live": "10.0.7.0/24", "six": "fd00::/64"},
    sets={"hosts": []},
    guest_aliases={111: {"mine": "10.0.8.0/24"}},
    guest_sets={111: {"ours": []}},
)
KNOWN = KnownNames(NETWORKS, {"base", "web"}, sdn=["zone-all"], macros=["SSH", "OfNextYear"])
F = "f:1"


@pytest.mark.parametrize(
    "use",
    [
        NameUse(F, "r", addresses=("live",)),
        NameUse(F, "r", addresses=("dc/live", "+hosts", "+dc/hosts")),
        NameUse(F, "r", group="base"),
        NameUse(F, "r", 111, ("mine", "guest/mine", "+ours", "+guest/ours", "live", "dc/live")),
        NameUse(F, "r", macro="OfNextYear"),
        NameUse(F, "r", addresses=("10.0.0.1", "10.0.0.1-10.0.0.9")),
        NameUse(F, "r", addresses=("fd00::1", "six"), proto="icmpv6"),
        NameUse(F, "r", addresses=("+zone-all", "+sdn/zone-all")),
        NameUse(F, "r", addresses=("+hosts", "six"), proto="icmpv6"),
    ],
    ids=str,
)
def test_what_is_known(use: NameUse) -> None:
    assert unknown_names([use], KNOWN) == ()


@pytest.mark.parametrize(
    ("use", "what", "expected"),
    [
        (NameUse(F, "r", addresses=("live2",)), "the alias live2", "`live`"),
        (NameUse(F, "r", addresses=("+host",)), "the IP set +host", "`+hosts`"),
        (NameUse(F, "r", group="bass"), "the security group bass", "`base`"),
        (NameUse(F, "r", addresses=("zzz",)), "the alias zzz", "`firewall.aliases`"),
        (NameUse(F, "r", addresses=("mine",)), "the alias mine", "firewall.aliases"),
        (NameUse(F, "r", 201, ("mine",)), "the alias mine", "firewall.aliases"),
        (NameUse(F, "r", 111, ("guest/live",)), "for the guest 111", "`live`"),
        (NameUse(F, "r", 111, ("dc/mine",)), "the alias dc/mine", "`mine`"),
        (NameUse(F, "r", 111, ("+dc/ours",)), "the IP set +dc/ours", "`+ours`"),
        (NameUse(F, "r", 111, ("+guest/hosts",)), "the IP set +guest/hosts", "`+hosts`"),
        (NameUse(F, "r", addresses=("+dc/zone-all",)), "the IP set +dc/zone-all", "`+zone-all`"),
        (NameUse(F, "r", addresses=("+sdn/zone",)), "the IP set +sdn/zone", "`+zone-all`"),
        (NameUse(F, "r", macro="OfThisYear"), "no macro OfThisYear", "`OfNextYear`"),
        (NameUse(F, "r", macro="ofnextyear"), "no macro ofnextyear", "OfNextYear"),
        (NameUse(F, "r", addresses=("live", "six")), "mixes IPv4 and IPv6", "one rule for each"),
        (NameUse(F, "r", addresses=("six", "10.0.0.1")), "mixes IPv4 and IPv6", "one rule for each"),
        (NameUse(F, "r", addresses=("six",), proto="icmp"), "mixes IPv4 and IPv6", "one rule for each"),
    ],
    ids=str,
)
def test_what_is_unknown(use: NameUse, what: str, expected: str) -> None:
    (problem,) = unknown_names([use], KNOWN)
    assert what in problem.what
    assert expected in problem.expected
    assert (problem.where, problem.next_step) == (F, "correct it at f:1")
    assert problem.seen.startswith("r")


def test_macros_are_not_judged_where_nobody_asked_for_them() -> None:
    assert unknown_names([NameUse(F, "r", macro="SSH")], KnownNames(NETWORKS, ())) == ()


def test_the_software_defined_network_is_asked_only_where_it_may_be_meant() -> None:
    assert not uses_sdn([NameUse(F, "r", addresses=("+hosts", "live", "10.0.0.1"))], NETWORKS)
    assert uses_sdn([NameUse(F, "r", addresses=("+zone-all",))], NETWORKS)
    assert uses_sdn([NameUse(F, "r", addresses=("+sdn/zone-all",))], NETWORKS)


def test_the_way_through_the_engine() -> None:
    use = NameUse(F, "r", 111, ("live", "+hosts"), "web", "SSH", "tcp")
    assert NameUse.from_input({**use.as_input(), "guest": 111.0}) == use
