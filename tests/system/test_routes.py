"""Routes: where they break, drift of their files, and that they follow health."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.lab.probe import ask

pytestmark = pytest.mark.engine

HOST = "grafana.home.example"
NUMBERS = """
          - traefik.http.routers.grafana.priority=10
          - traefik.http.middlewares.grafana-slow.buffering.maxRequestBodyBytes=9007199254740993
"""


def file(rehearsal, name: str = "phoenix-stacks.yml") -> Path:
    return Path(rehearsal.lab.traefik_target) / name


def told(done) -> str:
    """What was printed, however it was folded."""
    return " ".join(done.output.split())


def running(rehearsal, item: str) -> dict[str, Any]:
    """What Traefik's API says of one of ours."""
    with urllib.request.urlopen(f"{rehearsal.lab.traefik_api_url}/api/http/{item}@file", timeout=5) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def test_check_follows_every_route_to_its_end(rehearsal) -> None:
    done = rehearsal.phoenix("check")
    assert done.code == 0, done.output
    assert HOST in done.output
    assert "✗" not in done.output


def test_check_says_where_the_chain_breaks(rehearsal) -> None:
    proxmox = rehearsal.by_hand_on_proxmox
    hosts = proxmox.hosts()
    proxmox.write_hosts("\n".join(line for line in hosts.splitlines() if "grafana" not in line) + "\n")
    no_record = rehearsal.phoenix("check", "grafana")
    proxmox.write_hosts(hosts)
    assert no_record.code == 4, no_record.output
    assert "breaks at DNS" in no_record.output
    assert f"{rehearsal.lab.dns_server} knows no" in told(no_record)

    content = file(rehearsal).read_text()
    file(rehearsal).unlink()
    no_router = rehearsal.phoenix("check", "grafana@113")
    file(rehearsal).write_text(content)
    assert no_router.code == 4
    assert "breaks at router" in no_router.output
    assert "router grafana is missing" in told(no_router)

    rehearsal.by_hand.stop(rehearsal.stack("grafana").project)
    no_back_end = rehearsal.phoenix("check", HOST)
    assert no_back_end.code == 4
    assert "why: grafana has no container" in told(no_back_end)
    assert "next: phoenix sync stack grafana to 113" in told(no_back_end)
    answer = json.loads(rehearsal.phoenix("check", HOST, "--json").output)
    assert (answer["answered"], len(answer["routes"])) == (0, 1)
    assert answer["routes"][0]["cause"] == "grafana has no container"
    rehearsal.must_up()
    assert rehearsal.phoenix("check", "grafana").code == 0


@pytest.mark.faults
def test_a_sync_warns_of_a_route_without_answer_unless_the_stack_demands_one(rehearsal) -> None:
    proxmox = rehearsal.by_hand_on_proxmox
    hosts = proxmox.hosts()
    compose = next((rehearsal.config / "stacks" / "grafana").glob("*compose.y*ml"))
    declared = compose.read_text()
    manifest = next((rehearsal.config / "stacks" / "grafana").glob("phoenix.y*ml"))
    demanded = manifest.read_text()
    compose.write_text(declared + "\n# declared anew\n")
    proxmox.write_hosts("\n".join(line for line in hosts.splitlines() if "grafana" not in line) + "\n")
    warned = rehearsal.phoenix("sync", "stack", "grafana", "to", "113", "--yes")
    manifest.write_text(demanded + "\nx-phoenix: {probe: required}\n")
    failed = rehearsal.up("--target", "**::grafana@113", "--target-dependents")
    proxmox.write_hosts(hosts)
    compose.write_text(declared)
    manifest.write_text(demanded)
    assert warned.code == 0, warned.output
    assert "warning: the sync is done, but not every route is answered" in warned.output
    assert warned.output.count("breaks at DNS") == 1, warned.output
    assert failed.code != 0, failed.output
    assert f"grafana@113: its routes have to be answered: {HOST} breaks at DNS" in failed.output
    rehearsal.must_up()


def test_check_knows_names(rehearsal) -> None:
    done = rehearsal.phoenix("check", "grafanna")
    assert done.code == 2
    assert "did you mean" in done.output
    assert "none of its labels declares a route" in rehearsal.phoenix("check", "backup").output


def break_file(path: Path) -> None:
    path.write_text("http: [")


def delete_file(path: Path) -> None:
    path.unlink()


def replace_file(path: Path) -> None:
    path.write_text("http:\n  routers:\n    mine:\n      rule: Host(`x`)\n      service: noop@internal\n")


@pytest.mark.parametrize(
    "change",
    [delete_file, *(pytest.param(one, marks=pytest.mark.faults) for one in (break_file, replace_file))],
    ids=lambda change: change.__name__,
)
def test_a_changed_file_shows_in_preview_as_lines_and_is_repaired(rehearsal, change) -> None:
    before = file(rehearsal).read_text()
    change(file(rehearsal))
    preview = rehearsal.pulumi("preview", "--diff")
    assert preview.code == 0, preview.output
    shown = [line.split() for line in preview.output.splitlines()]
    assert any(line[:4] in (["+", "http", "router", "grafana"], ["+", "http", "router", "grafana:"]) for line in shown)
    assert rehearsal.up().code == 0
    assert file(rehearsal).read_text() == before
    rehearsal.must_be_in_sync()


def test_a_rule_that_was_edited_shows_as_one_line(rehearsal) -> None:
    declared = file(rehearsal).read_text()
    file(rehearsal).write_text(declared.replace(f"Host(`{HOST}`)", "Host(`by-hand.home.example`)"))
    output = rehearsal.pulumi("preview", "--diff").output
    shown = output.rpartition("TraefikConfig: (update)")[2].partition("Verdict")[0].splitlines()
    lines = [" ".join(line.split()) for line in shown]
    told = [line for line in lines if line.startswith("~ http router grafana")]
    assert len(told) == 1, output
    assert "Host(`by-hand.home.example`)" in told[0].partition("=>")[0]
    assert f"Host(`{HOST}`)" in told[0].partition("=>")[2]
    assert len(lines) < 8, output
    rehearsal.must_up()
    assert file(rehearsal).read_text() == declared


@pytest.mark.faults
def test_a_scoped_run_leaves_the_routes_of_others_as_they_are(rehearsal) -> None:
    changed = {}
    for name, host in (("grafana", HOST), ("homepage", "start.home.example")):
        manifest = next((rehearsal.config / "stacks" / name).glob("phoenix.y*ml"))
        changed[manifest] = manifest.read_text()
        manifest.write_text(manifest.read_text().replace(host, f"new-{host}"))
    rehearsal.must_up("--target", "**::grafana@113", "--target-dependents")
    content = file(rehearsal).read_text()
    assert f"new-{HOST}" in content
    assert "Host(`start.home.example`)" in content
    for manifest, text in changed.items():
        manifest.write_text(text)
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


@pytest.mark.faults
def test_a_scoped_run_takes_neither_name_nor_rule_from_another_stack(rehearsal) -> None:
    manifests = {name: rehearsal.config / "stacks" / name / "phoenix.yaml" for name in ("homepage", "grafana")}
    declared = {name: manifest.read_text() for name, manifest in manifests.items()}
    words = "sync", "stack", "homepage", "to", "111"

    def answering(host: str) -> str:
        return str(ask(rehearsal.lab.traefik_url, host).identity.get("service"))

    # Another stack's name: both are there, under names of their own.
    manifests["homepage"].write_text(declared["homepage"].replace("s.homepage.", "s.grafana."))
    named = rehearsal.phoenix(*words, "--yes")
    assert named.code == 0, named.output
    assert (answering(HOST), answering("start.home.example")) == ("grafana", "homepage")
    # Another stack's host name, which that one has given up in the files alone.
    manifests["grafana"].write_text(declared["grafana"].replace(HOST, "charts.home.example"))
    manifests["homepage"].write_text(declared["homepage"].replace("start.home.example", HOST))
    previewed = rehearsal.phoenix(*words, "--preview")
    told = "of grafana@113 answers the same requests"
    assert told in previewed.output
    assert "homepage/phoenix.yaml:13" in previewed.output
    refused = rehearsal.phoenix(*words, "--yes")
    assert refused.code == 2, refused.output
    assert told in refused.output
    assert (answering(HOST), answering("start.home.example")) == ("grafana", "homepage")
    rehearsal.must_up()
    assert (answering(HOST), answering("charts.home.example")) == ("homepage", "grafana")
    rehearsal.must_be_in_sync()
    for name, manifest in manifests.items():
        manifest.write_text(declared[name])
    rehearsal.must_up()


@pytest.mark.faults
def test_two_faulty_stacks_hold_back_nobody_else_and_both_are_told(rehearsal) -> None:
    changes = {
        "grafana": ("entrypoints=web", "entrypoints=wep"),
        "whoami": ("Host(`whoami.home.example`)", "Host(`whoami.home.example`) || Bad(`x`)"),
        "homepage": ("start.home.example", "first.home.example"),
    }
    declared = {}
    for name, (old, new) in changes.items():
        manifest = rehearsal.config / "stacks" / name / "phoenix.yaml"
        declared[manifest] = manifest.read_text()
        assert old in declared[manifest]
        manifest.write_text(declared[manifest].replace(old, new))
    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 2, done.output
    assert "Traefik has no entry point wep" in done.output
    assert "grafana/phoenix.yaml:11" in done.output
    assert "the rule of the router whoami is not valid" in done.output
    for host in ("first.home.example", HOST, "whoami.home.example"):
        assert ask(rehearsal.lab.traefik_url, host).status == 200
    for manifest, text in declared.items():
        manifest.write_text(text)
    rehearsal.must_up()


@pytest.mark.faults
def test_a_file_that_shadows_ours_is_told_by_name_and_nothing_is_written(rehearsal) -> None:
    mine = Path(rehearsal.lab.traefik_target) / "a-mine.yml"
    shutil.copy(file(rehearsal), mine)
    preview = rehearsal.pulumi("preview", "--diff")
    done = rehearsal.up()
    mine.unlink()
    assert "a-mine.yml" in preview.output
    assert done.code != 0
    assert "a-mine.yml defines it too" in done.output
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


def test_a_failing_stack_keeps_its_route_and_the_others_get_theirs(rehearsal) -> None:
    compose = next((rehearsal.config / "stacks" / "grafana").glob("*compose.y*ml"))
    declared = compose.read_text()
    compose.write_text(declared.replace("image: ", "image: nosuch/"))
    other = next((rehearsal.config / "stacks" / "homepage").glob("phoenix.y*ml"))
    manifest = other.read_text()
    other.write_text(manifest.replace("start.home.example", "first.home.example"))
    rehearsal.pulumi("up", "--yes", "--skip-preview")
    assert "grafana.home.example" in file(rehearsal).read_text()
    assert ask(rehearsal.lab.traefik_url, "first.home.example").status == 200
    compose.write_text(declared)
    other.write_text(manifest)
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


def test_the_route_goes_before_the_stack(rehearsal) -> None:
    vms = rehearsal.config / "vms.yaml"
    declared = vms.read_text()
    vms.write_text("\n".join(line for line in declared.splitlines() if line.strip() != "- grafana") + "\n")
    rehearsal.must_up()
    assert ask(rehearsal.lab.traefik_url, HOST).status == 404
    assert "grafana" not in file(rehearsal).read_text()
    # It comes back with whole numbers, which the engine makes floats of, and another stack changes its environment:
    # what depends on that one is asked with unknown values before anything is done, in preview and run alike.
    manifest = next((rehearsal.config / "stacks" / "grafana").glob("phoenix.y*ml"))
    manifest.write_text(manifest.read_text().rstrip() + NUMBERS)
    other = next((rehearsal.config / "stacks" / "whoami").glob("phoenix.y*ml"))
    other.write_text(other.read_text().replace("\n  staging:\n", "\n  testing:\n"))
    vms.write_text(declared.replace("environment: staging", "environment: testing"))
    preview = rehearsal.pulumi("preview")
    assert preview.code == 0, preview.output
    rehearsal.must_up()
    assert running(rehearsal, "routers/grafana")["priority"] == 10
    assert running(rehearsal, "middlewares/grafana-slow")["buffering"]["maxRequestBodyBytes"] == 2**53 + 1
    assert ask(rehearsal.lab.traefik_url, "whoami-staging.home.example").status == 200
    names = [name for name in rehearsal.by_hand.stack_names() if "whoami" in name]
    assert sorted(names) == ["whoami-production", "whoami-testing"]
    rehearsal.must_be_in_sync()


def test_destroy_removes_our_files_only_and_the_routes_are_gone(rehearsal) -> None:
    mine = Path(rehearsal.lab.traefik_target) / "mine.yml"
    mine.write_text("http:\n  routers:\n    mine:\n      rule: Host(`mine`)\n      service: noop@internal\n")
    done = rehearsal.pulumi("destroy", "--yes", "--skip-preview")
    assert done.code == 0, done.output
    assert [path.name for path in Path(rehearsal.lab.traefik_target).iterdir()] == ["mine.yml"]
    assert ask(rehearsal.lab.traefik_url, HOST).status == 404
