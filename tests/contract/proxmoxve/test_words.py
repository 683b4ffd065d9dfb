"""What failures say: which step, which object, which request, and what Proxmox said about it."""

from __future__ import annotations

from typing import Any

import pytest

VM = {"nodeName": "pve", "vmId": 111}
RULE = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "22", "enabled": True}
INPUTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "dns": ({"nodeName": "pve", "domain": "a.lan"}, {"domain": "b.lan"}, "nodes/pve/dns"),
    "hosts": (
        {"nodeName": "pve", "entry": [{"address": "192.0.2.1", "hostnames": ["one"]}]},
        {"entry": [{"address": "192.0.2.1", "hostnames": ["two"]}]},
        "nodes/pve/hosts",
    ),
    "options": (VM, {"dhcp": True}, "qemu/111/firewall/options"),
    "cluster options": ({}, {"enabled": True}, "cluster/firewall/options"),
    "rules": (
        {"rules": [RULE, RULE | {"dport": "80"}]},
        {"rules": [RULE | {"comment": "x"}, RULE | {"dport": "23"}]},
        "cluster/firewall/rules",
    ),
}
REFUSED = "received an HTTP 500 response - Reason: no luck"


def said(reason: str, doing: str = "", count: int = 1) -> str:
    """One reason, or one that came up several times."""
    return f"{doing}{count} error{'s' if count > 1 else ''} occurred:\n" + f"\t* {reason}\n" * count + "\n"


def urn(engine: Any, kind: str) -> str:
    return str(engine._names(kind)["urn"])


@pytest.mark.parametrize(
    ("kind", "request_line", "reason", "count"),
    [
        ("dns", "PUT ", "error updating DNS configuration: ", 1),
        ("dns", "GET ", "error retrieving DNS configuration: ", 1),
        ("hosts", "POST ", "error updating hosts configuration: ", 1),
        ("hosts", "GET ", "error retrieving hosts configuration: ", 1),
        ("options", "PUT ", "error setting options: ", 1),
        ("cluster options", "PUT ", "error setting options: ", 1),
        ("rules", "GET ", "error retrieving firewall rules: ", 1),
        ("rules", "POST ", "error creating firewall rule: ", 2),
    ],
)
def test_a_create_that_is_not_recorded(
    engine: Any, lab: Any, kind: str, request_line: str, reason: str, count: int
) -> None:
    lab.server.fail(request_line.strip(), INPUTS[kind][2], 500, "no luck")
    with pytest.raises(Exception, match=r"no luck") as refused:
        engine.create(kind, INPUTS[kind][0])
    assert vars(refused.value)["said"] == said(reason + REFUSED, count=count)


@pytest.mark.parametrize(
    ("kind", "end", "reason"),
    [
        ("options", "", "error retrieving options: "),
        ("cluster options", "", "error retrieving options: "),
        ("rules", "/1", "error reading rule 1 : error retrieving firewall rule 1: "),
    ],
)
def test_a_create_that_is_recorded_names_the_object(engine: Any, lab: Any, kind: str, end: str, reason: str) -> None:
    lab.server.fail("GET", INPUTS[kind][2] + end, 500, "no luck")
    with pytest.raises(Exception, match=r"no luck") as refused:
        engine.create(kind, INPUTS[kind][0])
    assert vars(refused.value)["said"] == said(reason + REFUSED, f"creating {urn(engine, kind)}: ")


@pytest.mark.parametrize(
    ("kind", "method", "end", "reason"),
    [
        ("dns", "PUT", "", "error updating DNS configuration: "),
        ("hosts", "GET", "", "error retrieving hosts configuration: "),
        ("options", "PUT", "", "error setting options: "),
        ("cluster options", "GET", "", "error retrieving options: "),
        ("rules", "GET", "", "error retrieving firewall rules: "),
        ("rules", "GET", "/0", "could not read rule at pos 0: error retrieving firewall rule 0: "),
        ("rules", "POST", "", "could not create rule: error creating firewall rule: "),
        ("rules", "PUT", "/0", "error updating firewall rule 0: "),
        ("rules", "DELETE", "/2", "could not delete rule at pos 2: error deleting firewall rule 2: "),
    ],
)
def test_an_update(engine: Any, lab: Any, kind: str, method: str, end: str, reason: str) -> None:
    inputs, change, path = INPUTS[kind]
    created = engine.create(kind, inputs)
    checked, _ = engine.check(kind, inputs | change, created.inputs)
    lab.server.fail(method, path + end, 500, "no luck")
    structs = {"olds": created.wire, "news": checked, "old_inputs": created.inputs}
    with pytest.raises(Exception, match=r"no luck") as refused:
        engine.call("Update", "UpdateRequest", structs, id=created.id, **engine._names(kind))
    assert vars(refused.value)["said"] == said(reason + REFUSED, f"updating {urn(engine, kind)}: ")


def test_a_move(engine: Any, lab: Any) -> None:
    created = engine.create("rules", {"rules": [RULE, RULE | {"dport": "80"}]})
    lab.server.fail("PUT", "cluster/firewall/rules/1", 500, "no luck")
    failed = engine.up(created, {"rules": [RULE | {"dport": "80"}, RULE]})
    assert failed.problem == "could not move rule from pos 1 to 0: error updating firewall rule 1: " + REFUSED


@pytest.mark.parametrize(
    ("method", "end", "reason"),
    [
        ("GET", "/1", "error checking rule at pos 1 before deletion: error retrieving firewall rule 1: "),
        ("DELETE", "/0", "error deleting firewall rule 0: "),
    ],
)
def test_a_delete(engine: Any, lab: Any, method: str, end: str, reason: str) -> None:
    created = engine.create("rules", INPUTS["rules"][0])
    lab.server.fail(method, "cluster/firewall/rules" + end, 500, "no luck")
    with pytest.raises(Exception, match=r"no luck") as refused:
        engine.delete(created)
    assert vars(refused.value)["said"] == said(reason + REFUSED, f"deleting {urn(engine, 'rules')}: ")


def test_a_lookup(engine: Any, lab: Any) -> None:
    lab.server.fail("GET", "nodes/pve/dns", 500, "no luck")
    with pytest.raises(Exception, match=r"no luck") as refused:
        engine.look_up("getDnsLegacy", nodeName="pve")
    doing = "invoking proxmoxve:index/getDnsLegacy:getDnsLegacy: "
    assert vars(refused.value)["said"] == said("error retrieving DNS configuration: " + REFUSED, doing)


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ('{"errors": {"dns1": "bad\\n"}}', " (dns1: bad)"),
        ('{"message": "Bad Request\\nand more\\n\\nand more\\n"}', " (and more - and more)"),
        ('{"message": "Bad Request\\n"}', ""),
        ("<html>", ""),
    ],
)
def test_what_an_answer_says_beyond_the_reason_phrase(engine: Any, lab: Any, body: str, more: str) -> None:
    lab.server.api.fail("GET", "nodes/pve/dns", 400, body, html=True)
    with pytest.raises(Exception, match=r"HTTP 400") as refused:
        engine.take_over("dns", "pve")
    assert str(refused.value).endswith(f"received an HTTP 400 response - Reason: Bad Request{more}")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html>busy</html>", "Reason: invalid character '<' looking for beginning of value"),
        ("", "Reason: EOF"),
        ('{"data": []}', "json: cannot unmarshal array into Go struct field"),
        ('{"data": {"search": 3}}', "json: cannot unmarshal number into Go struct field"),
        ("{}", "^the server did not include a data object in the response"),
    ],
)
def test_an_answer_that_is_not_understood(engine: Any, lab: Any, body: str, reason: str) -> None:
    lab.server.api.fail("GET", "nodes/pve/dns", 200, body, html=True)
    with pytest.raises(Exception, match=reason):
        engine.take_over("dns", "pve")


def test_a_log_limit_that_is_no_number(engine: Any, lab: Any) -> None:
    lab.set_options({"log_ratelimit": "enable=1,burst=x,rate=1/second"})
    with pytest.raises(Exception, match=r'failed to parse burst: strconv\.Atoi: parsing "x": invalid syntax'):
        engine.take_over("cluster options", "cluster-firewall")
