"""What the state has of a guest's firewall, under its present names and under former ones."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.proxmox.guest_resources import (
    firewall_names,
    forget_commands,
    former_names,
    guests_in_state,
    leaving_guests,
    names_declared,
    names_of_guest,
    surplus_names,
    without,
)
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

GUEST = ProxmoxScope("vm", "pve", 111)


@pytest.mark.parametrize(
    ("recorded", "former"),
    [
        ({"rules@111", "firewall@111", "rules@cluster", "grafana@113"}, {}),
        ({"rules@pve-111", "takeover@my-node-9"}, {"rules@111": "rules@pve-111", "takeover@9": "takeover@my-node-9"}),
        # A node whose name ends with a number has files.
        ({"hosts@rack-7", "takeover@rack-7", "restoration@rack-7"}, {}),
        ({"rules@111", "rules@pve-111"}, {}),
        ({"a-1@113", "environment@113", "registry@x-1"}, {}),
    ],
)
def test_a_guest_had_its_node_in_its_name_before(recorded: set[str], former: dict[str, str]) -> None:
    assert former_names(recorded) == former


@pytest.mark.parametrize(
    ("recorded", "surplus"),
    [
        ({"rules@111", "firewall@111"}, ()),
        ({"rules@pve2-111", "firewall@pve2-111"}, ()),
        # The one on the node where the guest is now stays.
        (
            {"rules@pve2-111", "firewall@pve2-111", "rules@pve-111", "rules@pve2-11"},
            ("firewall@pve2-111", "rules@pve2-111"),
        ),
        ({"rules@111", "rules@pve-111", "takeover@pve-111"}, ("rules@pve-111", "takeover@pve-111")),
        ({"rules@a-111", "rules@b-111"}, ("rules@b-111",)),
    ],
)
def test_of_a_guest_that_the_state_has_twice_one_stays(recorded: set[str], surplus: tuple[str, ...]) -> None:
    assert surplus_names(recorded, GUEST) == surplus


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
    resource("takeover@111", scope=GUEST.as_input()),
    resource("rules@111", "takeover@111"),
    resource("firewall@111", "rules@111"),
    resource("restoration@111", "takeover@111", "firewall@111"),
    resource("takeover@cluster", "takeover@111", scope=ProxmoxScope("cluster").as_input()),
    resource("firewall@cluster", "takeover@cluster", "rules@111", "firewall@111"),
]
RECORDED = frozenset(item["urn"].rpartition("::")[2] for item in STATE)


def test_a_guest_leaves_the_state_with_all_edges_to_it() -> None:
    assert guests_in_state(STATE) == (GUEST,)
    names = names_of_guest(RECORDED, GUEST)
    assert names == ("restoration@111", "firewall@111", "rules@111", "takeover@111")
    kept = without(STATE, names)
    assert kept == [
        STATE[0],
        resource("takeover@cluster", scope=ProxmoxScope("cluster").as_input())
        | {"propertyDependencies": {"found": []}},
        resource("firewall@cluster", "takeover@cluster"),
    ]
    assert without(kept, names) == kept
    assert "rules@111" in str(STATE[-1]), "the given state stays as it is"


def test_its_component_leaves_with_it_and_those_of_others_stay() -> None:
    core, guest, other = (f"urn:pulumi:s::p::{kind}::{kind}" for kind in ("core", "guest", "other"))
    components = [{"urn": core, "parent": STATE[0]["urn"]}, *({"urn": one, "parent": core} for one in (guest, other))]
    inside = {"takeover@111": guest, "rules@111": guest, "firewall@111": guest, "restoration@111": guest}
    parents = {**inside, "takeover@cluster": other, "firewall@cluster": core}
    moved = [{**item, "parent": parents[item["urn"].rpartition("::")[2]]} for item in STATE[1:]]
    kept = without([STATE[0], *components, *moved], names_of_guest(RECORDED, GUEST))
    assert [item["urn"].rpartition("::")[2] for item in kept] == [
        *("p-s", "core", "other", "takeover@cluster", "firewall@cluster")
    ]


def test_commands_begin_with_what_depends_on_the_others() -> None:
    commands = forget_commands(names_declared(GUEST))
    assert [command.partition("::")[2].partition("@")[0] for command in commands] == [
        *("restoration", "firewall", "icmp-types", "rules", "takeover")
    ]
    assert [command for command in commands if "if the state has it" in command] == [commands[2]]
    assert commands[0] == (
        """pulumi state delete "$(pulumi stack --show-urns | grep -o 'urn:[^ ]*::restoration@111$')" --yes"""
    )


def test_guests_whose_firewall_is_declared_no_more_are_known_by_their_rules() -> None:
    recorded = ["rules@cluster", "rules@pve-111", "rules@my-node-2-112", "rules@113", "firewall@pve-114", "grafana@115"]
    assert leaving_guests(recorded, [0, 111]) == {112, 113}


def test_firewalls_count_of_guests_that_the_files_name() -> None:
    """Who leaves the files with all its names is counted by these."""
    files = [(111, True), (112, False), (114, True)]
    guests = [DeclaredGuest("vm", number, "a", "pve", "vms.yaml:1", filtered) for number, filtered in files]
    recorded = {"rules@111", "rules@pve-112", "rules@113", "rules@cluster", "firewall@114"}
    assert firewall_names(recorded, guests) == (["firewall@111", "firewall@112"], ["firewall@111", "firewall@114"])
