"""The roles that the documentation names suffice, none of their privileges is too much, and a missing one is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.errors import UnauthorizedError
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.privileges import ROLES
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.operations.proxmox.live_firewall import live_firewalls
from phoenix_providers.operations.proxmox.take_over_look import look
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.readiness_gate import ReadinessGateProvider

DOCUMENT = Path(__file__).parents[3] / "docs" / "operations.md"
USER = "phoenix@pve"
TOKEN = f"{USER}!lab"
RULES = {"rules": [{"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enabled": True}]}
HOSTS = {"nodeName": "pve", "entry": [{"address": "192.0.2.1", "hostnames": ["one"]}]}
DNS = {"nodeName": "pve", "domain": "home.lan", "servers": ["192.0.2.1"]}
VM, CONTAINER = {"nodeName": "pve", "vmId": 111}, {"nodeName": "pve", "containerId": 201}
PLACES = [ProxmoxScope("cluster"), ProxmoxScope("node", "pve"), ProxmoxScope("vm", "pve", 111)]
EVERYTHING = [
    ("rules", RULES),
    ("cluster options", {}),
    ("hosts", HOSTS),
    ("dns", DNS),
    ("rules", RULES | VM),
    ("options", VM),
    ("rules", RULES | CONTAINER),
    ("options", CONTAINER),
]

Grants = list[tuple[str, str]]


def documented() -> Grants:
    """Path and privilege, as the commands of the documentation grant them."""
    text = DOCUMENT.read_text().partition("<!-- roles:")[2].partition("```\n")[0]
    roles = {name: privileges.split() for name, privileges in re.findall(r'role add (\S+) --privs "(.*)"', text)}
    assert roles == {name: list(privileges) for name, privileges in ROLES.items()}
    granted = re.findall(rf"acl modify (\S+) --roles (\S+) --users {USER}", text)
    return [(path, privilege) for path, role in granted for privilege in roles[role]]


@pytest.fixture
def grant(lab: Any) -> Iterator[Any]:
    def to(grants: Iterable[tuple[str, str]]) -> None:
        lab.server.api.acl = {}
        for path, privilege in grants:
            lab.server.api.grant(USER, path, privilege)

    yield to
    lab.server.api.acl = None


@pytest.fixture
def proxmox(lab: Any) -> ProxmoxApi:
    return ProxmoxApi(lab.server.url, SecretStr(lab.server.token), timeout=10, insecure=True)


def one_run(engine: Any, proxmox: ProxmoxApi) -> None:
    """Everything that a run does on Proxmox: looking, creating, reading, changing, putting back, deleting."""
    settings = proxmox.settings
    for place in PLACES:
        look(settings, place)
    live_firewalls(settings, {"pve": "10.0.0.0/24"}, [place for place in PLACES if place.guest_id])
    assert set(settings.guests()) == {111, 201}
    for kind, inputs in EVERYTHING:
        created = engine.create(kind, inputs)
        assert engine.up(engine.refresh(created), inputs).done == "same"
        if kind == "rules":
            engine.delete(created)
    settings.write_options("cluster", {"enable": "0"})
    settings.write_options("nodes/pve/qemu/111", {"enable": "0"})
    settings.write_hosts("pve", settings.hosts("pve") + "# end\n")
    settings.write_resolver("pve", {"search": "home.lan"})


def test_the_documented_roles_suffice(engine: Any, proxmox: ProxmoxApi, grant: Any) -> None:
    grant(documented())
    proxmox.require_privileges(place.permission_path for place in PLACES)
    one_run(engine, proxmox)


@pytest.mark.parametrize("left_out", documented())
def test_none_of_them_is_too_much(engine: Any, proxmox: ProxmoxApi, grant: Any, left_out: tuple[str, str]) -> None:
    grant(one for one in documented() if one != left_out)
    with pytest.raises(Exception, match=re.escape(left_out[1]) + r"|assert"):
        one_run(engine, proxmox)


@pytest.mark.parametrize("left_out", documented())
def test_the_gate_names_privilege_path_and_command(proxmox: ProxmoxApi, grant: Any, left_out: tuple[str, str]) -> None:
    path, privilege = left_out
    grant(one for one in documented() if one != left_out)
    with pytest.raises(UnauthorizedError) as refused:
        proxmox.require_privileges(place.permission_path for place in PLACES)
    text = str(refused.value)
    role = next(role for role, privileges in ROLES.items() if privilege in privileges)
    where = "/vms/111" if path == "/vms" else path
    assert f"{privilege} on {where}" in text
    assert f"pveum acl modify {where} --roles {role} --users {USER} --tokens '{TOKEN}'" in text
    assert f'pveum role add {role} --privs "{" ".join(ROLES[role])}"' in text
    assert proxmox.token_id == TOKEN


def test_the_preview_of_a_run_is_refused_too(lab: Any, grant: Any) -> None:
    token = SecretStr(lab.server.token)
    inputs = {"proxmox": lab.server.url, "privileges_at": [place.permission_path for place in PLACES]}
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    try:
        grant(documented())
        assert ReadinessGateProvider().check({}, dict(inputs)).failures == []
        grant(one for one in documented() if one[1] != "VM.Audit")
        with pytest.raises(Exception, match=r"VM.Audit on /vms/111") as refused:
            ReadinessGateProvider().check({}, dict(inputs))
    finally:
        clients_of_run.use(None)
    assert type(refused.value).__name__ == "not ready"


def test_a_refusal_in_the_middle_names_them_too(proxmox: ProxmoxApi, grant: Any) -> None:
    grant([("/", "Sys.Audit")])
    with pytest.raises(UnauthorizedError) as refused:
        proxmox.settings.write_options("cluster", {"enable": "0"})
    assert "Sys.Modify on /" in str(refused.value)
    assert "pveum acl modify / --roles PhoenixHost" in str(refused.value)
