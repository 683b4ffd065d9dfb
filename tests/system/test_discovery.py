"""A site that nobody has written files for: found by `phoenix init --discover`, and taken over as it runs."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from phoenix_providers.cli.rehearsal.expected_routes import expected_routes
from phoenix_providers.lab.control import RunningLab
from phoenix_providers.lab.probe import ask
from phoenix_providers.lab.request_log import since
from phoenix_providers.planning.compose.dotenv import decode

pytestmark = [pytest.mark.engine, pytest.mark.faults]

APPS = 10
ROUTES = """\
http:
  routers:
    git-router: {rule: Host(`git.home.example`), service: git-service, entryPoints: [web]}
    by-hand: {rule: Host(`by-hand.home.example`), service: git-service, entryPoints: [web]}
  services:
    git-service: {loadBalancer: {servers: [{url: "http://FORGEJO:3000"}]}}
"""


class Administrator:
    """Whoever has set all of it up, on the web pages of the products."""

    def __init__(self, lab: RunningLab) -> None:
        self._lab = lab
        answer = self._send(
            "/api/auth", json={"Username": lab.portainer_user, "Password": lab.portainer_password}, headers={}
        )
        self._headers = {"Authorization": f"Bearer {answer['jwt']}"}

    def environment(self, name: str, url: str) -> int:
        form = {"Name": name, "EndpointCreationType": "2" if url else "1", **({"URL": url} if url else {})}
        form |= {"TLS": "true", "TLSSkipVerify": "true", "TLSSkipClientVerify": "true"} if url else {}
        return int(self._send("/api/endpoints", files={key: (None, value) for key, value in form.items()})["Id"])

    def stack(self, name: str, environment: int, compose: str, values: dict[str, str] | None = None) -> None:
        pairs = [{"name": key, "value": value} for key, value in (values or {}).items()]
        body = {"name": name, "stackFileContent": compose, "env": pairs}
        self._send(f"/api/stacks/create/standalone/string?endpointId={environment}", json=body)

    def _send(self, path: str, **options: Any) -> Any:
        options.setdefault("headers", getattr(self, "_headers", {}))
        with requests.Session() as session:
            session.trust_env = False
            url = self._lab.portainer_url + path
            answer = session.post(url, timeout=30, verify=self._lab.ca_file, **options)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="module")
def world(start_lab: Callable[..., Any]) -> Any:
    rehearsal = start_lab()
    by_id = {guest.id: guest for guest in rehearsal.by_hand_on_proxmox._site.guests}
    administrator = Administrator(rehearsal.lab)
    homes = [administrator.environment("local", "")]
    homes += [administrator.environment(f"env {by_id[n].name}", f"tcp://{by_id[n].address}:9001") for n in (111, 112)]
    for number in range(APPS):
        text = (
            f"# app {number}  \nservices:\n  web:\n    image: nginx:1.{number}\n    ports: ['{8300 + number}:80']\n"
            "    environment: {DB_PASSWORD: '${DB_PASSWORD}', MODE: '${MODE:-none}'}\n"
        )
        values = {"DB_PASSWORD": f"'hun ter{number}'", "MODE": "fast"}
        administrator.stack(f"app{number}", homes[number % len(homes)], text, values)
    labelled = "services:\n  g:\n    image: g\n    labels: ['traefik.http.routers.g.rule=Host(`g.home.example`)']\n"
    administrator.stack("grafana", homes[1], labelled)
    administrator.stack("grafana", homes[2], "services: {g: {image: g, ports: ['8399:80']}}\n")
    deadline = time.monotonic() + 60
    while len(rehearsal.by_hand.container_ids()) < APPS + 2:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    proxmox = rehearsal.by_hand_on_proxmox
    # The last one comes first: each is put on top.
    for ports in ("8300:8399", "22,9001"):
        proxmox.add_rule("qemu/111", type="in", action="ACCEPT", proto="tcp", dport=ports)
    proxmox.set_options("qemu/111", enable="1")
    proxmox.add_rule("qemu/112", type="in", action="DROP")
    proxmox.add_rule("cluster", type="in", action="ACCEPT", proto="tcp", dport="22,8006", comment="Home")
    proxmox.set_options("cluster", enable="1", policy_in="DROP")
    proxmox.write_hosts(proxmox.hosts() + "# my own\n192.0.2.9 printer.lan\n")
    (Path(rehearsal.lab.traefik_target) / "my-own.yml").write_text(ROUTES.replace("FORGEJO", by_id[104].address))
    return rehearsal


def discovered(rehearsal: Any, *options: str) -> str:
    """Discover into a folder of its own, and point the lab's engine at it."""
    lab = rehearsal.lab
    places = ["--proxmox", lab.proxmox_url, "--portainer", lab.portainer_url, "--traefik", lab.traefik_api_url]
    done = rehearsal.phoenix(
        *("init", str(rehearsal.home.folder / "found"), "--discover", *places, "--domain", "home.example"),
        *("--insecure", "--traefik-target", lab.traefik_target, *options),
        PROXMOX_VE_API_TOKEN=lab.proxmox_token,
        PHOENIX_PORTAINER_PASSWORD=lab.portainer_password,
    )
    assert done.code == 0, done.output
    return str(done.output)


def test_twelve_stacks_are_taken_over_and_nothing_notices(world: Any) -> None:
    proxmox, portainer = world.by_hand_on_proxmox, world.by_hand
    containers, hosts = portainer.container_ids(), proxmox.hosts()
    log = Path(world.lab.request_log)
    start = log.stat().st_size
    told = discovered(world)
    asked = [one for one in since(log, start) if one["method"] != "GET"]
    assert {(one["method"], one["path"]) for one in asked} == {("POST", "/api/auth")}
    assert "hun ter" not in told
    assert "route by-hand@file" in told
    assert "it stands in my-own.yml" in told
    assert "firewall of media" in told

    site = world.home.folder / "found"
    assert not any(b"hun ter" in file.read_bytes() for file in site.rglob("*") if file.is_file())
    engine = Engine(world, site)
    engine.set("--secret", "proxmoxve:apiToken", world.lab.proxmox_token)
    engine.set("--secret", "phoenix:portainerPassword", world.lab.portainer_password)
    engine.set("--plaintext", "phoenix:settle", "1")
    engine.set("--plaintext", "phoenix:firewallDelay", "1.5")
    for line in told.splitlines():
        if "phoenix:secrets." in line:
            name = line.split("phoenix:secrets.")[1].split()[0]
            number = line.rpartition("app")[2]
            engine.set("--secret", f"phoenix:secrets.{name}", f"hun ter{number}", path=True)
    before = {place: proxmox.rules_of(place) for place in ("cluster", "qemu/111", "qemu/112")}
    start = log.stat().st_size
    engine.must("phoenix", "adopt", "--yes")
    engine.must("pulumi", "preview")
    assert {one["method"] for one in since(log, start) if one["path"] != "/api/auth"} == {"GET"}
    engine.must("pulumi", "up", "--yes", "--skip-preview")
    written = [one for one in since(log, start) if one["method"] != "GET" and one["product"] == "portainer"]
    assert {one["path"] for one in written if "snapshot" not in one["path"] and one["path"] != "/api/auth"} <= {
        # Names of environments have no spaces here.
        "/api/endpoints/2",
        "/api/endpoints/3",
    }
    assert portainer.container_ids() == containers
    assert proxmox.hosts() == hosts
    assert {place: proxmox.rules_of(place) for place in before} == before
    engine.must("pulumi", "up", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_site_whose_folder_is_lost_goes_on_with_its_routes(start_lab: Callable[..., Any]) -> None:
    lost = start_lab()
    lost.must_up()
    routes = expected_routes(lost.plan)
    containers = lost.by_hand.container_ids()
    told = discovered(lost)
    assert "refuses to drop it" not in told
    assert "routes in the labels" not in told
    engine = Engine(lost, lost.home.folder / "found")
    engine.set("--secret", "proxmoxve:apiToken", lost.lab.proxmox_token)
    engine.set("--secret", "phoenix:portainerPassword", lost.lab.portainer_password)
    engine.set("--plaintext", "phoenix:settle", "1")
    engine.set("--plaintext", "phoenix:firewallDelay", "1.5")
    for name, variable, folder in re.findall(r"phoenix:secrets\.(\S+) +# (\S+) of the stack (\S+)", told):
        pairs = lost.by_hand.stack(f"{folder}-production")["Env"]
        value = decode(next(pair["value"] for pair in pairs if pair["name"] == variable))
        engine.set("--secret", f"phoenix:secrets.{name}", value, path=True)
    engine.must("phoenix", "adopt", "--yes")
    engine.must("pulumi", "preview")
    engine.must("pulumi", "up", "--yes", "--skip-preview")
    replies = [(route, ask(lost.lab.traefik_url, route.host, route.path)) for route in routes]
    assert [route.host for route, reply in replies if not route.matches(reply)] == []
    assert lost.by_hand.container_ids() == containers
    engine.must("pulumi", "up", "--yes", "--skip-preview", "--expect-no-changes")


class Engine:
    """The engine on the folder that was found."""

    def __init__(self, rehearsal: Any, site: Path) -> None:
        self._rehearsal, self._site = rehearsal, site
        self.must("pulumi", "stack", "init", "found", "--secrets-provider", "passphrase")

    def set(self, kind: str, key: str, value: str, *, path: bool = False) -> None:
        way = ["--path"] if path else []
        self.must("pulumi", "config", "set", kind, *way, key, value)

    def must(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(self._rehearsal.bin / program), *arguments, *(["--non-interactive"] if program == "pulumi" else [])],
            cwd=self._site,
            env={**os.environ, **self._rehearsal.home.environment()},
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout
