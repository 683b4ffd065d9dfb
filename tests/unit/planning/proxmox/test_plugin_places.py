"""Which nodes and guests the plugin reads, and whether they are where the state has them."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.proxmox.plugin_places import is_any_gone, plugin_places

RULES, HOSTS = "proxmoxve:firewall/rulesLegacy:RulesLegacy", "proxmoxve:index/hostsLegacy:HostsLegacy"
RESOURCES: list[dict[str, Any]] = [
    {"type": "pulumi:providers:proxmoxve", "outputs": {"nodeName": "none"}},
    {"type": "pulumi-python:dynamic/phoenix:FirewallOptions", "outputs": {"nodeName": "ours", "vmId": 1}},
    {"type": RULES, "outputs": {"rules": []}},
    {"type": RULES, "outputs": {"nodeName": "pve", "vmId": 111.0, "containerId": None}},
    {"type": RULES, "inputs": {"nodeName": "pve2", "containerId": 201}},
    {"type": HOSTS, "outputs": {"nodeName": "pve"}},
    {"type": HOSTS, "outputs": {"nodeName": "left behind"}, "delete": True},
]
PLACES = {("pve", 111), ("pve2", 201), ("pve", 0)}


def test_what_the_plugin_reads() -> None:
    assert plugin_places(RESOURCES) == PLACES


@pytest.mark.parametrize(
    ("guests", "nodes", "gone"),
    [
        ({111: "pve", 201: "pve2", 300: "pve"}, ["pve", "pve2", "pve3"], False),
        ({111: "pve"}, ["pve", "pve2"], True),
        ({111: "pve", 201: "pve"}, ["pve", "pve2"], True),
        ({111: "pve", 201: "pve2"}, ["pve2"], True),
    ],
    ids=["all there", "a guest is gone", "a guest has moved", "a node is gone"],
)
def test_whether_one_is_gone(guests: dict[int, str], nodes: list[str], gone: bool) -> None:
    assert is_any_gone(PLACES, guests, nodes) is gone


def test_where_the_state_has_nothing_nothing_is_gone() -> None:
    assert not is_any_gone((), {}, ())
