"""What a run for one stack finds out about the firewall, what it says, and how little it asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.errors import UnreachableError
from phoenix_providers.lab.network import free_port
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.proxmox.scoped_firewall import naming_the_firewall
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.inventory import InventoryProvider
from phoenix_providers.resources.portainer_endpoint import PortainerEndpointProvider
from phoenix_providers.resources.portainer_stack import PortainerStackProvider
from phoenix_providers.resources.traefik_config import PARTS, TraefikConfigProvider
from phoenix_providers.resources.verdict import VerdictProvider

VM, GATEWAY = ProxmoxScope("vm", "pve", 111), ProxmoxScope("lxc", "pve", 201)
ON = {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT"}
RULE = {"type": "in", "action": "ACCEPT", "source": "127.0.1.21", "proto": "tcp", "dport": "8302", "enable": 1}
TOLD = "{type: in, action: ACCEPT, source: 127.0.1.21, proto: tcp, port: 8302}"


class Scoped:
    """One run for the stack web@111, whose route Traefik on the container 201 serves."""

    def __init__(self, lab: Any) -> None:
        self.lab = lab
        token = SecretStr(lab.server.token)
        self.current = ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True)
        clients_of_run.use(self.current)
        self.port = free_port("127.0.1.11")
        for scope in (VM, GATEWAY):
            settings = self.current.proxmox(lab.server.url).settings
            settings.write_options(scope.path, {"enable": "1" if scope == VM else "0", "policy_in": "DROP"})
        settings.write_options("cluster", {"enable": "1", "policy_in": "ACCEPT"})

    def question(self, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        """What the program asks; the rules are those of the files."""
        to_backend = {"name": "backend@111:8302", "what": "the back end", "source": "127.0.1.21", "dest": "127.0.1.11"}
        other = to_backend | {"name": "backend@111:8303", "port": 8303}
        to_portainer = {"name": "portainer-api", "what": "Portainer's API", "source": "", "dest": "127.0.1.11"}
        return {
            "proxmox": self.lab.server.url,
            "node": "pve",
            "networks": {"pve": "127.0.0.0/8"},
            "sync_address": "",
            "guests": {"127.0.1.11": 111.0, "127.0.1.21": 201.0},
            "wanted": [
                {"scope": ProxmoxScope("cluster").as_input(), "rules": [], "options": ON | {"policy_in": "ACCEPT"}},
                {"scope": VM.as_input(), "rules": list(rules), "options": ON},
                {"scope": ProxmoxScope("vm", "pve", 119).as_input(), "rules": [], "options": ON},
            ],
            "connections": [
                to_backend | {"proto": "tcp", "port": 8302.0, "from_guest": 201, "to_guest": 111},
                other | {"proto": "tcp", "from_guest": 201, "to_guest": 111},
                to_portainer | {"proto": "tcp", "port": self.port, "to_guest": 111},
            ],
            "places": {"111": "vms.yaml:7, firewall.rules"},
            "allowed": ["portainer-api"],
            "of": {"web@111": ["backend@111:8302"], "other@111": ["backend@111:8303"]},
        } | more

    def check(self, *rules: dict[str, Any], **more: Any) -> dict[str, str]:
        """Check what is in scope, in the engine's order, and return the failures that the verdict has."""
        PortainerStackProvider().check({}, {"resource": "web@111"})
        question = self.question(*rules, **more)
        inputs = TraefikConfigProvider().check({}, {PARTS: {}, "firewall": question}).inputs
        assert "firewall" not in inputs
        known = {"web@111": "exited", "other@111": "", "firewall-check": "found by a full run"}
        found = VerdictProvider().check({}, {"declared": [], "blocked": {}, "failures": known}).inputs["failures"]
        return dict(found)

    @property
    def asked(self) -> list[str]:
        return [f"{one['method']} {one['path']}" for one in self.lab.requests()]


@pytest.fixture
def scoped(lab: Any) -> Iterator[Scoped]:
    yield Scoped(lab)
    clients_of_run.use(None)


def test_its_own_closed_port_is_named_with_rule_and_place(scoped: Scoped, capsys: pytest.CaptureFixture[str]) -> None:
    failures = scoped.check()
    told = capsys.readouterr().err
    assert told.startswith("not as declared: ")
    for word in (f"on the guest 111 (vms.yaml:7, firewall.rules): {TOLD}", "phoenix sync all", "backend@111:8302"):
        assert word in told
        assert word in failures["web@111"]
    assert "allowCut[1]' 'backend@111:8302'" in told
    assert failures["web@111"].startswith("exited\n")
    # What a full run has found is not its business, nor is any other stack's port.
    assert (failures["other@111"], failures["firewall-check"]) == ("", "")
    assert "8303" not in told


def test_a_rule_that_the_files_have_is_brought_by_a_full_run(
    scoped: Scoped, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "phoenix sync all   (the files open backend@111:8302 already)" in scoped.check(RULE)["web@111"]
    assert "allowCut" not in capsys.readouterr().err


def test_it_asks_little_and_writes_nothing(scoped: Scoped) -> None:
    before = len(scoped.asked)
    scoped.check()
    asked = scoped.asked[before:]
    assert {one.split()[0] for one in asked} == {"GET"}
    assert not [one for one in asked if "119" in one]
    assert len(asked) <= 15


@pytest.mark.parametrize("why", ["open", "off", "allowed", "not of this run", "silent Proxmox"])
def test_where_nothing_is_known_to_be_closed_nothing_is_said(
    scoped: Scoped, capsys: pytest.CaptureFixture[str], why: str
) -> None:
    more: dict[str, Any] = {}
    settings = scoped.current.proxmox(scoped.lab.server.url).settings
    if why == "open":
        settings.add_rule(VM.path, {key: str(value) for key, value in RULE.items()})
    elif why == "off":
        settings.write_options("cluster", {"enable": "0"})
    elif why == "allowed":
        more["allowed"] = ["portainer-api", "backend@111:8302"]
    elif why == "not of this run":
        more["of"] = {"other@111": ["backend@111:8302"]}
    else:
        scoped.lab.server.fail("GET", "/version", 502, "Bad Gateway")
    before = len(scoped.asked)
    failures = scoped.check(**more)
    assert failures == {"web@111": "exited", "other@111": "", "firewall-check": ""}
    told = capsys.readouterr().err
    assert ("it is not known what the firewall keeps out (Proxmox" in told) == (why == "silent Proxmox")
    assert "not as declared" not in told
    if why in ("off", "allowed", "not of this run"):
        assert len(scoped.asked) - before <= 2


def test_a_product_that_is_silent_behind_it_is_not_ready_and_the_rule_is_named(
    scoped: Scoped, capsys: pytest.CaptureFixture[str]
) -> None:
    failures = scoped.check(RULE, allowed=[], of={})
    told = capsys.readouterr().err
    assert told.startswith("not ready: ")
    rule = f"{{type: in, action: ACCEPT, source: 127.0.0.1, proto: tcp, port: {scoped.port}}}"
    assert f"on the guest 111 (vms.yaml:7, firewall.rules): {rule}" in told
    assert "\nnot reachable: " in failures["web@111"]
    with pytest.raises(Exception, match="portainer-api") as caught:
        VerdictProvider().create({"declared": ["web@111"], "blocked": {}, "failures": failures})
    assert type(caught.value).__name__ == "not ready"


def test_the_error_of_a_silent_product_names_the_rule_as_well(scoped: Scoped) -> None:
    server = {"url": f"http://127.0.1.11:{scoped.port}", "insecure": True}
    inputs = {"resource": "environment@111", "server": server, "environment": "vm111", "url": "tcp://127.0.1.11:9001"}
    provider = PortainerEndpointProvider()
    checked = provider.check({}, inputs | {"firewall": scoped.question(allowed=[])}).inputs
    assert "firewall" not in checked
    with pytest.raises(Exception, match="Proxmox's firewall keeps it out") as caught:
        provider.create(checked)
    assert type(caught.value).__name__ == "not reachable"
    for word in ("Portainer cannot be reached", f"port: {scoped.port}", "phoenix sync all"):
        assert word in str(caught.value)


@pytest.mark.parametrize("why", ["it answers", "Proxmox refuses", "a full run"])
def test_other_errors_stay_as_they_are(scoped: Scoped, why: str) -> None:
    error = UnreachableError("Portainer cannot be reached", seen="cut", status=502 if why == "it answers" else None)
    PortainerEndpointProvider().check({}, {"firewall": scoped.question(allowed=[])})
    if why == "Proxmox refuses":
        scoped.lab.server.fail("GET", "/firewall/rules", 500, "busy")
    scoped.current.notes.whole_run = why == "a full run"
    with pytest.raises(UnreachableError) as caught, naming_the_firewall(scoped.current, "portainer-api"):
        raise error
    assert caught.value is error


def test_a_full_run_leaves_all_of_that_to_the_check_of_the_firewall(
    scoped: Scoped, capsys: pytest.CaptureFixture[str]
) -> None:
    InventoryProvider().check({}, {})
    before = len(scoped.asked)
    assert scoped.check() == {"web@111": "exited", "other@111": "", "firewall-check": "found by a full run"}
    assert (len(scoped.asked), capsys.readouterr().err) == (before, "")
