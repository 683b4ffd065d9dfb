"""Which connections a change would cut, at its end and on the way there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_providers.lab.proxmoxve.rules import Rules as PluginRules
from phoenix_providers.planning.firewall.lockout.deciding_rule import DecidingRule, Standing
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState, Level
from phoenix_providers.planning.firewall.lockout.intermediate_states import states_of_create, states_of_update
from phoenix_providers.planning.firewall.lockout.lockout import Wanted, cuts
from phoenix_providers.planning.firewall.lockout.remedy import decided_by, remedy_of
from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall.rules.match import NamedNetworks
from phoenix_providers.planning.proxmox.api_words import deciding_options, rule_identity
from phoenix_providers.planning.site_plan import Connection

SSH = Connection("ssh@pve", "SSH", "192.168.9.9", "10.0.0.13", "tcp", 22)
AGENT = Connection("agent@1", "the agent", "10.0.0.22", "10.0.0.21", "tcp", 9001, 2, 1)
NEEDED = [SSH, AGENT]
ON = {"enable": 1}


def accept(port: int, **more: Any) -> dict[str, Any]:
    return {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": str(port), "enable": 1, **more}


DROP_ALL = {"type": "in", "action": "DROP", "enable": 1}


def level(options: dict[str, Any], *rules: dict[str, Any]) -> Level:
    return Level(rules, deciding_options(options))


def firewall(cluster: Level, guest: Level | None = None) -> FirewallState:
    return FirewallState(cluster, Level(), {1: guest} if guest else {}, NamedNetworks(), {}, "10.0.0.0/24")


@pytest.mark.parametrize(
    ("now", "wanted", "lost"),
    [
        pytest.param(firewall(level({})), Wanted(level(ON), {}), {"ssh@pve": False}, id="a policy without a rule"),
        pytest.param(firewall(level({})), Wanted(level(ON, accept(22)), {}), {}, id="a rule before its policy"),
        pytest.param(
            firewall(level({}, accept(22, comment="by hand"))), Wanted(level(ON, accept(22)), {}), {}, id="taken over"
        ),
        pytest.param(
            firewall(level(ON, accept(22))),
            Wanted(level(ON, accept(22, enable=0)), {}),
            {"ssh@pve": False},
            id="disabled",
        ),
        pytest.param(
            firewall(level(ON, accept(22))),
            Wanted(level(ON, accept(22), DROP_ALL), {}),
            {"ssh@pve": True},
            id="a drop at the end stands on top for a while",
        ),
        pytest.param(
            firewall(level({}, accept(22))),
            Wanted(level(ON, accept(22), DROP_ALL), {}),
            {},
            id="which does not matter while the datacenter is off",
        ),
        pytest.param(
            firewall(level(ON, accept(22))), Wanted(level(ON, accept(8006), accept(22)), {}), {}, id="more rules"
        ),
        pytest.param(firewall(level(ON)), Wanted(level(ON), {}), {}, id="nothing changes"),
        pytest.param(firewall(level(ON)), Wanted(level(ON, accept(80)), {}), {}, id="it did not pass before"),
        pytest.param(
            firewall(level(ON, accept(22))), Wanted(level({}), {}), {"ssh@pve": True}, id="rules go before the switch"
        ),
        pytest.param(firewall(level(ON, accept(22))), Wanted(level({}, accept(22)), {}), {}, id="switched off"),
        pytest.param(
            firewall(level(ON, accept(22)), level({})),
            Wanted(level(ON, accept(22)), {1: level(ON)}),
            {"agent@1": False},
            id="a guest without a rule",
        ),
        pytest.param(
            firewall(level(ON, accept(22)), level({})),
            Wanted(level(ON, accept(22)), {1: level(ON, accept(9001))}),
            {},
            id="a guest with its rule",
        ),
        pytest.param(
            firewall(level(ON, accept(22)), level(ON, accept(9001))),
            Wanted(level(ON, accept(22)), {1: level(ON, accept(9001), DROP_ALL)}),
            {"agent@1": True},
            id="a drop at the end of a guest's rules",
        ),
        pytest.param(
            firewall(level({}), level(ON)),
            Wanted(level(ON, accept(22)), {1: level(ON, accept(9001))}),
            {},
            id="a guest that was on while the datacenter was off gets its rules first",
        ),
        pytest.param(
            firewall(level(ON, accept(22, iface="vmbr0"))),
            Wanted(level(ON, accept(22, iface="vmbr0"), accept(80)), {}),
            {},
            id="a rule of which it is not known whether it fits stays",
        ),
        pytest.param(
            firewall(level(ON, accept(22, iface="vmbr0"))),
            Wanted(level(ON, accept(80)), {}),
            {"ssh@pve": False},
            id="and goes",
        ),
        pytest.param(
            firewall(level(ON, accept(22, iface="vmbr0"))),
            Wanted(level(ON, accept(22, iface="vmbr1")), {}),
            {"ssh@pve": False},
            id="and is replaced by another",
        ),
        pytest.param(
            firewall(level(ON, accept(22, iface="vmbr0"), {**DROP_ALL, "iface": "vmbr0"})),
            Wanted(level(ON, {**DROP_ALL, "iface": "vmbr0"}, accept(22, iface="vmbr0")), {}),
            {"ssh@pve": False},
            id="and comes behind one that drops on the same interface",
        ),
        pytest.param(
            firewall(level(ON, accept(22, iface="vmbr0"))),
            Wanted(level(ON, accept(22, iface="vmbr0"), {**DROP_ALL, "iface": "vmbr0"}), {}),
            {"ssh@pve": True},
            id="and one that drops on the same interface stands on top for a while",
        ),
        pytest.param(
            firewall(level(ON, *(accept(22, iface=f"vmbr{number}") for number in range(9)))),
            Wanted(level(ON, *(accept(22, iface=f"vmbr{number}") for number in range(8))), {}),
            {"ssh@pve": False},
            id="one of many goes",
        ),
    ],
)
def test_what_is_cut(now: FirewallState, wanted: Wanted, lost: dict[str, bool]) -> None:
    assert {cut.connection.name: cut.on_the_way for cut in cuts(now, wanted, NEEDED, ())} == lost
    assert cuts(now, wanted, NEEDED, lost) == ()


def test_the_missing_rule_is_told_where_the_connection_is_kept_out() -> None:
    silent = Wanted(level(ON, accept(22)), {2: level({**ON, "policy_out": "DROP"})})
    now = FirewallState(
        level(ON, accept(22)), Level(), {1: level({}), 2: level({})}, NamedNetworks(), {}, "10.0.0.0/24"
    )
    (sender,) = cuts(now, silent, NEEDED, ())
    assert (sender.where, sender.rule) == (
        "the guest 2",
        "type: out, action: ACCEPT, dest: 10.0.0.21, proto: tcp, port: 9001",
    )
    (receiver,) = cuts(now, Wanted(level(ON, accept(22)), {1: level(ON)}), NEEDED, ())
    assert (receiver.where, receiver.rule) == (
        "the guest 1",
        "type: in, action: ACCEPT, source: 10.0.0.22, proto: tcp, port: 9001",
    )


class Recorder:
    """Proxmox as the plugin sees it; remembers every list that stood there."""

    def __init__(self, rules: Sequence[dict[str, Any]]) -> None:
        self.rules = [dict(rule) for rule in rules]
        self.states = [self._identities()]

    def _identities(self) -> list[tuple[tuple[str, ...], str]]:
        return [(rule_identity(rule), str(rule.get("comment") or "")) for rule in self.rules]

    def get(self, path: str) -> Any:
        end = path.rpartition("/")[2]
        if end == "rules":
            return [{"pos": place} for place in range(len(self.rules))]
        return self.rules[int(end)] | {"pos": end}

    def write(self, verb: str, path: str, form: dict[str, str] | None = None) -> None:
        end, form = path.rpartition("/")[2], form or {}
        if verb == "POST":
            self.rules.insert(0, {key: value for key, value in form.items() if value})
        elif verb == "DELETE":
            del self.rules[int(end)]
        elif "moveto" in form:
            self.rules.insert(int(form["moveto"]), self.rules.pop(int(end)))
        else:
            self.rules[int(end)] = {key: value for key, value in form.items() if value and key != "delete"}
        if self._identities() != self.states[-1]:
            self.states.append(self._identities())


PORTS = st.lists(st.tuples(st.sampled_from([22, 53, 80, 443]), st.sampled_from(["", "a"])), max_size=5)


def as_plugin(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key != "enable"} | {"enabled": True}


@settings(deadline=None)
@given(PORTS, PORTS)
def test_the_states_are_those_of_the_plugin(old: list[tuple[int, str]], new: list[tuple[int, str]]) -> None:
    before, wanted = ([accept(port, comment=comment) for port, comment in ports] for ports in (old, new))
    proxmox, plugin = Recorder(before), PluginRules()
    if before:
        plugin.update(proxmox, plugin.read(proxmox, {}), {"rules": [as_plugin(rule) for rule in wanted]})  # type: ignore[arg-type]
        states = states_of_update(before, wanted)
    else:
        plugin.create(proxmox, {"rules": [as_plugin(rule) for rule in wanted]})  # type: ignore[arg-type]
        states = states_of_create(wanted)
    told = [[(rule_identity(rule), str(rule.get("comment") or "")) for rule in state.rules] for state in states]
    assert [state for place, state in enumerate(told) if place == 0 or state != told[place - 1]] == proxmox.states


DROP_SSH = {**DROP_ALL, "proto": "tcp", "dport": "22"}
ROUTED = {"type": "forward", "action": "DROP", "dest": "10.0.0.21", "enable": 1}
NFTABLES = Level((), {"nftables": "1"})


def test_the_rule_that_decides_is_found_in_the_whole_list_and_on_the_way() -> None:
    rules = (accept(443), accept(80), DROP_SSH, accept(22))
    final = Level(rules, deciding_options(ON), from_files=True)
    (cut,) = cuts(firewall(level(ON, accept(22))), Wanted(final, {}), NEEDED, ())
    assert cut.by is not None
    assert cut.by.at == Standing(DROP_SSH, "0", 2, from_files=True)
    assert cut.by.opener == Standing(accept(22), "0", 3, from_files=True)
    last = replace(final, rules=(accept(443), accept(22), DROP_SSH))
    (cut,) = cuts(firewall(level(ON, accept(22))), Wanted(last, {}), NEEDED, ())
    assert (cut.on_the_way, cut.by) == (True, DecidingRule(Standing(DROP_SSH, "0", 2, from_files=True)))
    (cut,) = cuts(firewall(level(ON, accept(22))), Wanted(level(ON), {}), NEEDED, ())
    assert cut.by is None


def test_a_group_of_forward_is_found_by_the_rule_that_brings_it_in() -> None:
    now = replace(firewall(level(ON, accept(22))), node=NFTABLES, groups={"routed": (accept(1), ROUTED)})
    bringer = {"type": "group", "action": "routed", "enable": 1}
    (cut,) = cuts(now, Wanted(Level((accept(22), bringer), deciding_options(ON), from_files=True), {}), NEEDED, ())
    assert (cut.connection, cut.where, cut.rule) == (
        AGENT,
        "the datacenter",
        "type: forward, action: ACCEPT, source: 10.0.0.22, dest: 10.0.0.21, proto: tcp, port: 9001",
    )
    assert cut.by == DecidingRule(
        Standing(ROUTED, "security-group@routed", 1, from_files=False), Standing(bringer, "0", 1, from_files=True)
    )


def test_a_blacklist_that_nobody_can_read_is_named_as_one() -> None:
    now = firewall(level(ON, accept(22)))
    blacklist = named("ip-set", "blacklist", "", [{"cidr": "office"}])
    (cut,) = cuts(now, Wanted(now.cluster, {}, [blacklist]), NEEDED[:1], ())
    assert decided_by(cut, {}) == "the set blacklist, which may have 192.168.9.9"
    assert remedy_of(cut, {}).expected == "the set blacklist without 192.168.9.9"
