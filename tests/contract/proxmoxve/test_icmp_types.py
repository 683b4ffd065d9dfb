"""Rules of ICMP: what the plugin does not write stands there all the same, after one run, whatever was there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.proxmox.api_words import plain_rule
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.icmp_types import IcmpTypesProvider
from phoenix_providers.resources.provider import AS_DECLARED

ANY = {"type": "in", "action": "ACCEPT", "proto": "icmp", "enable": 1}
PING = ANY | {"icmp-type": "echo-request", "comment": "ping"}
LATE = ANY | {"icmp-type": "time-exceeded", "enable": 0}
SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}


class Runs:
    """Runs as the program has them: the plugin's list first, ours behind it."""

    def __init__(self, engine: Any, lab: Any) -> None:
        self._engine = engine
        self._lab = lab
        self._recorded: Any = None
        self._own: dict[str, Any] | None = None
        self._provider = IcmpTypesProvider()

    def run(self, rules: Sequence[dict[str, Any]]) -> list[str]:
        """Refresh, then bring everything to what is declared; return what was done."""
        props = {
            "proxmox": self._lab.server.url,
            "scope": ProxmoxScope("cluster").as_input(),
            "rules": [dict(rule) for rule in rules],
            "observed": AS_DECLARED,
        }
        inputs = {"rules": [self._said(rule) for rule in rules]}
        if self._recorded is None:
            self._recorded = self._engine.take_over("rules", "cluster")
        self._recorded = self._engine.up(self._engine.refresh(self._recorded), inputs)
        done = [self._recorded.done]
        if self._own is None:
            self._own = self._provider.create(props).outs
            return [*done, "created"]
        olds = self._provider.read("icmp-types-cluster", self._own).outs
        if not self._provider.diff("icmp-types-cluster", olds, props).changes:
            return [*done, "same"]
        self._own = self._provider.update("icmp-types-cluster", olds, props).outs
        return [*done, "updated"]

    @staticmethod
    def _said(rule: dict[str, Any]) -> dict[str, Any]:
        texts = ("action", "type", "proto", "dport", "comment")
        return {name: rule.get(name, "") for name in texts} | {"enabled": bool(rule["enable"])}


@pytest.fixture
def runs(engine: Any, lab: Any) -> Iterator[Runs]:
    token = SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    yield Runs(engine, lab)
    clients_of_run.use(None)


def live(lab: Any) -> list[dict[str, Any]]:
    return [plain_rule(rule) for rule in lab.rules()]


@pytest.mark.parametrize("there", [[], [SSH], [ANY, SSH], [LATE, PING]])
@pytest.mark.parametrize("wanted", [[PING], [SSH, PING, LATE], [LATE, ANY, PING], [ANY], [PING, SSH, ANY]])
def test_one_run_makes_it_so_and_the_next_does_nothing(
    runs: Runs, lab: Any, there: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> None:
    lab.set_rules([dict(rule) for rule in there])
    runs.run(wanted)
    assert live(lab) == wanted
    assert runs.run(wanted) == ["same", "same"]
    changed = [rule | {"comment": "new"} if rule is PING else rule for rule in reversed(wanted)]
    runs.run(changed)
    assert live(lab) == changed
    assert runs.run(changed) == ["same", "same"]


@pytest.mark.parametrize(
    "by_hand",
    [
        lambda rules: rules[0].pop("icmp-type"),
        lambda rules: rules[0].update({"icmp-type": "redirect"}),
        lambda rules: rules[2].update({"icmp-type": "redirect"}),
        lambda rules: rules.reverse(),
        lambda rules: rules.pop(0),
        lambda rules: rules.insert(0, ANY | {"comment": "foreign"}),
        lambda rules: rules[1].update({"enable": 1}),
    ],
)
def test_what_is_changed_by_hand_is_put_right_in_one_run(
    runs: Runs, lab: Any, by_hand: Callable[[list[dict[str, Any]]], None]
) -> None:
    wanted = [PING, LATE, ANY, SSH]
    runs.run(wanted)
    rules = [dict(rule) for rule in lab.rules()]
    by_hand(rules)
    lab.set_rules(rules)
    assert "updated" in runs.run(wanted)
    assert live(lab) == wanted
    assert runs.run(wanted) == ["same", "same"]


def test_nothing_is_written_into_a_list_that_is_another_one(runs: Runs, lab: Any) -> None:
    runs.run([PING])
    lab.set_rules([dict(SSH)])
    props = {"proxmox": lab.server.url, "scope": ProxmoxScope("cluster").as_input(), "rules": [PING]}
    with pytest.raises(Exception, match="others than the Proxmox plugin has just written"):
        IcmpTypesProvider().update("icmp-types-cluster", props, props)
    assert live(lab) == [SSH]


def test_a_rule_keeps_its_kind_while_the_plugin_writes_it(engine: Any, lab: Any) -> None:
    """Proxmox leaves what a request does not name; so the rule never applies to more than it did."""
    inputs = {"rules": [Runs._said(PING)]}
    lab.set_rules([dict(PING)])
    taken = engine.take_over("rules", "cluster")
    inputs["rules"][0]["comment"] = "other"
    engine.up(taken, inputs)
    assert live(lab) == [PING | {"comment": "other"}]
