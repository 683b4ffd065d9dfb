"""Rule lists: order, moves, what is refused, and what goes wrong as it goes wrong with the real plugin."""

from __future__ import annotations

from typing import Any

import pytest


def rule(name: str, **more: Any) -> dict[str, Any]:
    """A rule with an identity of its own."""
    port = str(1000 + ord(name))
    return {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": port, "comment": name, "enabled": True, **more}


def listed(text: str) -> dict[str, Any]:
    return {"rules": [rule(name) for name in text]}


def found(lab: Any) -> str:
    return "".join(one["comment"] for one in lab.rules())


FOREIGN = {"type": "in", "action": "ACCEPT", "proto": "udp", "dport": "53", "comment": "f", "enable": 1}


def test_created_in_order_last_rule_first(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("ABC"))
    assert [form.split("comment=")[1][0] for form in lab.forms()] == ["C", "B", "A"]
    assert found(lab) == "ABC"
    assert [one["pos"] for one in created.state["rules"]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [("ABC", "ANBC", 20), ("ABCD", "ABCD", 0)],
)
def test_number_of_requests(engine: Any, lab: Any, before: str, after: str, number: int) -> None:
    created = engine.create("rules", listed(before))
    lab.forget()
    engine.up(created, listed(after))
    assert len(lab.calls()) == number


def test_a_changed_comment_in_four_rules_takes_18_requests(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("ABCD"))
    lab.forget()
    changed = listed("ABCD")
    changed["rules"][2]["comment"] = "X"
    assert engine.up(created, changed).places == {"rules[2].comment": "UPDATE"}
    assert len(lab.calls()) == 18
    assert found(lab) == "ABXD"


@pytest.mark.parametrize(
    ("before", "after"),
    [("ABC", "CBA"), ("ABC", "B"), ("ABC", "XAYBZC"), ("A", "BCD"), ("ABC", ""), ("", "AB"), ("AAB", "BAA")],
)
def test_any_change_ends_as_wanted(engine: Any, lab: Any, before: str, after: str) -> None:
    created = engine.create("rules", listed(before))
    updated = engine.up(created, listed(after))
    assert (updated.done, found(lab)) == ("updated", after)
    assert engine.up(engine.refresh(updated), listed(after)).done == "same"


def test_an_appended_rule_stands_on_top_for_a_while(engine: Any, lab: Any) -> None:
    drop = rule("D", action="DROP")
    created = engine.create("rules", listed("AC"))
    lab.forget()
    engine.up(created, {"rules": [*listed("AC")["rules"], drop]})
    assert lab.calls()[:9] == [
        "POST cluster/firewall/rules",
        "GET cluster/firewall/rules",
        "GET cluster/firewall/rules/0",
        "GET cluster/firewall/rules/1",
        "PUT cluster/firewall/rules/1",
        "GET cluster/firewall/rules",
        "GET cluster/firewall/rules/1",
        "GET cluster/firewall/rules/2",
        "PUT cluster/firewall/rules/2",
    ]
    assert [form for form in lab.forms() if "moveto" in form] == ["moveto=0", "moveto=1"]
    assert found(lab) == "ACD"


def test_fields_that_become_empty_are_deleted_by_name(engine: Any, lab: Any) -> None:
    created = engine.create("rules", {"rules": [rule("A", log="info")]})
    lab.forget()
    bare = {name: value for name, value in rule("A").items() if name != "comment"}
    engine.up(created, {"rules": [bare]})
    assert lab.forms() == [
        "action=ACCEPT&comment=&delete=comment%2Clog&dest=&dport=1065&enable=1&macro=&proto=tcp&source=&sport=&type=in"
    ]
    assert not {"comment", "log"} & lab.rules()[0].keys()


def test_a_group_rule_is_the_same_rule_when_its_comment_changes(engine: Any, lab: Any) -> None:
    inputs = {"rules": [{"securityGroup": "web", "comment": "old", "enabled": True}]}
    created = engine.create("rules", inputs)
    lab.forget()
    inputs["rules"][0]["comment"] = "new"
    engine.up(created, inputs)
    assert lab.forms() == ["comment=new&enable=1"]
    assert [(one["type"], one["action"], one["comment"]) for one in lab.rules()] == [("group", "web", "new")]


def test_groups_and_rules_change_places_and_kinds(engine: Any, lab: Any) -> None:
    """As the program says them; what is left out of a group never comes back from the rule that stood there."""
    empty = dict.fromkeys(("source", "dest", "proto", "dport", "sport", "iface", "macro", "log", "comment"), "")

    def group(**more: Any) -> dict[str, Any]:
        return {**empty, "enabled": True, "securityGroup": "web", **more}

    def plain(name: str) -> dict[str, Any]:
        return {**empty, **rule(name), "securityGroup": ""}

    def names() -> list[str]:
        return [
            one["action"] + one.get("iface", "") if one["type"] == "group" else one["comment"] for one in lab.rules()
        ]

    lists = [
        ([group(), plain("A")], ["web", "A"]),
        ([plain("A"), group()], ["A", "web"]),
        ([group(iface="vmbr0"), plain("B"), group()], ["webvmbr0", "B", "web"]),
        ([plain("B"), plain("C"), plain("A")], ["B", "C", "A"]),
        ([group(), group(iface="vmbr0"), group(securityGroup="base")], ["web", "webvmbr0", "base"]),
        ([plain("A")], ["A"]),
    ]
    recorded = engine.create("rules", {"rules": lists[0][0]})
    for rules, expected in lists:
        recorded = engine.up(engine.refresh(recorded), {"rules": rules})
        assert names() == expected
        recorded = engine.up(engine.refresh(recorded), {"rules": rules})
        assert recorded.done == "same"


@pytest.mark.parametrize("inputs", [listed("AB"), listed("")], ids=["some", "none"])
def test_existing_rules_are_refused(engine: Any, lab: Any, inputs: dict[str, Any]) -> None:
    lab.set_rules([FOREIGN])
    with pytest.raises(Exception, match=r"^Existing rules detected. Aborting...$") as refused:
        engine.create("rules", inputs)
    assert vars(refused.value)["state"] is None
    assert lab.calls() == ["GET cluster/firewall/rules"]


def test_a_foreign_rule_is_not_seen_without_a_refresh_and_cut_off_by_any_change(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("AB"))
    lab.set_rules([FOREIGN, *lab.rules()])
    assert engine.up(created, listed("AB")).done == "same"
    assert engine.up(created, listed("ABC")).done == "updated"
    assert found(lab) == "ABC"


def test_a_foreign_rule_is_drift_after_a_refresh(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("AB"))
    lab.set_rules([FOREIGN, *lab.rules()])
    refreshed = engine.refresh(created)
    assert (len(refreshed.state["rules"]), len(refreshed.inputs["rules"])) == (3, 2)
    assert engine.up(refreshed, listed("AB")).places["rules[2]"] == "DELETE"
    assert found(lab) == "AB"


def test_delete_goes_by_recorded_positions(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("AB"))
    lab.set_rules([FOREIGN, *lab.rules()])
    lab.forget()
    engine.delete(created)
    assert lab.calls() == [
        "GET cluster/firewall/rules/1",
        "DELETE cluster/firewall/rules/1",
        "GET cluster/firewall/rules/0",
        "DELETE cluster/firewall/rules/0",
    ]
    assert found(lab) == "B"


def test_delete_skips_rules_that_are_gone(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("AB"))
    lab.set_rules(lab.rules()[:1])
    engine.delete(created)
    assert lab.rules() == []


def test_rules_removed_by_hand_are_not_found_without_a_refresh(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("AB"))
    lab.set_rules([])
    failed = engine.up(created, listed("ABC"))
    assert failed.done == "failed"
    assert 'could not find rule with signature "rule:in:ACCEPT::1065:::tcp::"' in failed.problem
    assert found(lab) == "C"
    assert engine.up(engine.refresh(failed), listed("ABC")).done == "updated"
    assert found(lab) == "ABC"


def test_a_failed_update_is_recorded_as_wanted_and_repeated(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("A"))
    lab.server.fail("PUT", "cluster/firewall/rules/0", 500, "no luck", times=1)
    changed = {"rules": [rule("A", comment="new")]}
    failed = engine.up(created, changed)
    assert "received an HTTP 500 response - Reason: no luck" in failed.problem
    assert failed.state["rules"][0]["comment"] == "new"
    assert failed.state["rules"][0]["pos"] == 0
    assert found(lab) == "A"
    repeated = engine.up(failed, changed)
    assert (repeated.done, lab.rules()[0]["comment"]) == ("updated", "new")


def test_one_rule_that_cannot_be_changed_does_not_stop_the_others(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("ABC"))
    lab.server.fail("PUT", "cluster/firewall/rules/1", 500, "no luck")
    changed = {"rules": [rule(name, comment=name.lower()) for name in "ABC"]}
    assert engine.up(created, changed).done == "failed"
    assert found(lab) == "aBc"


def test_one_rule_that_cannot_be_created_leaves_the_others_and_no_record(engine: Any, lab: Any) -> None:
    inputs = {"rules": [rule("A"), rule("B", dport="99999"), rule("C")]}
    with pytest.raises(
        Exception, match=r"HTTP 400 response - Reason: Parameter verification failed. \(dport: "
    ) as error:
        engine.create("rules", inputs)
    assert vars(error.value)["state"] is None
    assert found(lab) == "AC"
    with pytest.raises(Exception, match="Existing rules detected"):
        engine.create("rules", listed("ABC"))


def test_a_rule_without_action_fails_only_when_it_is_sent(engine: Any, lab: Any) -> None:
    inputs = {"rules": [{"type": "in", "enabled": True}, rule("B")]}
    with pytest.raises(Exception, match="either 'security_group' OR both 'action' and 'type' must be defined"):
        engine.create("rules", inputs)
    assert found(lab) == "B"


def test_rules_that_cannot_be_read_back_are_recorded_as_none(engine: Any, lab: Any) -> None:
    lab.server.fail("GET", "cluster/firewall/rules/1", 500, "no luck", times=1)
    with pytest.raises(Exception, match=r"error reading rule 1 : .*no luck") as refused:
        engine.create("rules", listed("AB"))
    assert vars(refused.value)["state"]["rules"] == []
    assert vars(refused.value)["identifier"].startswith("rule-")
    assert found(lab) == "AB"


def test_a_rule_that_is_gone_when_it_is_read_is_left_out(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("ABC"))
    lab.server.fail("GET", "cluster/firewall/rules/1", 500, "no rule at position 1", times=1)
    assert [one["comment"] for one in engine.refresh(created).state["rules"]] == ["A", "C"]


def test_another_guest_is_an_update_in_place_that_leaves_the_old_rules(engine: Any, lab: Any) -> None:
    created = engine.create("rules", listed("A") | {"nodeName": "pve", "vmId": 111})
    moved = engine.up(created, listed("B") | {"nodeName": "pve", "containerId": 201})
    assert (moved.done, moved.id) == ("updated", created.id)
    assert [one["comment"] for one in lab.rules("vm", 111)] == ["A"]
    assert [one["comment"] for one in lab.rules("ct", 201)] == ["B"]


def test_unchanged_rules_are_not_found_on_another_guest(engine: Any) -> None:
    created = engine.create("rules", listed("A") | {"nodeName": "pve", "vmId": 111})
    failed = engine.up(created, listed("A") | {"nodeName": "pve", "containerId": 201})
    assert "could not find rule with signature" in failed.problem
    assert failed.state["containerId"] == 201


class TestSwitchLeftOut:
    """The hazard of `enabled`: after a refresh a rule takes the switch of the one that stood at its index."""

    @staticmethod
    def bare(name: str) -> dict[str, Any]:
        return {field: value for field, value in rule(name).items() if field != "enabled"}

    def test_a_rule_switched_off_by_hand_stays_off(self, engine: Any, lab: Any) -> None:
        inputs = {"rules": [self.bare("A")]}
        created = engine.create("rules", inputs)
        assert lab.rules()[0]["enable"] == 1
        lab.set_rules([lab.rules()[0] | {"enable": 0}])
        assert engine.up(engine.refresh(created), inputs).done == "same"
        assert lab.rules()[0]["enable"] == 0

    @pytest.mark.parametrize(("refresh", "switch"), [(True, 0), (False, 1)])
    def test_a_rule_inherits_the_switch_of_its_place(self, engine: Any, lab: Any, refresh: bool, switch: int) -> None:
        created = engine.create("rules", {"rules": [self.bare("C"), rule("B", enabled=False), self.bare("A")]})
        before = engine.refresh(created) if refresh else created
        engine.up(before, {"rules": [self.bare("C"), self.bare("A")]})
        assert [(one["comment"], one["enable"]) for one in lab.rules()] == [("C", 1), ("A", switch)]

    def test_a_foreign_rule_that_is_off_switches_own_rules_off(self, engine: Any, lab: Any) -> None:
        inputs = {"rules": [self.bare("A"), self.bare("B")]}
        created = engine.create("rules", inputs)
        lab.set_rules([FOREIGN | {"enable": 0}, *lab.rules()])
        engine.up(engine.refresh(created), inputs)
        assert [(one["comment"], one["enable"]) for one in lab.rules()] == [("A", 0), ("B", 1)]

    @pytest.mark.parametrize(
        ("field", "value"), [("source", "10.0.0.0/24"), ("comment", "other"), ("log", "info"), ("iface", "vmbr0")]
    )
    @pytest.mark.parametrize(("written", "kept"), [(False, True), (True, False)])
    def test_so_do_all_other_fields(
        self, engine: Any, lab: Any, field: str, value: str, written: bool, kept: bool
    ) -> None:
        """A rule that comes to the place of one with a source would be limited to that source."""
        bare = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "1065", "enabled": True}
        created = engine.create("rules", {"rules": [bare | {"dport": "1066", field: value}, bare]})
        said = bare | {field: ""} if written else bare
        engine.up(engine.refresh(created), {"rules": [said]})
        assert lab.rules()[0].get(field, "") == (value if kept else "")

    def test_a_written_switch_is_safe(self, engine: Any, lab: Any) -> None:
        created = engine.create("rules", {"rules": [rule("C"), rule("B", enabled=False), rule("A")]})
        lab.set_rules([one | {"enable": 0} for one in lab.rules()])
        engine.up(engine.refresh(created), listed("CA"))
        assert [(one["comment"], one["enable"]) for one in lab.rules()] == [("C", 1), ("A", 1)]
