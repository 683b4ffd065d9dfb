"""What is remembered while the firewall changes, and what counts as a deviation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from phoenix_providers.planning.firewall.connections.probe_kinds import ProbeKind, way_of
from phoenix_providers.planning.firewall.revert import PlaceContent
from phoenix_providers.planning.firewall.snapshot import FirewallSnapshot, becoming, deviations, remembered
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site_plan import Connection

CLUSTER, GUEST = ProxmoxScope("cluster"), ProxmoxScope("lxc", "pve", 101)
API = {"type": "in", "action": "ACCEPT", "dport": "8006", "enable": "1"}
ON = {"enable": "1"}


def cluster(options: dict[str, str], *rules: dict[str, str]) -> dict[ProxmoxScope, PlaceContent]:
    return {CLUSTER: PlaceContent(rules, options)}


@pytest.mark.parametrize(
    ("wanted", "live", "told"),
    [
        pytest.param(cluster(ON, API), cluster(ON, API), "", id="as declared"),
        pytest.param(cluster(ON, API), cluster(ON, {**API, "comment": "x", "log": "info"}), "", id="words only"),
        pytest.param(cluster(ON, API), cluster({**ON, "policy_in": "DROP"}, API), "", id="the default, written out"),
        pytest.param(cluster(ON, API), cluster({"enable": "1700000000"}, API), "", id="on since a moment"),
        pytest.param(cluster(ON, API), cluster(ON), "the datacenter: other rules", id="a rule deleted"),
        pytest.param(cluster(ON, API), cluster(ON, {**API, "enable": "0"}), "the datacenter: other rules", id="off"),
        pytest.param(cluster(ON), cluster({}, API), "the datacenter: other rules and options", id="both"),
        pytest.param(cluster(ON, API), {}, "", id="Proxmox does not answer"),
        pytest.param(cluster({}), cluster({"enable": "1", "policy_in": "DROP"}), "", id="nobody's options"),
        pytest.param(
            cluster(ON), cluster({"policy_in": "DROP"}), "the datacenter: other options", id="the switch gone"
        ),
        pytest.param(
            cluster({"policy_forward": "DROP"}), cluster(ON), "the datacenter: other options", id="forwarding opened"
        ),
    ],
)
def test_deviations(wanted: Any, live: Any, told: str) -> None:
    assert deviations(wanted, live) == told


def test_what_nobody_wants_of_options_stays_in_a_change() -> None:
    live, wanted = cluster({"policy_in": "DROP", "ebtables": "0"}, API), cluster(ON)
    assert becoming(live, wanted) == cluster({"policy_in": "DROP", "ebtables": "0", "enable": "1"})
    assert becoming({}, wanted) == wanted


def memory(places: Any, *working: str) -> FirewallSnapshot:
    return FirewallSnapshot(places, frozenset(working), {})


def test_a_change_that_was_never_confirmed_is_the_one_to_go_back_from() -> None:
    old, now = memory(cluster(ON, API), "api@pve", "agent@1"), memory(cluster(ON), "api@pve")
    assert remembered(now, old) == memory(cluster(ON, API), "api@pve", "agent@1")
    assert remembered(now, None) == now


def test_so_it_is_where_nothing_is_lost_yet_since_rules_are_not_in_force_at_once() -> None:
    old, now = memory(cluster(ON, API), "api@pve"), memory(cluster(ON), "api@pve", "agent@1")
    assert remembered(now, old) == memory(cluster(ON, API), "api@pve", "agent@1")


def test_a_guest_that_is_no_longer_declared_is_not_gone_back_to() -> None:
    old = memory({**cluster(ON, API), GUEST: PlaceContent((), ON)}, "api@pve")
    assert GUEST not in remembered(memory(cluster(ON), "api@pve"), old).places


def test_a_memory_outlives_the_state() -> None:
    places = {**cluster(ON, API), GUEST: PlaceContent((), {})}
    kept = FirewallSnapshot(places, frozenset({"api@pve"}), cluster({}))
    assert FirewallSnapshot.from_output(kept.as_output()) == kept


@pytest.mark.parametrize(
    ("name", "source", "proto", "way"),
    [
        ("api@pve", "10.0.0.5", "tcp", ProbeKind.API),
        ("ssh@pve", "10.0.0.5", "tcp", ProbeKind.SSH),
        ("agent@111", "10.0.0.110", "tcp", ProbeKind.AGENT),
        ("backend@111:80", "10.0.0.5", "tcp", ProbeKind.DIRECT),
        pytest.param("backend@111:80", "10.0.0.12", "tcp", None, id="from Traefik elsewhere"),
        pytest.param("dns@111", "10.0.0.5", "udp", None, id="no answer proves nothing"),
    ],
)
def test_ways(name: str, source: str, proto: str, way: ProbeKind | None) -> None:
    assert way_of(Connection(name, "", source, "10.0.0.20", proto, 80), "10.0.0.5") is way


def test_the_api_of_another_node_is_no_request_to_the_one_that_is_asked() -> None:
    other = Connection("api@pve2", "", "10.0.0.13", "10.0.0.14", "tcp", 8006, node="pve2")
    assert way_of(other, "127.0.0.1") is ProbeKind.DIRECT
    assert way_of(replace(other, name="ssh@pve2", port=22), "127.0.0.1") is ProbeKind.SSH
