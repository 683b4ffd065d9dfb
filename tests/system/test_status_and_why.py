"""`phoenix status` and `phoenix why` beside the real engine, while things are broken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.system.test_agent_down import switch_agent

pytestmark = pytest.mark.engine


def status(rehearsal: Any) -> dict[str, Any]:
    done = rehearsal.phoenix("status", "--json")
    assert done.code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def why(rehearsal: Any, name: str) -> dict[str, Any]:
    done = rehearsal.phoenix("why", name, "--json")
    assert done.code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def healths(site: dict[str, Any]) -> dict[str, str]:
    return {stack["name"]: stack["health"] for stack in site["stacks"]}


def test_from_before_the_first_run_to_a_site_with_troubles(start_lab) -> None:
    rehearsal = start_lab()
    before = status(rehearsal)
    assert not before["deployed"]
    assert before["next_command"] == "phoenix sync all --preview"
    assert {step["standing"] for step in before["steps"]} <= {"fine", "unknown"}

    rehearsal.must_up()
    fine = status(rehearsal)
    assert set(healths(fine).values()) == {"Healthy"}
    assert fine["changes"] == []
    assert fine["next_command"] == ""
    assert {route["standing"] for route in fine["routes"]} == {"fine"}
    assert {guest["status"] for guest in fine["guests"]} == {"running"}

    # Stopped by hand: degraded, and a run would start it.
    grafana = rehearsal.stack("grafana")
    rehearsal.by_hand.stop(grafana.project)
    stopped = status(rehearsal)
    assert healths(stopped)["grafana@113"] == "Degraded"
    assert [(one["name"], one["cause"]) for one in stopped["changes"]] == [("grafana@113", "drift")]
    reason = why(rehearsal, "grafana")
    assert (reason["kind"], reason["name"], reason["standing"]) == ("stack", "grafana@113", "wrong")
    assert [one["name"] for one in reason["changes"]] == ["grafana@113"]
    assert any(one["place"].endswith("docker-compose.yml:3") for one in reason["asked"])

    # An agent that is away: nobody knows how its stacks are, and nothing is taken for gone.
    switch_agent(rehearsal, 112, up=False)
    silent = status(rehearsal)
    assert {health for name, health in healths(silent).items() if name.endswith("@112")} == {"Unknown"}
    assert not [one for one in silent["changes"] if one["name"].endswith("@112")]
    assert why(rehearsal, "environment:media")["standing"] == "unknown"
    switch_agent(rehearsal, 112, up=True)

    # Files that cannot be read leave what the state has.
    vms = rehearsal.config / "vms.yaml"
    text = vms.read_text()
    vms.write_text(text.replace("portainer_role: agent", "portainer_role: agnet"))
    unread = status(rehearsal)
    assert len(unread["files"]) == text.count("portainer_role: agent")
    assert healths(unread).keys() == healths(fine).keys()
    vms.write_text(text)

    unknown = rehearsal.phoenix("why", "graffana")
    assert unknown.code == 2
    assert "did you mean grafana?" in unknown.output
    assert rehearsal.phoenix("why", "whoami").code == 2


def test_each_kind_has_its_file_and_line(start_lab) -> None:
    rehearsal = start_lab()
    rehearsal.must_up()
    places = {
        "grafana.home.example": "config/stacks/grafana/phoenix.yaml",
        "nas": "config/lxcs.yaml",
        "8302@113": "config/vms.yaml",
        "environment:apps": "config/vms.yaml",
        "apps": "config/vms.yaml",
    }
    for name, place in places.items():
        reason = why(rehearsal, name)
        assert reason["asked"][0]["place"].startswith(place), reason
        assert reason["standing"] == "fine", reason
        assert reason["changes"] == [], reason
        assert reason["last_change"] is not None, reason
