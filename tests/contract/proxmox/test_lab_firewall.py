"""The lab's own firewall: how it decides, and that it really shuts doors, some time after it was told to."""

from __future__ import annotations

import dataclasses
import gc
import http.client
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from phoenix_providers.lab.firewall.evaluation import Map, passes
from phoenix_providers.lab.firewall.in_force import RulesInForce
from phoenix_providers.lab.firewall.rule_match import Attempt
from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread

from .conftest import lab_site

KNOWN = Map("pve", "10.0.0.13", "10.0.0.0/24", {"10.0.0.21": 1, "10.0.0.22": 2})
ON = {"enable": 1}
AWAY, HOME, FIRST, SECOND = "192.168.7.7", "10.0.0.5", "10.0.0.21", "10.0.0.22"


def rule(action: str = "ACCEPT", **more: Any) -> dict[str, Any]:
    return {"type": "in", "action": action, "enable": 1, **more}


def level(options: dict[str, Any], *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"options": options, "rules": list(rules), "aliases": {}, "ipset": {}, "groups": {}, **more}


def wall(cluster: dict[str, Any], node: dict[str, Any] | None = None, **guests: dict[str, Any]) -> dict[str, Any]:
    numbered = {int(name[1:]): content for name, content in guests.items()}
    return {"cluster": cluster, "nodes": {"pve": node} if node else {}, "guests": numbered}


SSH_AWAY, API_HOME, WEB_HOME = (AWAY, "10.0.0.13", 22), (HOME, "10.0.0.13", 8006), (HOME, "10.0.0.13", 80)
AGENT = (SECOND, FIRST, 9001)
GROUP = {"web": [rule(dport="80")]}
SETS = {"office": [{"cidr": "192.168.0.0/16"}, {"cidr": "192.168.7.7", "nomatch": 1}]}
NAMED = {"aliases": {"me": {"cidr": AWAY}}}


@pytest.mark.parametrize(
    ("firewall", "attempt", "through"),
    [
        pytest.param(wall(level({"policy_in": "DROP"})), SSH_AWAY, True, id="off"),
        pytest.param(wall(level(ON)), SSH_AWAY, False, id="on, and nothing set"),
        pytest.param(wall(level(ON)), API_HOME, True, id="management from the node's network"),
        pytest.param(wall(level(ON)), WEB_HOME, False, id="no management port"),
        pytest.param(wall(level(ON), level({"enable": 0})), SSH_AWAY, True, id="switched off on the node"),
        pytest.param(wall(level(ON, rule(dport="20:22"))), SSH_AWAY, True, id="a range of ports"),
        pytest.param(wall(level(ON, rule(dport="80,443"))), SSH_AWAY, False, id="other ports"),
        pytest.param(wall(level(ON, rule(dport="22", enable=0))), SSH_AWAY, False, id="a rule that is off"),
        pytest.param(wall(level(ON, rule("DROP"), rule(dport="22"))), SSH_AWAY, False, id="the first one decides"),
        pytest.param(wall(level(ON, rule(proto="udp"))), SSH_AWAY, False, id="another protocol"),
        pytest.param(wall(level(ON, rule(macro="SSH"))), SSH_AWAY, True, id="a macro"),
        pytest.param(wall(level(ON, rule(source="me"), **NAMED)), SSH_AWAY, True, id="an alias"),
        pytest.param(wall(level(ON, rule(source="+office"), ipset=SETS)), SSH_AWAY, False, id="left out of a set"),
        pytest.param(
            wall(level(ON, rule("web", type="group"), groups=GROUP)), (AWAY, "10.0.0.13", 80), True, id="a group"
        ),
        pytest.param(wall(level(ON, rule(dport="22")), level({}, rule("DROP"))), SSH_AWAY, False, id="node first"),
        pytest.param(wall(level(ON)), AGENT, True, id="a guest without a firewall"),
        pytest.param(wall(level(ON), g1=level(ON)), AGENT, False, id="a guest that lets nobody in"),
        pytest.param(wall(level(ON), g1=level(ON, rule(source=SECOND, dport="9001"))), AGENT, True, id="its rule"),
        pytest.param(wall(level(ON), g2=level({**ON, "policy_out": "DROP"})), AGENT, False, id="nothing goes out"),
        pytest.param(wall(level({}), g1=level(ON)), AGENT, True, id="no guest counts while all is off"),
    ],
)
def test_decisions(firewall: Any, attempt: tuple[str, str, int], through: bool) -> None:
    assert passes(firewall, KNOWN, Attempt(*attempt)) is through


def test_what_is_set_counts_some_time_later() -> None:
    now = [0.0]
    rules = RulesInForce({"cluster": 1}, 10, lambda: now[0])
    rules.set({"cluster": 2})
    now[0] = 4
    rules.set({"cluster": 3})
    seen = []
    for now[0] in (9.9, 10, 13.9, 14):
        seen.append(rules.firewall()["cluster"])
    assert seen == [1, 2, 2, 3]


@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
def test_a_locked_door_takes_no_new_connection_and_ends_none(tmp_path: Path) -> None:
    site = dataclasses.replace(lab_site(), network="10.0.0.0/24", firewall_delay=0)
    with ProxmoxInThread(site, tmp_path) as lab:
        parts, trust = urlsplit(lab.server.url), ssl.create_default_context(cafile=str(lab.ca_file))
        headers = {"Authorization": f"PVEAPIToken={lab.server.token}", "Content-Type": "application/json"}
        established = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=trust)
        newcomer = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=trust)
        for enable in (1, 0):
            established.request("PUT", "/api2/json/cluster/firewall/options", f'{{"enable": {enable}}}', headers)
            assert established.getresponse().read()
            if enable:
                with pytest.raises(OSError, match=r"."):
                    newcomer.connect()
        newcomer.connect()
        for connection in (newcomer, established):
            connection.close()
    # Python leaves a socket to the garbage collector that is reset before its handshake.
    gc.collect()
