"""What the check before a change of the firewall reads from Proxmox."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.firewall_check import FirewallCheckProvider

GUEST = ProxmoxScope("vm", "pve", 111)
ON = {"enable": "1", "policy_in": "DROP", "policy_out": "ACCEPT"}
OPEN = ON | {"policy_in": "ACCEPT"}


@pytest.fixture
def site(site: Any) -> Any:
    return replace(site, more_nodes={"pve2": "127.0.9.2"})


@pytest.fixture
def props(lab: Any) -> Iterator[dict[str, Any]]:
    """Switch a guest's firewall on, without a rule for the connection that is needed."""
    token = SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    agent = {"name": "agent@111", "what": "the agent", "source": "10.0.0.9", "dest": "127.0.1.11", "proto": "tcp"}
    yield {
        "proxmox": lab.server.url,
        "node": "pve",
        "networks": {"pve": "10.0.0.0/24"},
        "wanted": [
            {"scope": ProxmoxScope("cluster").as_input(), "rules": [], "options": OPEN},
            {"scope": GUEST.as_input(), "rules": [], "options": ON},
        ],
        "connections": [agent | {"port": 9001, "from_guest": 0, "to_guest": 111}],
        "allowed": [],
        "sync_address": "10.0.0.9",
        "keep_rules": False,
    }
    clients_of_run.use(None)


def set_devices(lab: Any, *firewall: bool) -> None:
    vm = next(vm for vm in lab.server.api.vms if vm.vmid == 111)
    for number, on in enumerate(firewall):
        vm.config[f"net{number}"] = "virtio=BC:24:11:00:00:6F,bridge=vmbr0" + (",firewall=1" if on else "")


def test_a_guest_whose_device_is_filtered_would_be_cut(lab: Any, props: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="agent@111"):
        FirewallCheckProvider().check({}, props)


def test_a_guest_whose_device_is_not_filtered_is_not_cut_but_named(
    lab: Any, props: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    set_devices(lab, False)
    FirewallCheckProvider().check({}, props)
    assert "the guest 111: its network device lacks firewall=1" in capsys.readouterr().err


def test_of_which_device_the_address_is_is_not_known(lab: Any, props: dict[str, Any]) -> None:
    set_devices(lab, False, True)
    with pytest.raises(Exception, match="agent@111"):
        FirewallCheckProvider().check({}, props)


def test_a_guest_that_is_not_there_yet_counts_as_filtered(lab: Any, props: dict[str, Any]) -> None:
    props["wanted"][1]["scope"] = ProxmoxScope("vm", "pve", 999).as_input()
    props["connections"][0]["to_guest"] = 999
    with pytest.raises(Exception, match="agent@111"):
        FirewallCheckProvider().check({}, props)


def test_the_sync_may_run_on_a_guest_whose_own_rules_would_cut_it_off(lab: Any, props: dict[str, Any]) -> None:
    api = {"name": "api@pve", "what": "the API", "source": "", "dest": "10.0.0.13", "proto": "tcp", "port": 8006}
    props |= {"connections": [api], "guests": {"10.0.0.9": 111}}
    props["wanted"][1]["options"] = OPEN
    FirewallCheckProvider().check({}, props)
    props["wanted"][1]["options"] = OPEN | {"policy_out": "DROP"}
    with pytest.raises(Exception, match=r"on the guest 111: \{type: out, action: ACCEPT, dest: 10\.0\.0\.13"):
        FirewallCheckProvider().check({}, props)


SSH_RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": "1"}


@pytest.fixture
def second(lab: Any, props: dict[str, Any]) -> dict[str, Any]:
    """Switch the datacenter on, without a rule for SSH to either node; the first one has a rule of its own."""
    ssh = {"what": "SSH", "source": "", "proto": "tcp", "port": 22}
    to_nodes = [
        ssh | {"name": "ssh@pve", "dest": "10.1.0.13", "node": ""},
        ssh | {"name": "ssh@pve2", "dest": "10.2.0.14", "node": "pve2"},
    ]
    lab.server.api.firewall_config("host", node="pve")["rules"] = [dict(SSH_RULE)]
    networks = {"pve2": "10.2.0.0/24", "pve": "10.1.0.0/24"}
    return props | {"connections": to_nodes, "networks": networks, "wanted": [props["wanted"][0] | {"options": ON}]}


def cut(props: dict[str, Any]) -> set[str]:
    try:
        FirewallCheckProvider().check({}, props)
    except Exception as error:  # what the engine gets is no error of ours any more
        return {name for name in ("ssh@pve2", "ssh@pve") if f"{name} " in str(error)}
    return set()


@pytest.mark.parametrize(
    ("own", "here", "lost"),
    [
        pytest.param({}, "10.9.0.9", {"ssh@pve2"}, id="each node by its own rules"),
        pytest.param({"rules": [SSH_RULE]}, "10.9.0.9", set(), id="a rule of its own"),
        pytest.param({"options": {"enable": "0"}}, "10.9.0.9", set(), id="switched off there"),
        pytest.param({}, "10.2.0.9", set(), id="its own network may always"),
    ],
)
def test_every_node_is_asked(lab: Any, second: dict[str, Any], own: dict[str, Any], here: str, lost: set[str]) -> None:
    lab.server.api.firewall_config("host", node="pve2").update(own)
    assert cut(second | {"sync_address": here}) == lost


def test_a_node_that_is_offline_counts_as_one_without_rules(
    lab: Any, second: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    lab.server.api.set_node_offline("pve2")
    assert cut(second | {"sync_address": "10.9.0.9"}) == {"ssh@pve2"}
    assert cut(second | {"sync_address": "10.2.0.9"}) == set()
    told = capsys.readouterr().err
    assert "the firewall of the node pve2 cannot be asked" in told
    assert "595" in told


CLUSTER = ProxmoxScope("cluster").as_input()


def vm_network(lab: Any, number: int, address: str) -> None:
    vm = next(vm for vm in lab.server.api.vms if vm.vmid == number)
    vm.config["ipconfig0"] = f"ip={address}/24,gw=10.0.0.1"


@pytest.fixture
def switched_on(lab: Any, props: dict[str, Any]) -> dict[str, Any]:
    """Switch the datacenter on; the VM has a firewall of its own on Proxmox, and none in the files."""
    lab.server.api.firewall_config("guest", vmid=111)["options"] = {"enable": 1}
    return props | {
        "wanted": [{"scope": CLUSTER, "rules": [], "options": OPEN}],
        "places": {"0": "site.yaml:9, firewall"},
    }


def test_a_guest_that_only_proxmox_has_a_firewall_for_is_judged_by_that(lab: Any, switched_on: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"on the guest 111 \(not in the files: on Proxmox itself\)") as told:
        FirewallCheckProvider().check({}, switched_on)
    assert "agent@111" in str(told.value)
    rule = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "9001", "enable": 1}
    lab.server.api.firewall_config("guest", vmid=111)["rules"] = [rule]
    # The next run is a process of its own.
    token = SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    FirewallCheckProvider().check({}, switched_on)


def test_the_sender_counts_as_well(lab: Any, switched_on: dict[str, Any]) -> None:
    lab.server.api.firewall_config("guest", vmid=111)["options"] = {"enable": 1, "policy_in": "ACCEPT"}
    lab.server.api.firewall_config("guest", vmid=201)["options"] = {"enable": 1, "policy_out": "DROP"}
    switched_on["connections"][0] |= {"from_guest": 201}
    with pytest.raises(Exception, match=r"on the guest 201 .*: \{type: out, action: ACCEPT, dest: 127\.0\.1\.11"):
        FirewallCheckProvider().check({}, switched_on)


def test_a_guest_that_no_file_knows_is_found_by_the_address_that_proxmox_gives_it(
    lab: Any, switched_on: dict[str, Any]
) -> None:
    vm_network(lab, 111, "10.0.0.21")
    portainer = {"name": "portainer-api", "what": "the API", "source": "", "dest": "10.0.0.21", "proto": "tcp"}
    switched_on["connections"] = [portainer | {"port": 9443, "from_guest": 0, "to_guest": 0}]
    with pytest.raises(Exception, match=r"portainer-api .*10\.0\.0\.9 to 10\.0\.0\.21 tcp 9443") as told:
        FirewallCheckProvider().check({}, switched_on)
    assert "on the guest 111" in str(told.value)


def test_what_ends_at_nobody_here_is_not_judged(lab: Any, switched_on: dict[str, Any]) -> None:
    """A machine that Proxmox does not filter is not behind the datacenter's rules either."""
    away = {"name": "portainer-api", "what": "the API", "source": "", "dest": "10.0.0.77", "proto": "tcp", "port": 9443}
    switched_on["connections"] = [away]
    switched_on["wanted"][0]["options"] = ON
    assert FirewallCheckProvider().check({}, switched_on).inputs["closed"] == ""


def test_what_stays_closed_is_told_with_rule_and_place_and_found_again(
    lab: Any, switched_on: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    lab.server.api.firewall_config("cluster")["options"] = {"enable": 1}
    provider = FirewallCheckProvider()
    first = provider.check({}, switched_on | {"places": {"111": "vms.yaml:7, firewall.rules"}}).inputs
    for word in (
        "agent@111 (the agent, 10.0.0.9 to 127.0.1.11 tcp 9001)",
        "on the guest 111 (vms.yaml:7, firewall.rules): {type: in, action: ACCEPT, source: 10.0.0.9, proto: tcp",
        "phoenix:allowCut[0]' 'agent@111'",
    ):
        assert word in first["closed"]
    assert f"not as declared: {first['closed']}" in capsys.readouterr().err
    assert clients_of_run.current().notes.closed_connections == {"agent@111"}
    outs = provider.create(dict(first)).outs or {}
    again = provider.check(first, switched_on | {"places": {"111": "vms.yaml:7, firewall.rules"}}).inputs
    assert not provider.diff("", outs, again).changes
    assert provider.check(first, switched_on | {"allowed": ["agent@111"]}).inputs["closed"] == ""
    assert not clients_of_run.current().notes.closed_connections
    lab.server.api.firewall_config("cluster")["options"] = {}
    switched_on["wanted"][0]["options"] = ON | {"enable": "0"}
    assert provider.check(outs, switched_on).inputs["closed"] == ""


def test_what_works_from_here_is_not_closed_whatever_the_rules_say(lab: Any, switched_on: dict[str, Any]) -> None:
    """The address from which Proxmox sees us may be another one than ours."""
    lab.server.api.firewall_config("cluster")["options"] = {"enable": 1, "policy_in": "DROP"}
    api = {"name": "api@pve", "what": "the API", "source": "", "dest": lab.server.api.host, "proto": "tcp"}
    switched_on |= {"connections": [api | {"port": 8006}]}
    switched_on["wanted"][0]["options"] = ON
    assert FirewallCheckProvider().check({}, switched_on).inputs["closed"] == ""
    switched_on["connections"] = [api | {"port": 8007}]
    assert "api@pve" in FirewallCheckProvider().check({}, switched_on).inputs["closed"]


def test_a_guest_whose_firewall_leaves_with_this_run_is_not_closed(lab: Any, switched_on: dict[str, Any]) -> None:
    lab.server.api.firewall_config("cluster")["options"] = {"enable": 1}
    assert "agent@111" in FirewallCheckProvider().check({}, switched_on).inputs["closed"]
    assert FirewallCheckProvider().check({}, switched_on | {"leaving_guests": [111.0]}).inputs["closed"] == ""


def test_a_guest_that_nobody_declares_and_nobody_can_be_asked_about_ends_no_run(
    lab: Any, switched_on: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    lab.server.fail("GET", "qemu/111/firewall/rules", 595, "No route to host")
    assert FirewallCheckProvider().check({}, switched_on).inputs["closed"] == ""
    assert "nodes/pve/qemu/111 cannot be asked" in capsys.readouterr().err


def test_a_rule_that_is_there_already_is_not_asked_for_again(lab: Any, props: dict[str, Any]) -> None:
    drop, accept = ({"type": "in", "action": action, "enable": 1} for action in ("DROP", "ACCEPT"))
    accept |= {"source": "10.0.0.9", "proto": "tcp", "dport": "9001"}
    props["wanted"][1] |= {"rules": [drop, accept], "options": OPEN}
    props["places"] = {"111": "vms.yaml:7, rules", "111/0": "vms.yaml:8, rules[0]", "111/1": "vms.yaml:9, rules[1]"}
    with pytest.raises(Exception, match="agent@111") as told:
        FirewallCheckProvider().check({}, props)
    for word in ("closed by {type: in, action: DROP} (vms.yaml:8)", "next:     move vms.yaml:9 before vms.yaml:8\n"):
        assert word in str(told.value)
    assert "add the rule" not in str(told.value)


def test_what_only_proxmox_has_is_named_there(lab: Any, second: dict[str, Any]) -> None:
    lab.server.api.firewall_config("host", node="pve2")["rules"] = [
        {"type": "in", "action": "DROP", "proto": "tcp", "dport": "22", "comment": "by hand", "enable": 1}
    ]
    ssh = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enable": 1}
    second |= {"wanted": [second["wanted"][0] | {"rules": [ssh]}], "sync_address": "10.9.0.9"}
    with pytest.raises(Exception, match="ssh@pve2") as told:
        FirewallCheckProvider().check({}, second)
    assert 'comment: "by hand"} (rule 0 of the node pve2 on Proxmox)' in str(told.value)
    command = "pvesh create /nodes/pve2/firewall/rules --type in --action ACCEPT --source 10.9.0.9"
    assert f"on the Proxmox host: {command} --proto tcp --dport 22 --enable 1" in str(told.value)


class Telling:
    """Somebody who answers every question in the same way."""

    def __init__(self, answer: object) -> None:
        body = json.dumps(answer).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def back_end(props: dict[str, Any]) -> dict[str, Any]:
    """Need a back end in place of the agent."""
    props["connections"][0] |= {"name": "backend@111:8109", "what": "a back end", "port": 8109}
    return props


def refused(props: dict[str, Any]) -> bool:
    try:
        FirewallCheckProvider().check({}, props)
    except Exception as error:  # what the engine gets is no error of ours any more
        return "would cut" in str(error)
    return False


@pytest.mark.parametrize(
    ("services", "in_use", "is_refused"),
    [
        pytest.param({}, [], False, id="nobody leads there"),
        pytest.param({}, ["backend@111:8109"], True, id="the state has published it"),
        pytest.param({}, None, True, id="nobody says what the state has"),
        pytest.param({"app@file": {"url": "http://127.0.1.11:8109"}}, [], True, id="Traefik leads there"),
        pytest.param({"app@file": {"url": "http://127.0.1.11:80"}}, [], False, id="Traefik leads elsewhere"),
    ],
)
def test_what_carries_nothing_yet_is_not_cut_but_closed(
    back_end: dict[str, Any], services: dict[str, Any], in_use: list[str] | None, is_refused: bool
) -> None:
    traefik = Telling({"services": services})
    try:
        asked = back_end | {"traefik_api": traefik.url} | ({} if in_use is None else {"in_use": in_use})
        assert refused(asked) is is_refused
        if not is_refused:
            assert "backend@111:8109" in FirewallCheckProvider().check({}, asked).inputs["closed"]
    finally:
        traefik.stop()
    assert refused(asked)
    assert refused(back_end | {"in_use": [], "traefik_api": ""})


@pytest.mark.parametrize(("port", "is_refused"), [(9001, True), (9002, False)])
def test_an_agent_that_portainer_does_not_know_is_not_cut(
    lab: Any, props: dict[str, Any], port: int, is_refused: bool
) -> None:
    key, token = SecretStr("canary"), SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(api_key=key), proxmox_token=token, proxmox_insecure=True))
    environment = {"Id": 1, "Name": "apps", "Type": 2, "URL": f"tcp://127.0.1.11:{port}", "Status": 1}
    portainer = Telling([environment])
    try:
        asked = props | {"in_use": [], "portainer": {"url": portainer.url, "insecure": True}}
        assert refused(asked) is is_refused
        assert refused(asked | {"in_use": ["agent@111"]})
    finally:
        portainer.stop()
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(api_key=key), proxmox_token=token, proxmox_insecure=True))
    assert refused(asked)


def test_an_agent_that_leaves_is_needed_until_its_stacks_are_gone_and_not_afterwards(
    lab: Any, props: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    agent = props.pop("connections")
    props |= {"connections": [], "until_removed": agent}
    with pytest.raises(Exception, match="agent@111"):
        FirewallCheckProvider().check({}, props)
    # What is closed already is closed on purpose, as far as the next run is concerned; and the state knows nothing.
    lab.server.api.vms[:] = [vm for vm in lab.server.api.vms if vm.vmid != 111]
    props["wanted"] = props["wanted"][:1]
    inputs = FirewallCheckProvider().check({}, props).inputs
    assert (inputs["closed"], "until_removed" in inputs) == ("", False)
    assert "agent@111" not in capsys.readouterr().err
