"""Stacks that never get healthy: the others are finished and routed, and waiting for health deploys nothing again."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.probe import ask

pytestmark = pytest.mark.engine

_SICK = {
    "miniflux": ("    image: miniflux", "    healthcheck: {test: [CMD, 'false']}\n    image: miniflux"),
    "grafana": ("    image: ", "    command: ['false']\n    image: "),
}


def assert_what_leaves_leaves_all_the_same(rehearsal) -> None:
    """Of every kind, and the plain engine fails in the same run."""
    homepage = rehearsal.stack("homepage").project
    vms, lxcs = rehearsal.config / "vms.yaml", rehearsal.config / "lxcs.yaml"
    vms.write_text(vms.read_text().replace("      - homepage\n", ""))
    yaml = YAML()
    guests = yaml.load(lxcs)
    del guests["lxc_configs"][104]["firewall"]
    yaml.dump(guests, lxcs)
    assert rehearsal.by_hand_on_proxmox.rules_of("lxc/104")
    done = rehearsal.up()
    assert done.code != 0, done.output
    assert "error: not as declared: 2 of" in done.output, done.output
    assert "Traceback" not in done.output
    assert rehearsal.by_hand_on_proxmox.rules_of("lxc/104") == []
    assert homepage not in rehearsal.by_hand.stack_names()
    assert not {"rules@104", "firewall@104", "guest-104", "homepage@111"} & rehearsal.state().keys()
    # Here the last words fail the run, behind all that it tells; where the verdict does, the engine may end before.
    outputs = rehearsal.outputs()
    assert not outputs["verdict"]["in_sync"]
    assert outputs["verdict"]["wrong"].keys() == {"miniflux@111", "grafana@113"}
    health = {name: stack["health"] for name, stack in outputs["stacks"].items()}
    assert {name for name, word in health.items() if word != "Healthy"} == {"miniflux@111", "grafana@113"}
    assert health["grafana@113"] == "Degraded"
    assert not {"news.home.example", "grafana.home.example"} & outputs["routes"].keys()
    assert "homepage@111" not in outputs["stacks"]


@pytest.mark.faults
def test_stacks_that_never_get_healthy_keep_nobody_from_anything(start_lab) -> None:
    rehearsal = start_lab("async", {"settle": "0", "deployTimeout": "5"})
    files = {name: rehearsal.config / "stacks" / name / "docker-compose.yml" for name in _SICK}
    healthy = {name: file.read_text() for name, file in files.items()}
    for name, (old, new) in _SICK.items():
        files[name].write_text(healthy[name].replace(old, new, 1))

    done = rehearsal.phoenix("sync", "all", "--yes")
    assert done.code == 4, done.output
    assert "Traceback" not in done.output
    assert "miniflux@111: miniflux: " in done.output
    assert "is running, but unhealthy" in done.output
    assert "grafana@113: grafana: " in done.output
    assert "is restarting, exit code 1, restarted" in done.output
    assert "log of grafana: grafana-production-grafana-1: exited with code 1" in done.output
    assert "made-up-miniflux_db_password" not in done.output
    sick = {stack.project for stack in rehearsal.plan.stacks if stack.name in _SICK}
    for route in expected_routes(rehearsal.plan):
        answered = route.matches(ask(rehearsal.lab.traefik_url, route.host, route.path))
        assert answered == (route.identity.get("stack") not in sick), route

    containers = rehearsal.by_hand.container_ids()
    again: list = []
    sent = rehearsal.requests_of(lambda: again.append(rehearsal.phoenix("sync", "all", "--yes")))
    assert again[0].code == 4, again[0].output
    assert [item["path"] for item in sent if item["method"] in ("POST", "PUT") and "/api/stacks" in item["path"]] == []
    assert rehearsal.by_hand.container_ids() == containers

    assert_what_leaves_leaves_all_the_same(rehearsal)

    for name, text in healthy.items():
        files[name].write_text(text)
    assert rehearsal.phoenix("sync", "all", "--yes").code == 0
    assert rehearsal.outputs()["verdict"] == {"in_sync": True, "wrong": {}}
    rehearsal.must_be_in_sync()
