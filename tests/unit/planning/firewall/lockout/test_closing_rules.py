"""Rules that would cut a connection from where the Proxmox plugin puts them first wait until they have their places."""

from __future__ import annotations

from typing import Any

import pytest

from phoenix_providers.planning.firewall.lockout.closing_rules import switched_on_later
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState, Level
from phoenix_providers.planning.firewall.lockout.lockout import Wanted, cuts
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.api_words import deciding_options
from phoenix_providers.planning.site_plan import Connection

SSH = Connection("ssh@pve", "SSH", "192.168.9.9", "10.0.0.13", "tcp", 22)
AGENT = Connection("agent@1", "the agent", "10.0.0.22", "10.0.0.21", "tcp", 9001, 2, 1)
ON, OPEN = {"enable": 1}, {"enable": 1, "policy_in": "ACCEPT"}


def rule(action: str, port: int = 0, **more: Any) -> dict[str, Any]:
    ports = {"proto": "tcp", "dport": str(port)} if port else {}
    return {"type": "in", "action": action, "enable": 1, **ports, **more}


ACCEPT, AGENTS = rule("ACCEPT", 22), rule("ACCEPT", 9001)
DROP, REJECT, WEB = rule("DROP"), rule("REJECT", source="192.168.9.0/24"), rule("DROP", 80)
GROUP = {"type": "group", "action": "shut", "enable": 1}


def level(options: dict[str, Any], *rules: dict[str, Any]) -> Level:
    return Level(rules, deciding_options(options))


def firewall(cluster: Level, guest: Level | None = None, **groups: list[dict[str, Any]]) -> FirewallState:
    return FirewallState(cluster, Level(), {1: guest} if guest else {}, NamedNetworks(), groups, "10.0.0.0/24")


@pytest.mark.parametrize(
    ("now", "wanted", "waiting"),
    [
        pytest.param(firewall(level(ON, ACCEPT)), Wanted(level(ON, ACCEPT, DROP), {}), {(0, 1)}, id="at the end"),
        pytest.param(
            firewall(level(ON, ACCEPT)), Wanted(level(ON, ACCEPT, WEB, REJECT), {}), {(0, 2)}, id="only what fits"
        ),
        pytest.param(firewall(level(ON, ACCEPT)), Wanted(level(ON, ACCEPT, WEB), {}), set(), id="nothing fits"),
        pytest.param(
            firewall(level(ON, ACCEPT)),
            Wanted(level(ON, ACCEPT, DROP | {"enable": 0}), {}),
            set(),
            id="it is switched off",
        ),
        pytest.param(
            firewall(level(ON, ACCEPT, DROP)), Wanted(level(ON, WEB, ACCEPT, DROP), {}), set(), id="it is there already"
        ),
        pytest.param(
            firewall(level(ON, ACCEPT, DROP)),
            Wanted(level(ON, ACCEPT, DROP, DROP), {}),
            {(0, 2)},
            id="a second of the kind",
        ),
        pytest.param(
            firewall(level(OPEN)),
            Wanted(level(OPEN, ACCEPT, DROP), {}),
            {(0, 1)},
            id="the first rules of a list in force",
        ),
        pytest.param(
            firewall(level({}, ACCEPT)), Wanted(level(ON, ACCEPT, DROP), {}), set(), id="nothing counts until the end"
        ),
        pytest.param(
            firewall(level(ON, ACCEPT), level(ON, AGENTS)),
            Wanted(level(ON, ACCEPT), {1: level(ON, AGENTS, DROP)}),
            {(1, 1)},
            id="on a guest",
        ),
        pytest.param(
            firewall(level(ON, ACCEPT), shut=[DROP]),
            Wanted(level(ON, ACCEPT, GROUP), {}),
            {(0, 1)},
            id="a group that is there",
        ),
        pytest.param(
            firewall(level(ON, ACCEPT)),
            Wanted(level(ON, ACCEPT, GROUP), {}, (FirewallName("security-group", "shut", "", (DROP,)),)),
            {(0, 1)},
            id="a group that comes with it",
        ),
        pytest.param(
            firewall(level(ON, ACCEPT), shut=[rule("ACCEPT", 22)]),
            Wanted(level(ON, GROUP, DROP), {}),
            {(0, 1)},
            id="a group that opens comes at once",
        ),
    ],
)
def test_who_waits(now: FirewallState, wanted: Wanted, waiting: set[tuple[int, int]]) -> None:
    found = switched_on_later(now, wanted, cuts(now, wanted, [SSH, AGENT], ()))
    assert found == waiting
    assert cuts(now, wanted, [SSH, AGENT], (), found) == ()


def test_nobody_waits_for_what_may_be_cut() -> None:
    now, wanted = firewall(level(ON, ACCEPT)), Wanted(level(ON, ACCEPT, DROP), {})
    assert switched_on_later(now, wanted, cuts(now, wanted, [SSH, AGENT], ["ssh@pve"])) == frozenset()


def test_what_cuts_in_its_place_too_is_refused_all_the_same() -> None:
    now, wanted = firewall(level(ON, ACCEPT)), Wanted(level(ON, DROP, ACCEPT), {})
    found = switched_on_later(now, wanted, cuts(now, wanted, [SSH], ()))
    assert [(cut.connection.name, cut.on_the_way) for cut in cuts(now, wanted, [SSH], (), found)] == [
        ("ssh@pve", False)
    ]
