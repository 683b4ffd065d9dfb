"""A stack whose files are broken: blocked means untouched, and everything else is done."""

from __future__ import annotations

import pytest

from phoenix_providers.cli.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask

pytestmark = pytest.mark.engine

BROKEN = "services:\n  grafana:\n    image: x\n   ports: []\n"


def writes(requests: list[dict[str, str]]) -> list[str]:
    return [f"{item['method']} {item['path']}" for item in requests if item["method"] not in {"GET", "HEAD"}]


def assert_routed(rehearsal, route) -> None:
    reply = ask(rehearsal.lab.traefik_url, route.host, route.path)
    assert route.matches(reply), (route, reply)


def test_a_broken_compose_file_of_a_running_stack(rehearsal) -> None:
    grafana, homepage = rehearsal.stack("grafana"), rehearsal.stack("homepage")
    route = next(item for item in expected_routes(rehearsal.plan) if item.identity.get("stack") == grafana.project)
    compose = rehearsal.config / "stacks" / "grafana" / "docker-compose.yml"
    other = rehearsal.config / "stacks" / "homepage" / "settings.yaml"
    good, old = compose.read_text(), other.read_text()
    text = rehearsal.by_hand.file(grafana.project)
    compose.write_text(BROKEN)
    other.write_text(f"{old}# another line\n")
    done = []
    requests = rehearsal.requests_of(lambda: done.append(rehearsal.phoenix("sync", "all", "--yes")))
    assert done[0].code == 2, done[0].output
    assert "Traceback" not in done[0].output, done[0].output
    assert f"{compose}:4" in done[0].output
    # Only the edited stack was sent.
    sent = [item for item in writes(requests) if "/stacks" in item]
    assert len(sent) == 1, sent
    assert "another line" in rehearsal.by_hand.file(homepage.project)
    assert rehearsal.by_hand.file(grafana.project) == text
    assert_routed(rehearsal, route)

    preview = rehearsal.phoenix("sync", "all", "--preview").output
    assert "grafana is blocked and stays as it is" in preview
    assert f"{compose}:4" in preview

    compose.write_text(good)
    other.write_text(old)
    rehearsal.must_up()
    rehearsal.must_be_in_sync()
    assert_routed(rehearsal, route)
