"""The gates where the firewall keeps the sync out: a run that opens it goes on, and has to find all ready behind it."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.errors import UnreachableError
from phoenix_providers.lab.firewall.doors import open_door
from phoenix_providers.lab.network import free_port
from phoenix_providers.lab.proxmox.in_thread import ProxmoxInThread
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.portainer_server import PortainerServer
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.closed_products import ClosedProduct
from phoenix_providers.operations.proxmox.connection_probes import ConnectionProbes
from phoenix_providers.planning.firewall.probing import Probing
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site_plan import Connection
from phoenix_providers.resources.provider import AS_DECLARED
from phoenix_providers.resources.readiness_again import ReadinessAgainProvider
from phoenix_providers.resources.readiness_gate import ReadinessGateProvider

from .conftest import lab_site

GUEST = ProxmoxScope("vm", "pve", 111)
ON = {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT"}
OPEN = ON | {"policy_in": "ACCEPT"}
_BODY = b'{"Version":"3.7"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)


class Clock:
    """Waits for nothing, and remembers for how long it should have."""

    def __init__(self) -> None:
        self.waited = 0.0

    def now(self) -> float:
        return self.waited

    def sleep(self, seconds: float) -> None:
        self.waited += seconds


class Behind:
    """Somebody who answers as Traefik's API does, behind the lab's firewall."""

    def __init__(self, lab: ProxmoxInThread) -> None:
        self._doorkeeper = lab.server.api.doorkeeper
        self.host, self.port = "127.0.1.11", free_port("127.0.1.11")
        self._door = open_door(self.host, self.port, self._doorkeeper._lets_in)
        self._door.setblocking(True)
        self.refused = 0
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except ConnectionAbortedError:
                self.refused += 1
                continue
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(ANSWER)

    def stop(self) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()


@pytest.fixture
def locked_lab(tmp_path: Path) -> Iterator[ProxmoxInThread]:
    """A lab whose rules are in force at once, with the datacenter's firewall on."""
    with ProxmoxInThread(dataclasses.replace(lab_site(), firewall_delay=0), tmp_path) as running:
        yield running


class Run:
    """One run: a process of its own.

    Attributes:
        apart: Whether another process refreshes, as behind a change of settings without anybody in front.
    """

    apart = False

    def __init__(self, lab: ProxmoxInThread, behind: Behind) -> None:
        self.lab, self.behind, self.clock = lab, behind, Clock()
        self.api = self.lab.server.api
        self.rule = {
            **{"type": "in", "action": "ACCEPT", "proto": "tcp", "enable": 1},
            **{"dport": str(behind.port), "source": "127.0.0.1"},
        }
        self.begin()

    def begin(self) -> None:
        """Begin another process."""
        token = SecretStr(self.lab.server.token)
        settings = Settings(request_timeout=5, readiness_timeout=3)
        self.current = ClientsOfRun(
            settings,
            Credentials(password=SecretStr("canary")),
            proxmox_token=token,
            proxmox_insecure=True,
            clock=self.clock,
        )
        clients_of_run.use(self.current)

    def set(self, *rules: dict[str, Any], **options: Any) -> None:
        """Set what is there by hand; it counts at once."""
        settings = self.current.proxmox(self.lab.server.url).settings
        settings.delete_rules(GUEST.path, range(len(settings.rules(GUEST.path))))
        for rule in reversed(rules):
            settings.add_rule(GUEST.path, {key: str(value) for key, value in rule.items()})
        settings.write_options(GUEST.path, {"enable": "1", "policy_in": "DROP"} | options)
        settings.write_options("cluster", {"enable": "1", "policy_in": "ACCEPT"})

    def inputs(self, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        """What the gate is given; the rules are those that are declared."""
        to_product = Connection("traefik-api", "Traefik's API", "", self.behind.host, "tcp", self.behind.port, 0, 111)
        about = {"node": "pve", "networks": {"pve": "127.0.0.0/8"}, "sync_address": ""}
        wanted = [
            {"scope": ProxmoxScope("cluster").as_input(), "rules": [], "options": OPEN},
            {"scope": GUEST.as_input(), "rules": list(rules), "options": ON},
        ]
        return {
            "proxmox": self.lab.server.url,
            "traefik_api": f"http://{self.behind.host}:{self.behind.port}",
            "privileges_at": [],
            "firewall": about | {"connections": [to_product.as_input()]},
            "guests": {},
            "observed": AS_DECLARED,
            "declared": {"wanted": wanted, "guests": {}, "places": {"111": "vms.yaml:7, firewall.rules"}},
        } | more

    def gate(self, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Refresh, check, diff and update, as the engine asks; return the outputs."""
        provider = ReadinessGateProvider()
        found = provider.read("readiness", self.inputs(*rules, **more)).outs or {}
        if self.apart:
            self.current.proxmox(self.lab.server.url).close()
            self.begin()
        news = provider.check(found, self.inputs(*rules, **more)).inputs
        assert "declared" not in news
        return (provider.update("readiness", found, news) if provider.diff("", found, news).changes else found).outs

    def again(self) -> None:
        provider, props = ReadinessAgainProvider(), {"traefik_api": self.inputs()["traefik_api"]}
        assert provider.diff("", props, props).changes
        provider.update("readiness-again", props, props)


@pytest.fixture
def run(locked_lab: ProxmoxInThread) -> Iterator[Run]:
    behind = Behind(locked_lab)
    run = Run(locked_lab, behind)
    yield run
    run.current.proxmox(locked_lab.server.url).close()
    clients_of_run.use(None)
    behind.stop()


@pytest.mark.parametrize("apart", [False, True], ids=["one process", "two"])
def test_a_run_that_opens_the_firewall_goes_on_at_once_and_waits_behind_it(
    run: Run, capsys: pytest.CaptureFixture[str], apart: bool
) -> None:
    run.apart = apart
    run.set()
    run.gate(run.rule)
    assert run.clock.waited == 0
    told = capsys.readouterr().err
    for word in (
        "closed by the firewall now; what the files declare opens it",
        "on the guest 111 (vms.yaml:7",
        f"{run.behind.port}",
    ):
        assert word in told
    run.set(run.rule)
    run.again()
    assert run.clock.waited == 0


def test_what_is_not_ready_behind_it_fails_there(run: Run) -> None:
    run.set()
    run.gate(run.rule)
    run.set(run.rule)
    run.behind.stop()
    with pytest.raises(Exception, match="Traefik cannot be reached") as told:
        run.again()
    assert type(told.value).__name__ == "not ready"
    assert run.clock.waited >= 3


def test_a_run_that_does_not_open_it_is_told_the_rule(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.set()
    rule = f"{{type: in, action: ACCEPT, source: 127.0.0.1, proto: tcp, port: {run.behind.port}}}"
    with pytest.raises(Exception, match="Traefik cannot be reached") as told:
        run.gate()
    assert type(told.value).__name__ == "not ready"
    assert f"on the guest 111 (vms.yaml:7, firewall.rules): {rule}" in str(told.value)
    assert "not ready: Traefik cannot be reached" in capsys.readouterr().err


def test_a_rule_for_a_wrong_port_is_not_the_only_advice() -> None:
    error = UnreachableError(
        "Traefik cannot be reached", next_step="nc -vz a 1\n            or correct the address: SET"
    )
    steps = ClosedProduct(error, (), (), None, {}).told.explanation.next_step.splitlines()
    assert steps[-1].strip() == "or correct the address: SET"


def test_a_run_whose_rule_stands_behind_a_drop_is_told_that(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    drop = {"type": "in", "action": "DROP", "enable": 1}
    run.set(drop)
    with pytest.raises(Exception, match="Traefik cannot be reached") as told:
        run.gate(drop, run.rule)
    assert "keeps it out, by {type: in, action: DROP}" in str(told.value)
    assert "move" in str(told.value)
    assert "add the rule" not in str(told.value)
    capsys.readouterr()
    run.gate(run.rule)
    assert "opens it (closed by {type: in, action: DROP} (rule 0 of the guest 111" in capsys.readouterr().err


def test_who_is_silent_for_another_reason_is_waited_for(run: Run) -> None:
    run.set(run.rule)
    run.behind.stop()
    with pytest.raises(Exception, match="Traefik cannot be reached") as told:
        run.gate(run.rule)
    assert "firewall" not in str(told.value)


def test_nothing_is_guessed_while_proxmox_does_not_answer(run: Run) -> None:
    run.set()
    provider = ReadinessGateProvider()
    news = provider.check({}, run.inputs(run.rule)).inputs
    run.lab.server.fail("GET", "/version", 500, "busy")
    with pytest.raises(Exception, match="2 products are not ready"):
        provider.create(news)


def test_nothing_is_guessed_where_proxmox_does_not_tell(run: Run) -> None:
    run.set()
    provider = ReadinessGateProvider()
    news = provider.check({}, run.inputs(run.rule)).inputs
    run.lab.server.fail("GET", "/firewall/rules", 500, "busy")
    with pytest.raises(Exception, match="Traefik cannot be reached"):
        provider.create(news)


def test_whoever_else_is_not_ready_stops_the_run(run: Run) -> None:
    run.set()
    with pytest.raises(Exception, match="does not exist"):
        run.gate(run.rule, traefik_target="/nowhere/at/all")


def test_a_first_run_goes_on_as_well_and_one_that_finds_all_ready_has_nothing_behind(run: Run) -> None:
    run.set()
    gate, again = ReadinessGateProvider(), ReadinessAgainProvider()
    gate.create(gate.check({}, run.inputs(run.rule)).inputs)
    with pytest.raises(Exception, match="Traefik cannot be reached"):
        again.create({"traefik_api": run.inputs()["traefik_api"]})
    run.set(run.rule)
    gate.create(gate.check({}, run.inputs(run.rule)).inputs)
    assert not again.diff("", {}, {}).changes


def test_nobody_waits_for_a_portainer_that_is_kept_out(run: Run) -> None:
    to_portainer = Connection("portainer-api", "Portainer", "", run.behind.host, "tcp", run.behind.port, 0, 111)
    firewall = run.inputs()["firewall"] | {"connections": [to_portainer.as_input()]}
    server = {"url": f"http://{run.behind.host}:{run.behind.port}", "insecure": True}
    run.set()
    run.gate(run.rule, firewall=firewall, portainer=server, traefik_api="")
    before = run.behind.refused
    session = run.current.portainer(PortainerServer.from_input(server)).session
    for ask in (session.status, session.has_admin, session.sign_in, lambda: session.write("POST", "/api/endpoints")):
        with pytest.raises(UnreachableError, match="Portainer cannot be reached"):
            ask()
    assert run.behind.refused == before
    with pytest.raises(Exception, match="Portainer cannot be reached"):
        ReadinessAgainProvider().create({"portainer": server})
    assert run.behind.refused > before


def test_it_is_tried_before_and_after_a_change(run: Run) -> None:
    about = run.inputs()["firewall"] | {"environments": {}, "portainer": {"url": "https://127.0.0.1:9"}}
    probes = ConnectionProbes(run.current, run.lab.server.url, Probing.from_input(about))
    run.set(run.rule)
    assert probes.working() == {"traefik-api"}
    run.set()
    assert probes.failing(probes.working() | {"traefik-api"}).keys() == {"traefik-api"}
