"""Options of the firewall, in data cases: what is written, what is seen as it is, what the files mean."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.models.firewall import GuestFirewall, SiteFirewall
from phoenix_providers.models.site import SiteFile
from phoenix_providers.planning.proxmox.firewall_options import (
    GUEST_WORDS,
    SITE_WORDS,
    chosen,
    option_defaults,
    options_as_wished,
    options_change,
    said_options,
)
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

CLUSTER, GUEST = ProxmoxScope("cluster"), ProxmoxScope("lxc", "pve", 101)
LIMIT = "enable=1,burst=5,rate=1/second"


@pytest.mark.parametrize(
    ("scope", "live", "wished", "left_open", "values"),
    [
        pytest.param(GUEST, {}, {"enable": "1"}, (), {"enable": "1"}, id="new"),
        pytest.param(GUEST, {"enable": 1}, {"enable": "1"}, (), {}, id="a number"),
        pytest.param(GUEST, {"enable": True}, {"enable": "1"}, (), {}, id="a truth value"),
        pytest.param(GUEST, {"enable": "1"}, {"enable": "1"}, (), {}, id="a text"),
        pytest.param(GUEST, {}, {"policy_in": "DROP"}, (), {"policy_in": "DROP"}, id="declared as by default"),
        pytest.param(GUEST, {}, {"policy_in": "DROP"}, ("policy_in",), {}, id="open, and in force"),
        pytest.param(GUEST, {}, {"policy_in": "ACCEPT"}, ("policy_in",), {"policy_in": "ACCEPT"}, id="open, and not"),
        pytest.param(GUEST, {}, {"dhcp": "1"}, ("dhcp",), {}, id="DHCP passes where nothing is set"),
        pytest.param(GUEST, {"dhcp": 0}, {"dhcp": "1"}, ("dhcp",), {"dhcp": "1"}, id="DHCP is blocked"),
        pytest.param(
            GUEST, {"log_level_in": ""}, {"log_level_in": "nolog"}, ("log_level_in",), {}, id="empty is unset"
        ),
        pytest.param(CLUSTER, {"log_ratelimit": "1"}, {"log_ratelimit": LIMIT}, (), {}, id="a short limit"),
        pytest.param(
            CLUSTER, {"log_ratelimit": "0"}, {"log_ratelimit": LIMIT}, (), {"log_ratelimit": LIMIT}, id="no limit"
        ),
        pytest.param(
            CLUSTER, {"log_ratelimit": "???"}, {"log_ratelimit": LIMIT}, (), {"log_ratelimit": LIMIT}, id="unreadable"
        ),
        pytest.param(CLUSTER, {"enable": 1700000000}, {"enable": "1"}, (), {"enable": "1"}, id="on for a minute"),
        pytest.param(CLUSTER, {"ebtables": 0}, {}, (), {}, id="nobody's"),
    ],
)
def test_only_what_differs_is_set(
    scope: ProxmoxScope, live: dict[str, Any], wished: dict[str, str], left_open: Any, values: dict[str, str]
) -> None:
    change = options_change(scope, live, wished, left_open)
    assert (change.values, change.unset) == (values, ())
    seen = options_as_wished(scope, {**live, **change.values}, wished, left_open)
    assert seen == wished


@pytest.mark.parametrize(
    ("before", "wished", "unset"),
    [
        (("ipfilter",), {}, ("ipfilter",)),
        (("ipfilter",), {"ipfilter": "1"}, ()),
        (("radv",), {}, ()),
        (("enable", "policy_in", "policy_out"), {}, ()),
        ((), {}, ()),
    ],
    ids=["left the files", "still there", "gone already", "switch and policies", "never ours"],
)
def test_only_what_was_wished_is_unset(before: Any, wished: dict[str, str], unset: Any) -> None:
    live = {"enable": 1, "policy_in": "DROP", "policy_out": "DROP", "ipfilter": 1}
    assert options_change(GUEST, live, wished, (), before).unset == unset


@pytest.mark.parametrize(
    ("live", "key", "expected"),
    [
        ({"ipfilter": 0}, "ipfilter", ""),
        ({"ipfilter": 1}, "ipfilter", "1"),
        ({"macfilter": 0}, "macfilter", "0"),
        ({"dhcp": 0}, "dhcp", "0"),
        ({"policy_in": "DROP"}, "policy_in", "DROP"),
        ({"enable": 1}, "policy_in", "DROP"),
        ({"enable": 0}, "policy_in", ""),
        ({"enable": 1}, "enable", "1"),
        ({}, "enable", ""),
    ],
)
def test_what_somebody_has_chosen(live: dict[str, Any], key: str, expected: str) -> None:
    assert chosen(GUEST, key, live) == expected


def test_every_option_has_a_word_in_the_files_and_a_default() -> None:
    assert SITE_WORDS.keys() == option_defaults(CLUSTER).keys()
    assert GUEST_WORDS.keys() == option_defaults(GUEST).keys()
    others = {"global_firewall_rules", "aliases", "ip_sets", "security_groups"}
    assert set(SITE_WORDS.values()) == SiteFirewall.model_fields.keys() - others
    assert set(GUEST_WORDS.values()) == GuestFirewall.model_fields.keys() - {"rules"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, {}),
        ({"rules": []}, {}),
        ({"enabled": False, "dhcp": False, "input_policy": None}, {"enable": "0", "dhcp": "0"}),
        ({"ipfilter": True, "input_log_level": "info"}, {"ipfilter": "1", "log_level_in": "info"}),
    ],
)
def test_what_a_guests_file_says(data: dict[str, Any], said: dict[str, str]) -> None:
    assert said_options(GuestFirewall.model_validate(data), GUEST_WORDS) == said


@pytest.mark.parametrize("limit", ["1", 1, True, "enable=1", "burst=5,enable=1", "enable=on,rate=1/second,burst=5"])
def test_a_limit_is_said_in_full(limit: object) -> None:
    assert said_options(SiteFirewall.model_validate({"log_ratelimit": limit}), SITE_WORDS) == {"log_ratelimit": LIMIT}


@pytest.mark.parametrize(
    "limit", ["", "maybe", "burst=5", "1,1", "enable=1,rate=0/second", "1,rate=1/week", "1,burst=x"]
)
def test_a_limit_that_proxmox_would_refuse(limit: str) -> None:
    with pytest.raises(ValueError, match="enable=1,burst=5,rate=1/second"):
        SiteFirewall.model_validate({"log_ratelimit": limit})


def test_a_site_without_a_firewall_says_nothing() -> None:
    assert said_options(SiteFile(domain_name="home.lan").firewall, SITE_WORDS) == {}
