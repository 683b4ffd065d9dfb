"""What a run would change, in the words of people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.cli.project.planned import Planned
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.redaction import redact
from phoenix_providers.planning.site.changes.change import Action, Change, SiteChanges
from phoenix_providers.planning.site.changes.resource_change import ResourceChange
from phoenix_providers.planning.site.changes.site_changes import site_changes
from phoenix_providers.planning.stacks.forecast.container_forecast import ContainerForecast, Fate
from phoenix_providers.planning.stacks.forecast.stack_forecast import Sending, StackForecast

CONFIG = Path(__file__).parents[5] / "config"
FILES = Planned.of(load_configuration(CONFIG, Settings()))
COMPOSE = "services:\n  grafana:\n    image: grafana/grafana:{}\n"
ROUTES = {
    "http": {
        "routers": {"grafana": {"rule": "Host(`grafana.home.example`)", "service": "grafana"}},
        "services": {"grafana": {"loadBalancer": {"servers": [{"url": "http://10.0.0.113:8302"}]}}},
    }
}


def stack(compose: str, **others: Any) -> dict[str, Any]:
    return {"project": "grafana-production", "compose": compose, "env": {}, "services": ["grafana"], **others}


def told(*resources: ResourceChange, forecasts: Mapping[str, StackForecast] | None = None) -> SiteChanges:
    return site_changes(
        resources,
        ["PortainerStack", "Verdict", "RulesLegacy"],
        forecasts or {},
        FILES.configuration,
        FILES.plan,
        lambda text: redact(text, ["canary-value"]),
    )


def only(resource: ResourceChange, forecast: StackForecast | None = None) -> Change:
    (found,) = told(resource, forecasts={resource.name: forecast} if forecast else None).changes
    return found


def lines(change: Change) -> list[str]:
    places = [f"{Path(note.place.file).name}:{note.place.line}" if note.place else "" for note in change.notes]
    return [f"{note.text} {place}".strip() for note, place in zip(change.notes, places, strict=True)]


def test_an_image_with_its_line_and_what_it_restarts() -> None:
    old = stack(COMPOSE.format("12.1.1"), live_routes=ROUTES)
    new = stack(COMPOSE.format("12.2.0"), routes=ROUTES)
    forecast = StackForecast(Sending.SENT, (ContainerForecast("grafana", "g-1", Fate.RECREATED, "image"),))
    found = only(ResourceChange("grafana@113", "PortainerStack", Action.CHANGE, old, old, new), forecast)
    assert lines(found) == ["image 12.1.1 → 12.2.0 docker-compose.yml:3"]
    assert found.effects == ("restarts grafana", "its route stays")
    assert (found.step, found.vmid, found.is_drift) == (6, 113, False)


def test_what_leaves_stops_and_leaves_its_volumes() -> None:
    old = stack(COMPOSE.format("1"), live_routes=ROUTES)
    forecast = StackForecast(
        Sending.TAKEN_AWAY, (ContainerForecast("grafana", "g-1", Fate.REMOVED),), volumes=("grafana-production_data",)
    )
    found = only(ResourceChange("grafana@113", "PortainerStack", Action.REMOVE, old, old), forecast)
    assert lines(found)[0].startswith("removed vms.yaml:")
    assert found.effects == (
        "stops grafana",
        "volume grafana-production_data stays behind",
        "route grafana.home.example → 10.0.0.113:8302 vanishes",
    )


def test_drift_is_told_in_words() -> None:
    same = stack(COMPOSE.format("1"), routes=ROUTES, observed="as declared")
    live = same | {"observed": "grafana is exited", "live_routes": ROUTES}
    stopped = ContainerForecast("grafana", "g-1", Fate.STARTED, "exited now, and is started")
    forecast = StackForecast(Sending.SENT, (stopped,), ("grafana is exited",))
    found = only(ResourceChange("grafana@113", "PortainerStack", Action.CHANGE, same, live, same), forecast)
    assert found.is_drift
    assert lines(found) == ["grafana is exited → put right"]
    assert found.effects == ("starts grafana (exited now, and is started)", "its route stays")


def test_a_text_that_was_edited_at_portainer() -> None:
    declared = stack(COMPOSE.format("1"))
    live = stack(COMPOSE.format("2"))
    found = only(ResourceChange("grafana@113", "PortainerStack", Action.CHANGE, declared, live, declared))
    assert lines(found) == ["its compose text was changed at Portainer, and is put back"]


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ({}, "route grafana.home.example → 10.0.0.113:8302 vanishes"),
        (ROUTES, "its route stays"),
    ],
)
def test_routes_go_with_their_stack(routes: Mapping[str, Any], said: str) -> None:
    old, new = stack(COMPOSE.format("1"), live_routes=ROUTES), stack(COMPOSE.format("2"), routes=routes)
    assert said in only(ResourceChange("grafana@113", "PortainerStack", Action.CHANGE, old, old, new)).effects


def test_names_in_dns() -> None:
    had = {"entry": [{"address": "10.0.0.12", "hostnames": ["old.home.example", "apps.home.example"]}]}
    has = {"entry": [{"address": "10.0.0.111", "hostnames": ["apps.home.example"]}]}
    found = only(ResourceChange("hosts@pve", "HostsLegacy", Action.CHANGE, had, had, has))
    assert [note.text for note in found.notes] == [
        "- old.home.example → 10.0.0.12",
        "apps.home.example leads to 10.0.0.111 instead of 10.0.0.12",
    ]
    assert found.notes[1].place is not None


def test_rules_and_options_of_a_guest() -> None:
    rule = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "80", "enabled": True}
    found = only(
        ResourceChange(
            "rules@111", "RulesLegacy", Action.CHANGE, {}, {"rules": [rule]}, {"rules": [rule | {"dport": "81"}]}
        )
    )
    assert found.title == "firewall rules of apps (111)"
    assert [note.text for note in found.notes] == [
        "- type: in, action: ACCEPT, proto: tcp, port: 80",
        "+ type: in, action: ACCEPT, proto: tcp, port: 81",
    ]
    options = ResourceChange(
        "firewall@cluster",
        "FirewallOptions",
        Action.CHANGE,
        {},
        {"options": {"enable": "0"}},
        {"options": {"enable": "1"}},
    )
    assert (only(options).title, [note.text for note in only(options).notes]) == (
        "firewall options of the datacenter",
        ["enable 0 → 1"],
    )


def test_what_goes_is_told_first_and_what_only_remembers_is_a_number() -> None:
    old, new = stack(COMPOSE.format("1")), stack(COMPOSE.format("2"))
    found = told(
        ResourceChange("verdict", "Verdict", Action.CHANGE),
        ResourceChange("grafana@113", "PortainerStack", Action.CHANGE, old, old, new),
        ResourceChange("inventory", "Inventory", Action.CHANGE),
        ResourceChange("homepage@111", "PortainerStack", Action.REMOVE, old, old),
    )
    assert [one.name for one in found.changes] == ["homepage@111", "grafana@113"]
    assert (found.as_declared, found.own_notes) == (2, 2)


def test_no_secret_is_told() -> None:
    old, new = stack(COMPOSE.format("1")), stack(COMPOSE.format("canary-value"), env={"A": "canary-value"})
    forecast = StackForecast(Sending.REFUSED, why=("the port canary-value is taken",))
    found = only(ResourceChange("grafana@113", "PortainerStack", Action.CHANGE, old, old, new), forecast)
    assert "canary-value" not in repr(found)


@pytest.mark.parametrize(("action", "word"), [(Action.MAKE, "new"), (Action.REMOVE, "removed")])
@pytest.mark.parametrize(
    "kind", ["PortainerEndpoint", "PortainerRegistry", "FirewallName", "RulesLegacy", "FirewallOptions"]
)
def test_whatever_comes_or_goes_is_told(kind: str, action: Action, word: str) -> None:
    (found,) = told(ResourceChange("thing@111", kind, action, {}, {}, {})).changes
    assert [note.text for note in found.notes] == [word]


def test_what_only_mends_a_list_is_told_with_the_list() -> None:
    rule = {"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": "80", "enabled": True}
    rules = ResourceChange("rules@111", "RulesLegacy", Action.MAKE, {}, {}, {"rules": [rule]})
    found = told(rules, ResourceChange("icmp-types@111", "IcmpTypes", Action.MAKE, {}, {}, {"rules": [rule]}))
    assert ([one.name for one in found.changes], found.own_notes) == (["rules@111"], 1)
    alone = told(ResourceChange("icmp-types@111", "IcmpTypes", Action.CHANGE, {}, {}, {"rules": [rule]}))
    assert [note.text for note in alone.changes[0].notes] == ["put right"]


def test_options_that_nobody_has_read_are_not_called_unset() -> None:
    made = ResourceChange("firewall@111", "FirewallOptions", Action.MAKE, {}, {}, {"options": {"enable": "1"}})
    assert [note.text for note in only(made).notes] == ["enable 1"]


def test_silence_is_no_drift() -> None:
    same = stack(COMPOSE.format("1"))
    live = same | {"observed": "not looked at: the agent does not answer"}
    forecast = StackForecast(Sending.UNKNOWN, why=("the agent does not answer",))
    found = only(ResourceChange("grafana@113", "PortainerStack", Action.CHANGE, same, live, same), forecast)
    assert lines(found) == ["does not answer now; a run looks again"]
    assert found.effects == ("what becomes of its containers is not known: the agent does not answer",)


def test_what_leaves_and_has_to_stay_is_not_called_removed() -> None:
    old = stack(COMPOSE.format("1"), live_routes=ROUTES)
    found = site_changes(
        [ResourceChange("grafana@113", "PortainerStack", Action.REMOVE, old, old)],
        [],
        {},
        FILES.configuration,
        FILES.plan,
        str,
        {"grafana@113": ("grafana@112",)},
    )
    (one,) = found.changes
    assert (one.action, one.effects) == (Action.CHANGE, ())
    assert lines(one) == ["is not declared any more, and stays as it is until grafana@112 can be reached"]
