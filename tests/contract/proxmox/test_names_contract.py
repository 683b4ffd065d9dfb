"""What the project takes for granted of aliases, sets and groups; holds for the lab's Proxmox and for a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

FIREWALL = "cluster/firewall"
MINE = "phoenix-test"


@pytest.fixture(autouse=True)
def clean(product: Any) -> Iterator[None]:
    """Take away what a test leaves."""
    yield
    for rule in reversed(product.data(f"{FIREWALL}/rules")):
        if str(rule.get("comment", "")).startswith(MINE):
            product.done("DELETE", f"{FIREWALL}/rules/{rule['pos']}")
    for group in product.data(f"{FIREWALL}/groups"):
        if group["group"].startswith(MINE):
            for rule in reversed(product.data(f"{FIREWALL}/groups/{group['group']}")):
                product.done("DELETE", f"{FIREWALL}/groups/{group['group']}/{rule['pos']}")
            product.done("DELETE", f"{FIREWALL}/groups/{group['group']}")
    for folder, force in (("ipset", "?force=1"), ("aliases", "")):
        for one in product.data(f"{FIREWALL}/{folder}"):
            if one["name"].lower().startswith(MINE):
                product.done("DELETE", f"{FIREWALL}/{folder}/{one['name']}{force}")


def one_of(product: Any, folder: str, key: str = "name", name: str = MINE) -> dict[str, Any]:
    found = [one for one in product.data(f"{FIREWALL}/{folder}") if one[key].lower() == name]
    return {key: value for key, value in found[0].items() if key != "digest"}


def test_an_alias_is_found_in_any_case_and_changed_as_a_whole(product: Any) -> None:
    product.done("POST", f"{FIREWALL}/aliases", name="Phoenix-Test", cidr="192.0.2.1/32", comment="a")
    assert one_of(product, "aliases")["cidr"] == "192.0.2.1"
    product.done("PUT", f"{FIREWALL}/aliases/{MINE}", cidr="192.0.2.0/24")
    assert {key: one_of(product, "aliases").get(key) for key in ("cidr", "comment")} == {
        "cidr": "192.0.2.0/24",
        "comment": None,
    }
    product.done("DELETE", f"{FIREWALL}/aliases/{MINE}")
    product.done("DELETE", f"{FIREWALL}/aliases/{MINE}")


def test_names_of_sets_and_groups_are_kept_in_lower_case(product: Any) -> None:
    product.done("POST", f"{FIREWALL}/ipset", name="Phoenix-Test")
    product.done("POST", f"{FIREWALL}/groups", group="Phoenix-Test")
    assert one_of(product, "ipset") == {"name": MINE}
    assert one_of(product, "groups", "group") == {"group": MINE}


@pytest.mark.parametrize(("folder", "key"), [("ipset", "name"), ("groups", "group")])
def test_a_comment_is_changed_by_a_renaming_to_the_same(product: Any, folder: str, key: str) -> None:
    product.done("POST", f"{FIREWALL}/{folder}", **{key: MINE, "comment": "a"})
    assert one_of(product, folder, key)["comment"] == "a"
    for comment, seen in (("b", "b"), (" ", None)):
        product.done("POST", f"{FIREWALL}/{folder}", **{key: MINE, "rename": MINE, "comment": comment})
        assert one_of(product, folder, key).get("comment") == seen


def test_members_of_a_set(product: Any) -> None:
    path = f"{FIREWALL}/ipset/{MINE}"
    product.done("POST", f"{FIREWALL}/ipset", name=MINE)
    product.done("POST", path, cidr="192.0.2.7/24")
    product.done("POST", path, cidr="192.0.2.9/32", nomatch="1", comment="a")
    members = {one["cidr"]: (one.get("nomatch"), one.get("comment")) for one in product.data(path)}
    assert members == {"192.0.2.0/24": (None, None), "192.0.2.9": (1, "a")}
    product.done("PUT", f"{path}/192.0.2.9", comment="b")
    product.done("PUT", f"{path}/192.0.2.0/24", nomatch="1")
    members = {one["cidr"]: (one.get("nomatch"), one.get("comment")) for one in product.data(path)}
    assert members == {"192.0.2.0/24": (1, None), "192.0.2.9": (None, "b")}
    assert product("DELETE", path).status_code == 500
    product.done("DELETE", f"{path}/192.0.2.0/24")
    product.done("DELETE", f"{path}?force=1")
    assert product("GET", path).status_code == 500


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "no-such-alias", "192.0.2.1-192.0.2.9", "+phoenix-test"])
def test_what_a_set_does_not_take(product: Any, cidr: str) -> None:
    product.done("POST", f"{FIREWALL}/ipset", name=MINE)
    assert product("POST", f"{FIREWALL}/ipset/{MINE}", cidr=cidr).status_code in (400, 500)


@pytest.mark.parametrize("source", ["no-such-alias", "dc/no-such-alias", "+no-such-set", "+dc/no-such-set"])
def test_a_rule_with_an_unknown_name_is_refused(product: Any, source: str) -> None:
    response = product("POST", f"{FIREWALL}/rules", type="in", action="ACCEPT", source=source, comment=MINE)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["source"])


def test_a_rule_with_an_unknown_group_is_taken(product: Any) -> None:
    """So it is on us to find it."""
    product.done("POST", f"{FIREWALL}/rules", type="group", action="no-such-group", comment=MINE)


def test_the_rules_of_a_group(product: Any) -> None:
    path = f"{FIREWALL}/groups/{MINE}"
    product.done("POST", f"{FIREWALL}/groups", group=MINE)
    for port in ("80", "22"):
        product.done("POST", path, type="in", action="ACCEPT", proto="tcp", dport=port, enable="0")
    # In front of what stands there now; behind the last one that is the end.
    product.done("PUT", f"{path}/0", moveto="2")
    assert [rule["dport"] for rule in product.data(path)] == ["80", "22"]
    product.done("PUT", f"{path}/1", enable="1", comment="c")
    assert [(rule["dport"], rule["enable"]) for rule in product.data(path)] == [("80", 0), ("22", 1)]
    product.done("PUT", f"{path}/1", enable="1", delete="comment")
    assert product.data(path)[1].get("comment") is None
    assert product("DELETE", path).status_code == 500
    assert product("DELETE", f"{path}/1", digest="0").status_code == 500


REFUSED: list[dict[str, str]] = [
    {"type": "group", "action": "web"},
    {"type": "in", "action": "ACCEPT", "iface": "vmbr0"},
]


@pytest.mark.parametrize("rule", REFUSED, ids=["another group", "an interface"])
def test_what_a_group_does_not_take(product: Any, rule: dict[str, str]) -> None:
    product.done("POST", f"{FIREWALL}/groups", group=MINE)
    assert product("POST", f"{FIREWALL}/groups/{MINE}", **rule).status_code == 400


LIMITS: list[tuple[Callable[[str], tuple[str, dict[str, str]]], int]] = [
    (lambda name: ("groups", {"group": name}), 18),
    (lambda name: ("ipset", {"name": name}), 64),
    (lambda name: ("aliases", {"name": name, "cidr": "192.0.2.1"}), 64),
]


@pytest.mark.parametrize(("form", "longest"), LIMITS, ids=["group", "set", "alias"])
def test_how_long_a_name_may_be(product: Any, form: Callable[[str], tuple[str, dict[str, str]]], longest: int) -> None:
    folder, fields = form(MINE.ljust(longest, "x"))
    product.done("POST", f"{FIREWALL}/{folder}", **fields)
    folder, fields = form(MINE.ljust(longest + 1, "x"))
    assert product("POST", f"{FIREWALL}/{folder}", **fields).status_code == 400


def test_macros_are_told_with_their_names(product: Any) -> None:
    assert {"SSH", "Web"} <= {one["macro"] for one in product.data(f"{FIREWALL}/macros")}
