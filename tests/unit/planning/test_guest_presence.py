"""Guests that are gone, or on another node."""

from __future__ import annotations

from typing import Any

from phoenix_providers.planning.guest_presence import (
    forget_commands,
    guests_in_state,
    leaving_guests,
    misplaced_guests,
    names_of_guest,
    renamed_guests,
    without,
)
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


def resource(name: str, *after: str, **inputs: Any) -> dict[str, Any]:
    edges = [f"urn:pulumi:s::p::t::{other}" for other in after]
    by_property = {"found": edges} if edges else {}
    return {
        "urn": f"urn:pulumi:s::p::t::{name}",
        "inputs": inputs,
        "dependencies": edges,
        "propertyDependencies": by_property,
    }


STATE = [
    {"urn": "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"},
    resource("takeover@pve-111", scope=GUEST.as_input()),
    resource("rules@pve-111", "takeover@pve-111"),
    resource("firewall@pve-111", "rules@pve-111"),
    resource("restoration@pve-111", "takeover@pve-111", "firewall@pve-111"),
    resource("takeover@cluster", "takeover@pve-111", scope=ProxmoxScope("cluster").as_input()),
    resource("firewall@cluster", "takeover@cluster", "rules@pve-111", "firewall@pve-111"),
]


def test_a_guest_leaves_the_state_with_all_edges_to_it() -> None:
    assert guests_in_state(STATE) == (GUEST,)
    names = names_of_guest(STATE, GUEST)
    assert names == ("restoration@pve-111", "firewall@pve-111", "rules@pve-111", "takeover@pve-111")
    kept = without(STATE, names)
    assert kept == [
        STATE[0],
        resource("takeover@cluster", scope=ProxmoxScope("cluster").as_input())
        | {"propertyDependencies": {"found": []}},
        resource("firewall@cluster", "takeover@cluster"),
    ]
    assert without(kept, names) == kept
    assert "pve-111" in str(STATE[-1]), "the given state stays as it is"


def test_commands_begin_with_what_depends_on_the_others() -> None:
    commands = forget_commands(GUEST)
    assert [command.partition("::")[2].partition("@")[0] for command in commands] == [
        *("restoration", "firewall", "rules", "takeover")
    ]
    assert commands[0] == (
        """pulumi state delete "$(pulumi stack --show-urns | grep -o 'urn:[^ ]*::restoration@pve-111$')" --yes"""
    )


def test_guests_whose_firewall_is_declared_no_more_are_known_by_their_rules() -> None:
    recorded = ["rules@cluster", "rules@pve-111", "rules@my-node-2-112", "rules@113", "firewall@pve-114", "grafana@115"]
    assert leaving_guests(recorded, [0, 111]) == {112, 113}
