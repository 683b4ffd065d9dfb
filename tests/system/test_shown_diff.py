"""`pulumi preview --diff` shows what people change: a stack that comes, one that goes, a text; no guard's questions."""

from __future__ import annotations

import shutil

import pytest

pytestmark = pytest.mark.engine

COMPOSE = """\
services:
  uptime-kuma:
    image: louislam/uptime-kuma:2.0.2
    restart: unless-stopped
    ports:
      - "8203:3001"
"""
MANIFEST = """\
environments:
  production:
    services:
      uptime-kuma:
        traefik_labels:
          - traefik.enable=true
          - traefik.http.routers.status.rule=Host(`status.home.example`)
          - traefik.http.routers.status.entrypoints=web
          - traefik.http.services.status.loadbalancer.server.port=3001
"""
# On VM 112.
OPENED = ('port: "8101", comment: whoami through', 'port: "8101,8203", comment: whoami through')
# The engine's own lines of each resource that changes are 40 of them, and 21 are the hosts file's.
LINES, LINES_WITH_FIREWALL = 80, 100


def shown(rehearsal) -> list[str]:
    done = rehearsal.pulumi("preview", "--diff")
    assert done.code == 0, done.output
    return done.output.splitlines()


def values(lines: list[str]) -> set[str]:
    """Return the lines, without alignment."""
    return {" ".join(line.split()) for line in lines}


def edit(rehearsal, file: str, *replacements: tuple[str, str]) -> None:
    path = rehearsal.config / file
    text = path.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


@pytest.mark.parametrize("opens", [False, True])
def test_a_stack_that_comes_and_one_that_goes(rehearsal, *, opens: bool) -> None:
    vms = (rehearsal.config / "vms.yaml").read_text()
    if not opens:
        edit(rehearsal, "vms.yaml", OPENED)
    rehearsal.must_up()
    folder = rehearsal.config / "stacks" / "uptime-kuma"
    folder.mkdir()
    (folder / "docker-compose.yml").write_text(COMPOSE)
    (folder / "phoenix.yaml").write_text(MANIFEST)
    listed = ("      - homepage\n", ""), ("      - paperless\n", "      - paperless\n      - uptime-kuma\n")
    try:
        edit(rehearsal, "vms.yaml", *listed, *([OPENED] if opens else []))
        lines = shown(rehearsal)
        assert len(lines) < (LINES_WITH_FIREWALL if opens else LINES), "\n".join(lines)
        assert values(lines) >= {
            '+ record status.home.example: "127.50.0.12"'.replace("127.50.0.12", gateway(rehearsal)),
            '- http router homepage : "entryPoints web, rule Host(`start.home.example`), service homepage"',
            '+ http router status : "entryPoints web, rule Host(`status.home.example`), service status"',
        }
        assert any("@ louislam/uptime-kuma:2.0.2" in line for line in lines)
        assert any("uptime-kuma@112" in line and "urn" in line for line in lines)
        assert any("homepage@111" in line and "urn" in line for line in lines)
        assert any("8101,8203" in line for line in lines) is opens
    finally:
        shutil.rmtree(folder)
        (rehearsal.config / "vms.yaml").write_text(vms)
    rehearsal.must_up()
    rehearsal.must_be_in_sync()


def test_a_changed_text_is_shown_by_its_lines(rehearsal) -> None:
    file = rehearsal.config / "stacks" / "grafana" / "docker-compose.yml"
    text = file.read_text()
    try:
        file.write_text(text.replace("grafana/grafana:12.1.1", "grafana/grafana:12.2.0"))
        lines = shown(rehearsal)
    finally:
        file.write_text(text)
    assert {"- image: grafana/grafana:12.1.1", "+ image: grafana/grafana:12.2.0"} <= values(lines)
    assert len(lines) < 30, "\n".join(lines)


def gateway(rehearsal) -> str:
    return next(one.ip for one in rehearsal.plan.dns if one.hostname == "grafana.home.example")
