"""Guests of the files that Proxmox has not, or has elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_providers.models.live_guest import LiveGuest
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.proxmox.guest_presence import absent_guests, misplaced_guests

TOOLS = DeclaredGuest("vm", 213, "tools", "pve", "vms.yaml:7", filtered=True)
OTHERS = {113: LiveGuest("vm", "pve", "tools"), 104: LiveGuest("lxc", "pve", "homepage")}


@pytest.mark.parametrize(
    ("live", "gone", "known", "said"),
    [
        ({213: LiveGuest("vm", "pve2", "tools")}, set(), set(), []),
        (OTHERS, {213}, set(), ["vms.yaml:7: Proxmox has no guest 213 (it has 113 'tools')"]),
        ({}, {213}, set(), ["vms.yaml:7: Proxmox has no guest 213"]),
        ({}, {213}, {213}, ["vms.yaml:7: Proxmox has no guest 213 any more"]),
        # Not shown, and Proxmox does not say that it is gone: the token may not see it.
        ({}, set(), set(), []),
        (
            {213: LiveGuest("lxc", "pve", "proxy")},
            set(),
            set(),
            ["vms.yaml:7: 213 is a container on Proxmox, 'proxy', and not a virtual machine"],
        ),
    ],
)
def test_a_guest_that_is_not_there_is_named_with_what_is(
    live: dict[int, LiveGuest], gone: set[int], known: set[int], said: list[str]
) -> None:
    assert absent_guests([TOOLS], live, gone, known) == said


def test_a_guest_that_the_files_name_too_is_not_what_was_meant() -> None:
    other = DeclaredGuest("vm", 113, "tools-2", "pve", "vms.yaml:3")
    assert absent_guests([TOOLS, other], OTHERS, {213}, ()) == ["vms.yaml:7: Proxmox has no guest 213"]


def test_a_guest_with_a_firewall_has_to_be_on_its_node() -> None:
    live = {213: LiveGuest("vm", "pve2", "tools")}
    assert misplaced_guests([TOOLS], {213: LiveGuest("vm", "pve", "tools")}) == []
    assert misplaced_guests([TOOLS], live) == [
        "vms.yaml:7: the guest 213 is on the node pve2, not on pve: write `node: pve2`"
    ]
    assert misplaced_guests([replace(TOOLS, filtered=False)], live) == []
