"""What the project takes for granted of the Proxmox API; holds for the lab's and for a real one."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

MARK = "phoenix contract test"


def add(product: Any, rules: str, name: str, **more: str) -> None:
    """Put a rule on top, switched off."""
    fields = {"type": "in", "action": "ACCEPT", "enable": "0", "comment": f"{MARK} {name}", **more}
    product.done("POST", rules, **fields)


def names(product: Any, rules: str) -> list[str]:
    """The tests' own rules, from the top."""
    comments = [str(rule.get("comment", "")) for rule in product.data(rules)]
    return [comment.removeprefix(MARK).strip() for comment in comments if comment.startswith(MARK)]


def test_a_token_opens_the_api(product: Any) -> None:
    assert int(product.data("version")["release"].split(".")[0]) >= 8


@pytest.mark.parametrize("token", ["", "nobody@pve!none=00000000-0000-0000-0000-000000000000"])
def test_a_wrong_token_is_refused(product: Any, token: str) -> None:
    assert product.without_token("version", token).status_code == 401


def test_resolver_is_written_as_a_whole(product: Any, node: str) -> None:
    path = f"nodes/{node}/dns"
    before = product.data(path)
    try:
        product.done("PUT", path, search="one.test", dns1="192.0.2.1", dns2="192.0.2.2")
        assert product.data(path) == {"search": "one.test", "dns1": "192.0.2.1", "dns2": "192.0.2.2"}
        product.done("PUT", path, search="two.test", dns1="192.0.2.3")
        assert product.data(path) == {"search": "two.test", "dns1": "192.0.2.3"}
    finally:
        product.done("PUT", path, **before)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"dns1": "192.0.2.1"}, "search"),
        ({"search": "one.test", "dns1": "192.0.2.1:53"}, "dns1"),
        ({"search": "one.test", "dns4": "192.0.2.1"}, "dns4"),
    ],
)
def test_a_bad_resolver_is_refused_by_field(product: Any, node: str, form: dict[str, str], field: str) -> None:
    response = product("PUT", f"nodes/{node}/dns", **form)
    assert (response.status_code, response.reason) == (400, "Parameter verification failed.")
    assert list(response.json()["errors"]) == [field]


def test_hosts_are_kept_verbatim(product: Any, node: str) -> None:
    path = f"nodes/{node}/hosts"
    before = product.data(path)
    assert before["digest"] == hashlib.sha1(before["data"].encode()).hexdigest()
    text = before["data"] + "# a comment\n\n192.0.2.7\tname.test  name # more\n"
    try:
        product.done("POST", path, data=text, digest=before["digest"])
        assert product.data(path) == {"data": text, "digest": hashlib.sha1(text.encode()).hexdigest()}
        refused = product("POST", path, data=before["data"], digest=before["digest"])
        assert refused.status_code == 500
        assert refused.reason.startswith("detected modified configuration")
        assert product.data(path)["data"] == text
    finally:
        product.done("POST", path, data=before["data"])
    assert product.data(path) == before


def test_a_new_rule_is_on_top(product: Any, rules: str) -> None:
    add(product, rules, "A")
    add(product, rules, "B", pos="1")
    assert names(product, rules) == ["B", "A"]


def test_positions_are_numbers_in_the_list_and_texts_alone(product: Any, rules: str) -> None:
    add(product, rules, "A")
    listed = product.data(rules)
    assert [rule["pos"] for rule in listed] == list(range(len(listed)))
    alone = product.data(f"{rules}/0")
    assert alone == listed[0] | {"pos": "0"}


def test_a_list_has_one_digest(product: Any, rules: str) -> None:
    add(product, rules, "A")
    add(product, rules, "B", proto="tcp", dport="443")
    assert len({rule["digest"] for rule in product.data(rules)}) == 1


def test_empty_fields_are_not_set(product: Any, rules: str) -> None:
    add(product, rules, "A", dest="", dport="", macro="", proto="", source="", sport="")
    assert not {"dest", "dport", "macro", "proto", "source", "sport"} & product.data(f"{rules}/0").keys()


def test_a_rule_is_off_unless_switched_on(product: Any, rules: str) -> None:
    product.done("POST", rules, type="in", action="DROP", proto="udp", dport="9", comment=f"{MARK} A")
    assert product.data(f"{rules}/0")["enable"] == 0


@pytest.mark.parametrize(
    ("position", "target", "order"),
    [(2, 0, ["C", "A", "B"]), (0, 2, ["B", "A", "C"]), (1, 1, ["A", "B", "C"])],
)
def test_a_moved_rule_stands_before_the_one_that_was_there(
    product: Any, rules: str, position: int, target: int, order: list[str]
) -> None:
    for name in "CBA":
        add(product, rules, name)
    product.done("PUT", f"{rules}/{position}", moveto=str(target))
    assert names(product, rules) == order


def test_a_field_is_taken_away_by_name(product: Any, rules: str) -> None:
    add(product, rules, "A", proto="tcp", dport="443", source="192.0.2.0/24")
    product.done("PUT", f"{rules}/0", source="", dport="444", delete="source")
    changed = product.data(f"{rules}/0")
    assert changed["dport"] == "444"
    assert "source" not in changed


def test_a_stale_digest_deletes_nothing(product: Any, rules: str) -> None:
    add(product, rules, "A")
    digest = product.data(rules)[0]["digest"]
    add(product, rules, "B")
    refused = product("DELETE", f"{rules}/0?digest={digest}")
    assert refused.status_code == 500
    assert names(product, rules) == ["B", "A"]


def test_a_position_without_a_rule_is_named_in_the_reason(product: Any, rules: str) -> None:
    response = product("GET", f"{rules}/9000")
    assert (response.status_code, response.reason) == (500, "no rule at position 9000")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"action": "ACCEPT", "type": "sideways"}, "type"),
        ({"action": "ACCEPT", "type": "in", "dport": "443"}, "proto"),
        ({"action": "ACCEPT", "type": "in", "colour": "red"}, "colour"),
    ],
)
def test_a_bad_rule_is_refused_by_field(product: Any, rules: str, fields: dict[str, str], field: str) -> None:
    response = product("POST", rules, **fields)
    assert (response.status_code, response.reason) == (400, "Parameter verification failed.")
    assert list(response.json()["errors"]) == [field]


def test_options_of_a_guest_stay_until_they_are_deleted(product: Any, guest: str) -> None:
    path = f"{guest}/firewall/options"
    before = product.data(path)
    fields = {"enable": "0", "ndp": "0", "policy_in": "REJECT"}
    try:
        product.done("PUT", path, **fields)
        found = product.data(path)
        assert {name: found[name] for name in fields} == {"enable": 0, "ndp": 0, "policy_in": "REJECT"}
    finally:
        unset = ",".join(name for name in fields if name not in before)
        kept = {name: before[name] for name in fields if name in before}
        product.done("PUT", path, **kept, **({"delete": unset} if unset else {}))
    assert product.data(path) == before


def test_the_log_limit_of_the_datacenter_is_one_text(product: Any) -> None:
    path = "cluster/firewall/options"
    before = product.data(path)
    try:
        product.done("PUT", path, log_ratelimit="enable=1,burst=7,rate=2/second")
        assert product.data(path)["log_ratelimit"] == "enable=1,burst=7,rate=2/second"
    finally:
        old = before.get("log_ratelimit")
        product.done("PUT", path, **({"log_ratelimit": old} if old else {"delete": "log_ratelimit"}))
    assert product.data(path) == before


def test_an_unknown_node_is_not_an_empty_one(product: Any) -> None:
    assert product("GET", "nodes/no-such-node/dns").status_code >= 500
