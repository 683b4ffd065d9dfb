"""A world that exists already: everything is adopted, and no container notices."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("style", ["async", pytest.param("blocking", marks=pytest.mark.faults)])
def test_environments_and_stacks_are_adopted_without_a_restart(start_lab, style: str) -> None:
    rehearsal = start_lab(style, {"settle": "0"})
    rehearsal.must_up()
    containers = rehearsal.by_hand.container_ids()
    environments = [item for name, item in rehearsal.state().items() if name.startswith("environment@")]
    for item in environments:
        done = rehearsal.pulumi("state", "delete", item["urn"], "--target-dependents", "--yes")
        assert done.code == 0, done.output
    assert not [name for name in rehearsal.state() if "@" in name and "grafana" in name]

    seen = rehearsal.requests_of(rehearsal.must_up)
    written = [item for item in seen if item["product"] == "portainer" and item["method"] != "GET"]
    assert {item["path"] for item in written} <= {"/api/auth"}
    assert rehearsal.by_hand.container_ids() == containers
    rehearsal.must_be_in_sync()
