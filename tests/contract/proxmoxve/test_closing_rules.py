"""A rule that closes never stands above what it must not cut, wherever the plugin puts new rules first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.proxmox.api_words import is_switched_on, plain_rule
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.closing_rules import ClosingRulesProvider

SSH = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}
WEB = SSH | {"dport": "8006"}
REST = {"type": "in", "action": "DROP", "comment": "the rest", "enable": 1}
SCOPE = ProxmoxScope("cluster")
CLOSING = ClosingRulesProvider()


@pytest.fixture(autouse=True)
def client(lab: Any) -> Iterator[None]:
    token = SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    yield
    clients_of_run.use(None)


@pytest.fixture
def run(engine: Any, lab: Any) -> Callable[..., list[str]]:
    """Return what refreshes, lets the plugin write with some rules waiting, and switches these on behind it."""
    recorded = None

    def run(rules: Sequence[dict[str, Any]], *waiting: int, killed: bool = False) -> list[str]:
        nonlocal recorded
        sent = [rule | {"enable": 0} if place in waiting else rule for place, rule in enumerate(rules)]
        recorded = engine.refresh(recorded) if recorded else engine.take_over("rules", "cluster")
        recorded = engine.up(recorded, {"rules": [_said(rule) for rule in sent]})
        later = [{"scope": SCOPE.as_input(), "position": float(place), "rule": rules[place]} for place in waiting]
        news = {"proxmox": lab.server.url, "later": later}
        if CLOSING.diff("closing-rules", {}, news).changes and not killed:
            assert CLOSING.update("closing-rules", {}, news).outs["later"] == []
            return [recorded.done, "switched on"]
        return [recorded.done]

    return run


def _said(rule: dict[str, Any]) -> dict[str, Any]:
    texts = ("action", "type", "proto", "dport", "comment")
    return {name: rule.get(name, "") for name in texts} | {"enabled": bool(rule["enable"])}


def live(lab: Any) -> list[dict[str, Any]]:
    return [plain_rule(rule) for rule in lab.rules()]


@pytest.mark.parametrize("there", [[], [SSH], [WEB, SSH]], ids=["first rules", "one more", "in another order"])
def test_it_is_switched_on_in_its_place_and_the_next_run_does_nothing(run: Any, lab: Any, there: Any) -> None:
    lab.set_rules([dict(rule) for rule in there])
    assert run([SSH, WEB, REST], 2) == ["updated", "switched on"]
    assert live(lab) == [SSH, WEB, REST]
    assert run([SSH, WEB, REST]) == ["same"]
    lab.set_rules([dict(rule) for rule in (SSH, WEB)])
    assert run([SSH, WEB, REST], 2) == ["updated", "switched on"]
    assert live(lab) == [SSH, WEB, REST]
    assert run([SSH, WEB, REST]) == ["same"]


def test_a_run_that_was_killed_before_leaves_it_off_and_the_next_one_switches_it_on_in_place(
    run: Any, lab: Any
) -> None:
    lab.set_rules([dict(SSH)])
    assert run([SSH, REST], 1, killed=True) == ["updated"]
    assert live(lab) == [SSH, REST | {"enable": 0}]
    assert run([SSH, REST]) == ["updated"]
    assert live(lab) == [SSH, REST]
    assert run([SSH, REST]) == ["same"]


def test_what_somebody_else_put_there_meanwhile_is_not_switched_on(run: Any, lab: Any) -> None:
    lab.set_rules([dict(SSH)])
    run([SSH, REST], 1, killed=True)
    lab.set_rules([dict(SSH), WEB | {"enable": 0}])
    item = {"scope": SCOPE.as_input(), "position": 1, "rule": REST}
    for found in (item, item | {"position": 5}):
        with pytest.raises(Exception, match="others than the Proxmox plugin has just written"):
            CLOSING.update("closing-rules", {}, {"proxmox": lab.server.url, "later": [found]})
    assert [is_switched_on(rule) for rule in lab.rules()] == [True, False]
