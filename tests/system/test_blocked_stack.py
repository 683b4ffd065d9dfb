"""A stack whose files are broken: blocked means untouched, and everything else is done."""

from __future__ import annotations

import re

import pytest

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask

pytestmark = pytest.mark.engine

BROKEN = "services:\n  grafana:\n    image: x\n   ports: []\n"


def writes(requests: list[dict[str, str]]) -> list[str]:
    return [f"{item['method']} {item['path']}" for item in requests if item["method"] not in {"GET", "HEAD"}]


def assert_routed(rehearsal, route) -> None:
    reply = ask(rehearsal.lab.traefik_url, route.host, route.path)
    assert route.matches(reply), (route, reply)


@pytest.mark.faults
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


def renamed(rehearsal, before: str, after: str) -> None:
    (rehearsal.config / "stacks" / before).rename(rehearsal.config / "stacks" / after)
    vms = rehearsal.config / "vms.yaml"
    vms.write_text(vms.read_text().replace(f"      - {before}\n", f"      - {after}\n"))


def assert_answered_by(rehearsal, project: str, host: str) -> None:
    assert ask(rehearsal.lab.traefik_url, host).identity.get("stack") == project, host


@pytest.mark.faults
def test_a_renamed_folder_makes_room_in_one_run_and_starts_empty_only_if_told(rehearsal) -> None:
    hosts = {item.identity.get("stack"): item.host for item in expected_routes(rehearsal.plan)}
    page, reader = hosts["homepage-production"], hosts["miniflux-production"]
    renamed(rehearsal, "homepage", "page")
    renamed(rehearsal, "miniflux", "reader")
    preview = rehearsal.phoenix("sync", "all", "--preview").output
    assert "page@111 needs what homepage@111 holds" in preview, preview
    assert "reader is blocked and stays as it is" in preview
    assert "miniflux-production_db on apps (111)" in preview

    # What cannot run takes nothing away: neither the old one nor its route.
    compose = next((rehearsal.config / "stacks" / "page").glob("*compose.y*ml"))
    good = compose.read_text()
    compose.write_text(re.sub(r"image: .*", "image: nosuch/h:1", good))
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 2, done.output
    for told in ("nosuch/h:1 cannot be pulled", "homepage@111 stays as it is until page@111 runs", "reader@111 would"):
        assert told in done.output, done.output
    assert_answered_by(rehearsal, "homepage-production", page)
    assert "homepage@111" in rehearsal.state()
    compose.write_text(good)

    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 2, done.output
    assert "reader@111 would start with empty volumes" in done.output
    names = rehearsal.by_hand.stack_names()
    assert {"page-production", "miniflux-production"} <= set(names)
    assert not {"homepage-production", "reader-production"} & set(names)
    assert_answered_by(rehearsal, "page-production", page)
    assert_answered_by(rehearsal, "miniflux-production", reader)

    manifest = rehearsal.config / "stacks" / "reader" / "phoenix.yaml"
    manifest.write_text(manifest.read_text() + "\nx-phoenix: {empty_volumes: true}\n")
    # Of this name Portainer makes the same one, so nothing of it is touched.
    renamed(rehearsal, "grafana", "Grafana")
    manifest = rehearsal.config / "stacks" / "Grafana" / "phoenix.yaml"
    manifest.write_text(manifest.read_text() + "\nx-phoenix: {was: grafana@113}\n")
    before = rehearsal.by_hand.container_ids()
    output = rehearsal.must_up()
    # Two of `reader` have come, and two of `miniflux` are gone.
    after = rehearsal.by_hand.container_ids()
    assert (len(set(after) - set(before)), len(set(before) - set(after))) == (2, 2)
    assert {"Grafana@113", "reader@111"} <= rehearsal.state().keys()
    assert not {"grafana@113", "miniflux@111"} & rehearsal.state().keys()
    assert "miniflux@111 becomes reader@111, and its volume miniflux-production_db stays behind" in output
    assert_answered_by(rehearsal, "reader-production", reader)
    assert "miniflux-production" not in rehearsal.by_hand.stack_names()
    left = "on apps (111), of stacks that are gone; nothing deletes them: miniflux-production_db\n"
    assert left in rehearsal.phoenix("check").output
    rehearsal.must_be_in_sync()
