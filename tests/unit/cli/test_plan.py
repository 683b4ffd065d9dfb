"""What `phoenix plan` shows."""

from __future__ import annotations

import json

from phoenix_providers.cli.imitated_engine.planned import Planned
from phoenix_providers.cli.imitated_engine.steps import Step
from phoenix_providers.cli.plan import _as_json, _told

URN = "urn:pulumi:lab::site::phoenix:site:Environment$pulumi-python:dynamic/phoenix:PortainerStack::grafana@113"
STEPS = (
    Step("same", "urn:pulumi:lab::site::a:b:C::verdict"),
    Step("update", URN, ("compose", "env")),
    Step("create-replacement", "urn:pulumi:lab::site::a:b:D::resolver@pve"),
    Step("replace", "urn:pulumi:lab::site::a:b:D::resolver@pve"),
    Step("delete-replaced", "urn:pulumi:lab::site::a:b:D::resolver@pve"),
    Step("delete", "urn:pulumi:lab::site::a:b:C::old"),
)


def test_one_line_for_each_change_and_their_number() -> None:
    assert _told(Planned(STEPS, (), complete=True)).splitlines() == [
        "~ grafana@113                      update   PortainerStack  (compose, env)",
        "± resolver@pve                     replace  D",
        "- old                              delete   C",
        "3 changes: 1 delete, 1 replace, 1 update",
    ]


def test_nothing_to_do() -> None:
    assert _told(Planned(STEPS[:1], (), complete=True)) == "0 changes"
    assert json.loads(_as_json(Planned(STEPS[:1], (), complete=True))) == {"changes": []}


def test_the_same_for_programs() -> None:
    first, *others = json.loads(_as_json(Planned(STEPS, (), complete=True)))["changes"]
    assert first == {
        "operation": "update",
        "name": "grafana@113",
        "type": "pulumi-python:dynamic/phoenix:PortainerStack",
        "urn": URN,
        "changed": ["compose", "env"],
    }
    assert [one["operation"] for one in others] == ["replace", "delete"]
