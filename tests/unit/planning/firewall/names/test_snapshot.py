"""Names as they were before a change, and the way back."""

from __future__ import annotations

import pytest

from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall.names.snapshot import NameSnapshot, names_back
from phoenix_providers.planning.firewall.revert import PlaceContent, revert_steps
from phoenix_providers.planning.firewall.snapshot import FirewallSnapshot, remembered
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox_scope import ProxmoxScope

ALIAS, OTHER = (named("alias", "office", "", [{"cidr": cidr}]) for cidr in ("10.0.5.0/24", "10.0.6.0/24"))
SET = named("ip-set", "trusted", "", [{"cidr": "10.0.5.1"}])
CLUSTER = ProxmoxScope("cluster")
ON = {"enable": "1"}


@pytest.mark.parametrize(
    ("memory", "now", "commands"),
    [
        (NameSnapshot(OTHER, ALIAS), ALIAS, []),
        (NameSnapshot(OTHER, ALIAS), OTHER, ["pvesh set /cluster/firewall/aliases/office --cidr 10.0.5.0/24"]),
        (NameSnapshot(OTHER, None), OTHER, []),
        (NameSnapshot(SET, None), SET, ["pvesh delete /cluster/firewall/ipset/trusted/10.0.5.1"]),
        (NameSnapshot(SET, None), None, []),
        (
            NameSnapshot(OTHER, ALIAS),
            None,
            ["pvesh create /cluster/firewall/aliases --name office --cidr 10.0.5.0/24"],
        ),
    ],
)
def test_the_way_back(memory: NameSnapshot, now: FirewallName | None, commands: list[str]) -> None:
    steps = names_back([memory], {memory.wanted.resource_name: now})
    assert [step.command() for step in steps] == commands


def test_names_come_back_while_the_firewall_is_off_and_before_rules() -> None:
    rule = {"type": "in", "action": "ACCEPT", "source": "office", "enable": "1"}
    before, now = {CLUSTER: PlaceContent((rule,), ON)}, {CLUSTER: PlaceContent((), ON)}
    names = list(names_back([NameSnapshot(OTHER, ALIAS)], {"alias@office": OTHER}))
    kinds = [type(step).__name__ for step in revert_steps(before, now, names)]
    assert kinds == ["SetOptions", "ChangeName", "AddRule", "SetOptions"]
    assert [type(step).__name__ for step in revert_steps(before, before, names)] == [
        "SetOptions",
        "ChangeName",
        "SetOptions",
    ]


def test_what_was_never_confirmed_is_where_to_go_back_to() -> None:
    first = FirewallSnapshot({}, frozenset(), {}, (NameSnapshot(OTHER, ALIAS), NameSnapshot(SET, None)))
    second = FirewallSnapshot({}, frozenset(), {}, (NameSnapshot(SET, SET), NameSnapshot(ALIAS, OTHER)))
    kept = remembered(second, FirewallSnapshot.from_output(first.as_output()))
    assert kept.names == (NameSnapshot(SET, None), NameSnapshot(ALIAS, ALIAS))
    assert "names" not in FirewallSnapshot({}, frozenset(), {}).as_output()
