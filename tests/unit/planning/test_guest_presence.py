"""Guests that are gone, or on another node."""

from __future__ import annotations

from phoenix_providers.planning.guest_presence import misplaced_guests, renamed_guests
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

GUEST = ProxmoxScope("vm", "pve", 111)


def test_a_guest_that_is_where_it_should_be() -> None:
    assert misplaced_guests([GUEST], {111: "pve"}, ()) == []
    assert renamed_guests({"rules@pve-111", "firewall@pve-111"}, [GUEST]) == ()


def test_a_guest_that_is_not_shown_is_not_gone_until_proxmox_says_so() -> None:
    assert misplaced_guests([GUEST], {}, ()) == []
    assert "does not exist" in misplaced_guests([GUEST], {}, {111})[0]


def test_a_guest_on_another_node() -> None:
    assert "node: pve2" in misplaced_guests([GUEST], {111: "pve2"}, ())[0]
    commands = renamed_guests({"rules@pve2-111", "firewall@pve2-111", "rules@pve2-11"}, [GUEST])
    assert len(commands) == 2
    assert all("pve2-111" in command and "@pve-111'" in command for command in commands)
