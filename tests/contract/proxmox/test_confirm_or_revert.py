"""The two resources around a change of the firewall, on a Proxmox that really locks out."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.proxmox.name_writing import NameWriting
from phoenix_providers.planning.firewall.names.content import named
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.resources.firewall_confirm import FirewallConfirmProvider
from phoenix_providers.resources.firewall_watch import FirewallWatchProvider
from phoenix_providers.resources.packed_values import unpacked
from phoenix_providers.resources.provider import AS_DECLARED

from .conftest import lab_site

# Python leaves a socket to the garbage collector that is reset before its handshake, as the locked door does.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")

CLUSTER = ProxmoxScope("cluster")
DOOR = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "8006", "source": "127.0.0.1", "enable": "1"}
OTHER = DOOR | {"dport": "3128"}
ON = {"enable": "1", "policy_in": "DROP"}
NOBODY = {"url": "https://127.0.0.1:9"}


class Clock:
    """Waits for nothing, and remembers for how long it should have."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def now(self) -> float:
        return sum(self.waited)

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


@pytest.fixture
def locked_lab(tmp_path: Path) -> Iterator[ProxmoxInThread]:
    """A lab whose own network is another one than ours, and whose rules are in force at once."""
    with ProxmoxInThread(dataclasses.replace(lab_site(), network="10.0.0.0/24", firewall_delay=0), tmp_path) as running:
        yield running


class Run:
    """One run of the program: a process of its own, with connections of its own."""

    def __init__(self, lab: ProxmoxInThread) -> None:
        self.lab, self.clock = lab, Clock()
        self.url = lab.server.url
        self.current: ClientsOfRun | None = None
        self.process()

    def process(self) -> ClientsOfRun:
        self.end()
        token = SecretStr(self.lab.server.token)
        new = ClientsOfRun(
            Settings(request_timeout=5), Credentials(), proxmox_token=token, proxmox_insecure=True, clock=self.clock
        )
        clients_of_run.use(new)
        self.current = new
        return new

    def end(self) -> None:
        if self.current is not None:
            self.current.let_go(self.url)
            self.current.proxmox(self.url).close()

    def inputs(self, *rules: dict[str, str], confirmed: str = "") -> dict[str, Any]:
        api = Connection("api@pve", "the Proxmox API", "", self.lab.server.api.host, "tcp", 8006)
        probing = {
            "connections": [api.as_input()],
            "environments": {},
            "portainer": NOBODY,
            "sync_address": "",
        }
        wanted = [{"scope": CLUSTER.as_input(), "rules": list(rules), "options": ON}]
        return {
            "proxmox": self.url,
            "wanted": wanted,
            "probing": probing,
            "confirmed": confirmed,
            "observed": AS_DECLARED,
        }

    def watch(self, *rules: dict[str, str]) -> dict[str, Any]:
        inputs = self.inputs(*rules)
        return _meant(FirewallWatchProvider().create(inputs).outs, inputs)

    def watch_again(self, watched: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        return _meant(FirewallWatchProvider().update("", watched, inputs).outs, inputs)

    def change(self, *rules: dict[str, str]) -> None:
        """What the Proxmox plugin does in between, over a connection that it has."""
        settings = self.current.persistent_connection(self.url).settings
        settings.delete_rules("cluster", range(len(settings.rules("cluster"))))
        for rule in reversed(rules):
            settings.add_rule("cluster", rule)
        settings.write_options("cluster", ON)

    def confirm(self, watched: dict[str, Any]) -> dict[str, Any]:
        props = {key: watched[key] for key in ("proxmox", "probing", "change", "memory")}
        return FirewallConfirmProvider().create(props).outs or {}

    def rules(self) -> list[str]:
        found = self.lab.server.api.firewall_config("cluster")["rules"]
        return [rule["dport"] for rule in found]

    def options(self) -> dict[str, Any]:
        return dict(self.lab.server.api.firewall_config("cluster")["options"])


def _meant(outputs: dict[str, Any] | None, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return outputs with what only the inputs of the run have."""
    found = outputs or {}
    texts = {key: unpacked(found[key]) for key in ("wanted", "memory")}
    return {**found, **texts, "probing": inputs["probing"]}


@pytest.fixture
def run(locked_lab: ProxmoxInThread) -> Iterator[Run]:
    run = Run(locked_lab)
    yield run
    run.end()
    clients_of_run.use(None)
    gc.collect()


def test_a_lock_out_is_taken_back_over_the_connection_from_before(run: Run) -> None:
    run.change(DOOR, OTHER)
    before = run.options()
    watched = run.watch(OTHER)
    assert watched["memory"]["working"] == ["api@pve"]
    run.change(OTHER)
    with pytest.raises(Exception, match="it was taken back") as told:
        run.confirm(watched)
    assert run.rules() == ["8006", "3128"]
    assert run.options() == before
    text = str(told.value)
    assert type(told.value).__name__ == "reverted"
    for word in ("api@pve (the Proxmox API)", "api@pve works again", "port: 8006", "pulumi preview --diff"):
        assert word in text
    assert run.clock.waited[0] == 12
    assert run.process().proxmox(run.url).version()


TRUSTED = named("ip-set", "trusted", "", [{"cidr": "127.0.0.1"}])
SMALLER = named("ip-set", "trusted", "", [{"cidr": "10.9.9.9"}])


def test_a_set_that_shrinks_and_a_blacklist_are_taken_back(run: Run) -> None:
    """The rule stays the same; one of the sets counts without a rule."""
    blacklist = named("ip-set", "blacklist", "", [{"cidr": "127.0.0.1"}])
    NameWriting(run.process().proxmox(run.url).settings, TRUSTED).become(TRUSTED)
    rule = DOOR | {"source": "+trusted"}
    run.change(rule)
    names = [SMALLER.as_input(), blacklist.as_input()]
    news = run.inputs(rule) | {"names": names}
    watched = _meant(FirewallWatchProvider().create(news).outs, news)
    assert FirewallWatchProvider().diff("", watched, news | {"names": [TRUSTED.as_input()]}).changes
    for one in (SMALLER, blacklist):
        NameWriting(run.current.persistent_connection(run.url).settings, one).become(one)
    with pytest.raises(Exception, match="it was taken back") as told:
        run.confirm(watched)
    assert "api@pve works again" in str(told.value)
    sets = run.lab.server.api.firewall_config("cluster")["ipset"]
    assert {name: [one["cidr"] for one in members] for name, members in sets.items()} == {
        "trusted": ["127.0.0.1"],
        "blacklist": [],
    }
    assert run.options()["enable"] == 1


def test_a_harmless_change_is_confirmed(run: Run) -> None:
    run.change(DOOR)
    watched = run.watch(DOOR, OTHER)
    run.change(DOOR, OTHER)
    assert run.confirm(watched)["change"] == watched["change"]
    assert run.rules() == ["8006", "3128"]
    assert run.clock.waited == [12]


def test_where_nothing_has_changed_nobody_waits_and_nothing_is_written(run: Run) -> None:
    run.change(DOOR)
    before = len(run.lab.requests())
    run.confirm(run.watch(DOOR))
    assert run.clock.waited == []
    assert {one["method"] for one in run.lab.requests()[before:]} == {"GET"}


def test_without_that_connection_the_hosts_console_is_told_what_to_do(run: Run) -> None:
    run.change(DOOR)
    watched = run.watch(OTHER)
    run.change(OTHER)
    run.process()
    with pytest.raises(Exception, match="cannot be taken back from here") as told:
        run.confirm(watched)
    text = str(told.value)
    assert type(told.value).__name__ == "reverted"
    commands = text[text.index("pve-firewall stop") :].split("\n")
    assert [command.strip() for command in commands] == [
        "pve-firewall stop",
        "pvesh set /cluster/firewall/options --enable 0",
        "pvesh delete /cluster/firewall/rules/0",
        "pvesh create /cluster/firewall/rules --type in --action ACCEPT --enable 1 --source 127.0.0.1 --proto tcp "
        "--dport 8006",
        "pvesh set /cluster/firewall/options --enable 1",
        "pve-firewall start",
    ]
    assert run.lab.server.token.partition("=")[2] not in text


def test_a_way_back_that_is_refused_half_way_is_told_from_there_on(run: Run) -> None:
    run.change(DOOR)
    watched = run.watch(OTHER)
    run.change(OTHER)
    run.lab.server.fail("DELETE", "/rules/0", 500, "the disk is full")
    with pytest.raises(Exception, match="the disk is full") as told:
        run.confirm(watched)
    assert "pvesh delete /cluster/firewall/rules/0" in str(told.value)
    assert "--enable 0" not in str(told.value)
    assert run.options()["enable"] == 0


def test_a_run_that_was_killed_in_between_is_confirmed_by_the_next(run: Run) -> None:
    run.change(DOOR)
    killed = run.watch(DOOR, OTHER)
    run.change(DOOR, OTHER)
    run.process()
    news = run.inputs(DOOR, OTHER, confirmed="an earlier change")
    assert FirewallWatchProvider().diff("", killed, news).changes
    watched = run.watch_again(killed, news)
    assert watched["change"] != killed["change"]
    confirmed = run.confirm(watched)["change"]
    assert run.clock.waited == [12]
    assert not FirewallWatchProvider().diff("", watched, run.inputs(DOOR, OTHER, confirmed=confirmed)).changes


def test_what_was_never_confirmed_is_taken_back_with_what_came_after_it(run: Run) -> None:
    run.change(DOOR)
    killed = run.watch(DOOR, OTHER)
    run.change(DOOR, OTHER)
    run.process()
    watched = run.watch_again(killed, run.inputs(OTHER, confirmed="an earlier change"))
    run.change(OTHER)
    with pytest.raises(Exception, match="it was taken back"):
        run.confirm(watched)
    assert run.rules() == ["8006"]


def test_a_confirmed_change_leaves_no_work(run: Run) -> None:
    run.change(DOOR)
    watched = run.watch(DOOR)
    confirmed = run.confirm(watched)["change"]
    kept = FirewallWatchProvider().read("firewall-watch", watched).outs or {}
    assert not FirewallWatchProvider().diff("", kept, run.inputs(DOOR, confirmed=confirmed)).changes
    assert FirewallWatchProvider().diff("", kept, run.inputs(DOOR, OTHER, confirmed=confirmed)).changes


@pytest.mark.parametrize(
    ("by_hand", "observed"),
    [
        (lambda conf: conf["rules"].clear(), "the datacenter: other rules"),
        (lambda conf: conf["options"].update(policy_in="ACCEPT"), "the datacenter: other options"),
        (lambda conf: conf["rules"][0].update(comment="mine"), AS_DECLARED),
    ],
)
def test_drift_is_seen_by_a_refresh(run: Run, by_hand: Callable[[Any], None], observed: str) -> None:
    run.change(DOOR)
    watched = run.watch(DOOR)
    by_hand(run.lab.server.api.firewall_config("cluster"))
    run.lab.server.api.firewall_config("cluster")["options"]["enable"] = 1
    found = FirewallWatchProvider().read("firewall-watch", watched)
    assert (found.outs or {})["observed"] == observed


@pytest.mark.parametrize(
    ("there", "observed"),
    [
        (TRUSTED, AS_DECLARED),
        (named("ip-set", "trusted", "mine", [{"cidr": "127.0.0.1", "comment": "mine"}]), AS_DECLARED),
        (SMALLER, "the IP set trusted: other content"),
        (None, "the IP set trusted: other content"),
    ],
)
def test_drift_of_a_name_is_seen_by_a_refresh(run: Run, there: FirewallName | None, observed: str) -> None:
    run.change(DOOR)
    watched = FirewallWatchProvider().create(run.inputs(DOOR) | {"names": [TRUSTED.as_input()]}).outs or {}
    if there:
        NameWriting(run.current.persistent_connection(run.url).settings, there).become(there)
    run.process()
    found = FirewallWatchProvider().read("firewall-watch", watched)
    assert (found.outs or {})["observed"] == observed


def test_a_proxmox_that_does_not_answer_is_no_drift(run: Run) -> None:
    run.change(DOOR)
    watched = run.watch(DOOR)
    run.lab.server.fail("GET", "/firewall/rules", 500, "busy")
    found = FirewallWatchProvider().read("firewall-watch", watched)
    assert (found.outs or {})["observed"] == AS_DECLARED


def test_a_guest_that_is_gone_is_asked_for_nothing(run: Run) -> None:
    gone = ProxmoxScope("lxc", "pve", 999)
    run.change(DOOR)
    watched = run.watch(DOOR)
    watched["wanted"].append({"scope": gone.as_input(), "rules": [OTHER], "options": ON})
    before = len(run.lab.requests())
    found = FirewallWatchProvider().read("firewall-watch", watched)
    assert (found.outs or {})["observed"] == AS_DECLARED
    assert not [one for one in run.lab.requests()[before:] if "lxc/999" in one["path"]]
