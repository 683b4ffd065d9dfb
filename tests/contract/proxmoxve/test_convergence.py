"""Whatever was changed by hand, and whichever request failed: the next run ends as declared, the one after it is empty.

A run is what the engine does with `refresh: always`: read what is recorded, check, diff, write. Before a resource is
created its guard looks, and puts right what an interrupted create of ours has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.take_over_guard import TakeOverGuardProvider

PLACES = {"cluster": ProxmoxScope("cluster"), "guest": ProxmoxScope("vm", "pve", 111)}
FOREIGN = {"type": "in", "action": "DROP", "proto": "udp", "dport": "9", "enable": 1}


def rule(name: str, **more: Any) -> dict[str, Any]:
    """A rule with an identity of its own; every field is said, as the program does."""
    empty = dict.fromkeys(("source", "dest", "sport", "iface", "macro", "log", "securityGroup"), "")
    port = str(1000 + ord(name))
    said = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": port, "comment": name, "enabled": True}
    return {**empty, **said, **more}


def listed(text: str) -> dict[str, Any]:
    return {"rules": [rule(name) for name in text]}


INPUTS: dict[str, Any] = {
    "rules": (listed("ABC"), listed("CXB")),
    "cluster options": ({"enabled": False, "ebtables": True}, {"enabled": True, "ebtables": True}),
    "options": (
        {"nodeName": "pve", "vmId": 111, "enabled": True},
        {"nodeName": "pve", "vmId": 111, "enabled": True, "inputPolicy": "ACCEPT"},
    ),
    "hosts": tuple(
        {"nodeName": "pve", "entry": [{"address": "192.0.2.1", "hostnames": [name]}]} for name in ("one", "two")
    ),
    "dns": ({"nodeName": "pve", "domain": "a.lan"}, {"nodeName": "pve", "domain": "b.lan"}),
}


class Run:
    """One place's resource from run to run."""

    def __init__(self, engine: Any, lab: Any, kind: str, place: dict[str, Any]) -> None:
        self._engine, self._lab, self._kind, self._place = engine, lab, kind, place
        self.recorded: Any = None

    def __call__(self, inputs: dict[str, Any]) -> str:
        """Run once; return what was done. What fails is raised, after what the engine records of it."""
        wanted = inputs | self._place
        if self.recorded is None:
            self._guard(wanted)
            try:
                self.recorded = self._engine.create(self._kind, wanted)
            except Exception as error:
                # Only an error that brings a state with it leaves a record.
                if vars(error).get("state") is not None:
                    checked, _ = self._engine.check(self._kind, wanted)
                    self.recorded = self._recorded(vars(error)["identifier"], checked, vars(error)["wire"])
                raise
            return "created"
        self.recorded = self._engine.up(self._engine.refresh(self.recorded), wanted)
        if self.recorded.done == "failed":
            raise RuntimeError(self.recorded.problem)
        return str(self.recorded.done)

    def _recorded(self, identifier: str, inputs: dict[str, Any], wire: dict[str, Any]) -> Any:
        sample = self._engine.take_over("dns", "pve")
        return replace(sample, kind=self._kind, id=identifier, inputs=inputs, wire=wire, incomplete=True)

    def _guard(self, wanted: dict[str, Any]) -> None:
        if self._kind != "rules":
            return
        scope = PLACES["guest" if self._place else "cluster"]
        words = [
            {key: value for key, value in one.items() if value not in ("", True)} | {"enable": 1}
            for one in wanted["rules"]
        ]
        TakeOverGuardProvider().create(
            {
                "proxmox": self._lab.server.url,
                "scope": scope.as_input(),
                "missing": [f"rules@{scope.suffix}"],
                "wanted": {"rules": words, "options": {}},
            }
        )


@pytest.fixture
def run(engine: Any, lab: Any) -> Iterator[Callable[..., Run]]:
    token = SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    yield lambda kind, **place: Run(engine, lab, kind, place)
    clients_of_run.use(None)


@pytest.fixture
def break_request(lab: Any) -> Iterator[Callable[[int, str], Callable[[], int]]]:
    """Return a function that breaks the n-th request of the plugin from now on, and counts them."""
    api = lab.server.api
    answer = api._answer

    def breaking(number: int, way: str) -> Callable[[], int]:
        count = 0

        async def answered(request: web.Request, *rest: Any) -> Any:
            nonlocal count
            if request.headers.get("User-Agent", "").startswith("python-requests"):
                # Ours, not the plugin's.
                return await answer(request, *rest)
            count += 1
            if count != number:
                return await answer(request, *rest)
            if way == "refused":
                return web.json_response({"data": None}, status=500, reason="no luck")
            await answer(request, *rest)
            request.transport.close()  # type: ignore[union-attr]
            raise ConnectionResetError

        api._answer = answered
        return lambda: count

    yield breaking
    api._answer = answer


def live(lab: Any, kind: str, place: dict[str, Any]) -> Any:
    scope = ("vm", 111) if place else ("cluster",)
    if kind == "rules":
        return "".join(one["comment"] for one in lab.rules(*scope))
    return {
        "cluster options": lambda: lab.options(),
        "options": lambda: lab.options("vm", 111),
        "hosts": lambda: lab.files.hosts,
        "dns": lambda: lab.files.search,
    }[kind]()


def numbers_of(run: Any, break_request: Any, inputs: dict[str, Any]) -> int:
    count = break_request(0, "")
    run(inputs)
    return int(count())


WAYS = ["refused", "cut after it was done"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", list(INPUTS))
def test_each_request_of_a_create_may_fail(run: Any, lab: Any, break_request: Any, kind: str, way: str) -> None:
    inputs, _ = INPUTS[kind]
    in_all = numbers_of(run(kind), break_request, inputs)
    wanted = live(lab, kind, {})
    for number in range(1, in_all + 1):
        _afresh(lab)
        one = run(kind)
        break_request(number, way)
        _fails_or_is_done(one, inputs)
        break_request(0, "")
        one(inputs)
        assert live(lab, kind, {}) == wanted, number
        assert one(inputs) == "same", number


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", list(INPUTS))
def test_each_request_of_a_change_may_fail(run: Any, lab: Any, break_request: Any, kind: str, way: str) -> None:
    before, after = INPUTS[kind]
    sample = run(kind)
    sample(before)
    in_all = numbers_of(sample, break_request, after)
    wanted = live(lab, kind, {})
    for number in range(1, in_all + 1):
        _afresh(lab)
        one = run(kind)
        one(before)
        break_request(number, way)
        _fails_or_is_done(one, after)
        break_request(0, "")
        one(after)
        assert live(lab, kind, {}) == wanted, number
        assert one(after) == "same", number


BY_HAND: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "disabled": lambda rules: [rules[0] | {"enable": 0}, *rules[1:]],
    "moved": lambda rules: [rules[2], *rules[:2]],
    "deleted": lambda rules: rules[1:],
    "all deleted": lambda rules: [],
    "foreign on top": lambda rules: [FOREIGN, *rules],
    "foreign and disabled on top": lambda rules: [FOREIGN | {"enable": 0}, *rules],
    "foreign at the end": lambda rules: [*rules, FOREIGN],
    "opened wider": lambda rules: [{k: v for k, v in rules[0].items() if k != "source"}, *rules[1:]],
    "commented": lambda rules: [rules[0] | {"comment": "by hand"}, *rules[1:]],
    "doubled": lambda rules: [rules[0], *rules],
}


@pytest.mark.parametrize("place", [{}, {"nodeName": "pve", "vmId": 111}], ids=["cluster", "guest"])
@pytest.mark.parametrize("change", list(BY_HAND))
def test_a_list_that_was_changed_by_hand_is_put_right(run: Any, lab: Any, change: str, place: dict[str, Any]) -> None:
    scope = ("vm", 111) if place else ("cluster", None)
    inputs = {"rules": [rule("A", source="10.0.0.0/24"), rule("B"), rule("C", enabled=False)]}
    one = run("rules", **place)
    one(inputs)
    before = lab.rules(*scope)
    lab.set_rules(BY_HAND[change](lab.rules(*scope)), *scope)
    assert lab.rules(*scope) != before
    assert one(inputs) == "updated"
    assert lab.rules(*scope) == before
    assert one(inputs) == "same"


def _afresh(lab: Any) -> None:
    lab.set_rules([])
    lab.set_options({})
    lab.set_options({}, "vm", 111)


def _fails_or_is_done(one: Run, inputs: dict[str, Any]) -> None:
    """A read that is tried again hides a connection that was cut."""
    try:
        told = one(inputs)
    except Exception as error:
        told = str(error)
    assert any(words in told for words in ("created", "updated", "no luck", "failed to perform", "could not find rule"))
