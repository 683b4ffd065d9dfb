"""What is looked at before all guards: losses in all places, and guests that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import clients_of_run
from phoenix_providers.operations.clients_of_run import ClientsOfRun
from phoenix_providers.planning.declared_guest import DeclaredGuest
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.resources.guest_presence import GuestPresenceProvider

CLUSTER, GUEST, GONE = ProxmoxScope("cluster"), ProxmoxScope("vm", "pve", 111), ProxmoxScope("lxc", "pve", 999)
RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "2222", "enable": 1}
NOTHING: dict[str, Any] = {"rules": [], "options": {"enable": "0"}}


@pytest.fixture
def provider(lab: Any) -> Iterator[GuestPresenceProvider]:
    token = SecretStr(lab.server.token)
    clients_of_run.use(ClientsOfRun(Settings(), Credentials(), proxmox_token=token, proxmox_insecure=True))
    yield GuestPresenceProvider()
    clients_of_run.use(None)


def inputs(lab: Any, **more: Any) -> dict[str, Any]:
    return {"proxmox": lab.server.url, "guests": [], "known": [], "surplus": [], "missing": [], **more}


def creating(*scopes: ProxmoxScope) -> list[dict[str, Any]]:
    return [{"scope": one.as_input(), "missing": [f"rules@{one.suffix}"], "wanted": NOTHING} for one in scopes]


def test_all_places_that_would_lose_something_are_named_at_once(lab: Any, provider: GuestPresenceProvider) -> None:
    for where in (("cluster", "pve", None), ("vm", "pve", 111)):
        lab.server.api.firewall_config(*where)["rules"].append(dict(RULE))
    with pytest.raises(Exception, match="2 places on Proxmox have already") as refused:
        provider.check({}, inputs(lab, missing=creating(CLUSTER, GUEST)))
    text = str(refused.value)
    assert text.count("port: 2222") == 2
    assert text.index("the datacenter:") < text.index("the guest 111:")
    assert "phoenix adopt" in text


def test_what_would_be_created_is_not_remembered(lab: Any, provider: GuestPresenceProvider) -> None:
    checked = provider.check({}, inputs(lab, missing=creating(CLUSTER, GUEST)))
    assert checked.inputs["missing"] == []


def declared(scope: ProxmoxScope, where: str) -> dict[str, Any]:
    return DeclaredGuest(scope.kind, scope.guest_id, "tools", scope.node, where, filtered=True).as_input()


def test_every_guest_of_the_files_has_to_be_there(lab: Any, provider: GuestPresenceProvider) -> None:
    there, absent = declared(GUEST, "vms.yaml:3"), declared(GONE, "lxcs.yaml:8")
    checked = provider.check({}, inputs(lab, guests=[there], known=[111.0]))
    assert (checked.inputs["guests"], checked.inputs["known"]) == ([], [])
    with pytest.raises(Exception, match="Proxmox has no guest 999") as refused:
        provider.check({}, inputs(lab, guests=[there, absent]))
    text = str(refused.value)
    assert "lxcs.yaml:8" in text
    assert "any more" not in text
    assert "pulumi state delete" not in text, "the state has nothing of it"


def test_a_guest_that_is_gone_comes_with_the_commands_that_forget_it(lab: Any, provider: GuestPresenceProvider) -> None:
    guests = [declared(GUEST, "vms.yaml:3"), declared(GONE, "lxcs.yaml:8")]
    with pytest.raises(Exception, match="Proxmox has no guest 999 any more") as refused:
        provider.check({}, inputs(lab, guests=guests, known=[111, 999]))
    text = str(refused.value)
    kinds = [text.index(f"::{kind}@999") for kind in ("restoration", "firewall", "rules", "takeover")]
    assert kinds == sorted(kinds)
    assert "pulumi state delete" in text
    assert "@111" not in text


def test_a_guest_that_is_twice_in_the_state_is_refused(lab: Any, provider: GuestPresenceProvider) -> None:
    with pytest.raises(Exception, match="firewall of a guest twice") as refused:
        provider.check({}, inputs(lab, surplus=["rules@pve-111"]))
    assert "phoenix sync all --forget-gone" in str(refused.value)
    assert "::rules@pve-111$" in str(refused.value)
