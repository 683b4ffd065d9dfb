"""A stack that fails: the others finish, the old version runs and is routed, and nothing is sent twice."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask

pytestmark = pytest.mark.engine


@pytest.mark.faults
@pytest.mark.parametrize("style", ["async", "blocking"])
def test_a_failing_update_leaves_the_old_version_running_and_routed(start_lab, style: str) -> None:
    rehearsal = start_lab(style, {"deployTimeout": "20", "settle": "0"})
    rehearsal.must_up()
    routes = expected_routes(rehearsal.plan)
    compose = rehearsal.config / "stacks" / "grafana" / "docker-compose.yml"
    before = compose.read_text()
    compose.write_text(before.replace("    image: ", "    command: [/no/such/program]\n    image: ", 1))
    other = rehearsal.config / "stacks" / "homepage" / "docker-compose.yml"
    other.write_text(other.read_text() + "# changed\n")

    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 4, done.output
    assert "grafana@" in done.output
    assert "no such file or directory" in done.output
    assert "put back and runs" in done.output or "still runs" in done.output
    assert "Traceback" not in done.output
    project = rehearsal.stack("homepage").project
    assert "# changed" in rehearsal.by_hand.file(project)
    for route in routes:
        assert route.matches(ask(rehearsal.lab.traefik_url, route.host, route.path)), route

    again: list = []
    sent = rehearsal.requests_of(lambda: again.append(rehearsal.phoenix("sync", "all", "--yes")))
    assert again[0].code == 4, again[0].output
    assert "not sent again" in again[0].output
    assert [item for item in sent if item["method"] == "PUT" and "/api/stacks/" in item["path"]] == []

    compose.write_text(before)
    assert rehearsal.phoenix("sync", "all", "--yes").code == 0
    rehearsal.must_be_in_sync()
