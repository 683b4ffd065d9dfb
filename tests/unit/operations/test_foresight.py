"""What a preview sees of products before anything is made."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from phoenix_providers.errors import NotReadyError, UnreachableError
from phoenix_providers.models.credentials import Credentials
from phoenix_providers.models.settings import Settings
from phoenix_providers.operations import foresight, readiness
from phoenix_providers.operations.clients_of_run import ClientsOfRun, use
from phoenix_providers.operations.foresight import foresee
from phoenix_providers.operations.product_addresses import ProductAddresses
from phoenix_providers.operations.readiness import wait_until_ready
from phoenix_providers.resources.verdict import VerdictProvider

NOBODY = "http://127.0.0.1:1"
Serve = Callable[[dict[str, Any]], str]
asking = ProductAddresses.from_input
TRAEFIK = {
    "/api/version": {"Version": "3.7.15"},
    "/api/entrypoints": [{"name": "web", "address": ":80"}, {"name": "websecure", "address": ":443"}],
}


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server with JSON by path, 404 for everything else; return its URL."""
    running: list[tuple[http.server.ThreadingHTTPServer, threading.Thread]] = []

    def start(pages: dict[str, Any]) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path.partition("?")[0])
                body = json.dumps(page).encode()
                self.send_response(404 if page is None else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        httpd.daemon_threads = True
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((httpd, thread))
        return f"http://127.0.0.1:{httpd.server_port}"

    yield start
    for httpd, thread in running:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


@pytest.fixture
def connections() -> ClientsOfRun:
    return ClientsOfRun(Settings(), Credentials.from_raw({}), proxmox_token=SecretStr("a@pve!b=c"))


def test_all_is_well(connections: ClientsOfRun, serve: Serve, tmp_path: Path) -> None:
    addresses = {"traefik_api": serve(TRAEFIK), "traefik_target": str(tmp_path)}
    assert foresee(connections, asking(addresses), {"web": ["guests"]}) == []


def test_something_else_than_the_product_is_told_with_the_setting(connections: ClientsOfRun, serve: Serve) -> None:
    other = serve({"/": {}})
    addresses = {"portainer": {"url": other}, "traefik_api": other, "proxmox": other}
    (said,) = foresee(connections, asking(addresses), {})
    assert said.startswith("pulumi up would not begin: 3 products are not ready\n")
    assert "Something else than Portainer answers" in said
    assert "pulumi config set phoenix:portainerUrl" in said
    assert "This is not Traefik's API" in said
    assert "pulumi config set phoenix:traefikApiUrl" in said
    assert "Something else than Proxmox answers" in said
    assert "pulumi config set proxmoxve:endpoint" in said


@pytest.mark.parametrize("status", [{"hello": "world"}, [], "text"])
def test_so_is_an_answer_of_another_kind(connections: ClientsOfRun, serve: Serve, status: Any) -> None:
    (said,) = foresee(connections, asking({"portainer": {"url": serve({"/api/system/status": status})}}), {})
    assert "Something else than Portainer answers" in said


def test_silence_is_no_fault_and_is_said_in_one_line(connections: ClientsOfRun, tmp_path: Path) -> None:
    addresses = {
        "proxmox": "http://127.0.0.1:1",
        "portainer": {"url": "http://127.0.0.1:1"},
        "traefik_api": "http://127.0.0.1:1",
        "traefik_target": str(tmp_path),
    }
    (said,) = foresee(connections, asking(addresses), {"web": ["guests"]})
    assert said.startswith("not verified, since there is no answer now (")
    assert all(f"{name} at http://127.0.0.1:1: " in said for name in ("Proxmox", "Portainer", "Traefik's API"))
    assert "\n" not in said


def test_who_takes_too_long_is_silent(connections: ClientsOfRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foresight, "_LOOK_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (said,) = foresee(connections, asking({"portainer": {"url": url}}), {})
    assert f"Portainer at {url}: no answer within 0.1 s" in said


def test_a_missing_target_names_all_forms(connections: ClientsOfRun) -> None:
    (said,) = foresee(connections, asking({"traefik_target": ""}), {})
    for form in ("DIRECTORY", "ssh://root@HOST/DIRECTORY", "pct://root@PROXMOX-HOST/CTID/DIRECTORY"):
        assert f"pulumi config set phoenix:traefikTarget {form}" in said


def test_an_unknown_entry_point_is_told_once_with_who_asks(connections: ClientsOfRun, serve: Serve) -> None:
    asked = {"web": ["guests"], "websecur": ["grafana@113 (stacks/grafana/phoenix.yaml:7)", "wiki@113"]}
    (said,) = foresee(connections, asking({"traefik_api": serve(TRAEFIK)}), asked)
    assert said.startswith("Traefik has no entry point websecur\n")
    assert "stacks/grafana/phoenix.yaml:7), wiki@113" in said
    assert "did you mean websecure?" in said


def test_what_a_refresh_has_found_is_not_asked_again(connections: ClientsOfRun) -> None:
    addresses = {"portainer": {"url": "https://10.0.0.110:9443"}}
    connections.notes.looked_at = asking(addresses)
    connections.notes.not_ready = {
        "portainer": UnreachableError("Portainer cannot be reached", seen="no route to host")
    }
    (said,) = foresee(connections, asking(addresses), {})
    assert "Portainer at https://10.0.0.110:9443: no route to host" in said


def test_a_product_that_a_refresh_found_well_is_not_asked_again(connections: ClientsOfRun, tmp_path: Path) -> None:
    addresses = {"portainer": {"url": NOBODY}, "traefik_api": NOBODY, "traefik_target": str(tmp_path / "gone")}
    connections.notes.looked_at = asking(addresses)
    assert foresee(connections, asking(addresses), {}) == []


def test_what_the_settings_name_now_is_asked_though_a_refresh_has_asked_the_state(
    connections: ClientsOfRun, serve: Serve, tmp_path: Path
) -> None:
    """A refresh knows the addresses of the last run alone."""
    before = {
        "proxmox": NOBODY,
        "portainer": {"url": "https://10.0.0.110:9443"},
        "traefik_api": NOBODY,
        "traefik_target": str(tmp_path),
    }
    connections.notes.looked_at = asking(before)
    connections.notes.not_ready = {
        "portainer": UnreachableError("Portainer cannot be reached", seen="no route to host")
    }
    addresses = {
        **before,
        "portainer": {"url": serve(TRAEFIK)},
        "traefik_target": str(tmp_path / "gone"),
    }
    (said,) = foresee(connections, asking(addresses), {})
    assert said.startswith("pulumi up would not begin: 2 products are not ready\n")
    assert "Something else than Portainer answers" in said
    assert f"mkdir -p {tmp_path / 'gone'}   (if Traefik reads it there)" in said
    assert "no route to host" not in said


def test_silence_at_a_new_address_names_the_setting(connections: ClientsOfRun) -> None:
    connections.notes.looked_at = asking({"portainer": {"url": "https://10.0.0.110:9443"}})
    (said,) = foresee(connections, asking({"portainer": {"url": NOBODY}}), {})
    assert "Portainer at http://127.0.0.1:1: connection refused" in said
    assert said.endswith("if it runs already, correct phoenix:portainerUrl")


def test_another_authority_is_another_address(connections: ClientsOfRun) -> None:
    """The same URL may be trusted no more."""
    connections.notes.looked_at = asking({"portainer": {"url": NOBODY, "ca_file": "/ca.pem"}})
    (said,) = foresee(connections, asking({"portainer": {"url": NOBODY, "ca_file": ""}}), {})
    assert "Portainer at" in said


def test_a_missing_directory_is_not_waited_for(connections: ClientsOfRun, tmp_path: Path) -> None:
    (said,) = foresee(connections, asking({"traefik_target": str(tmp_path / "gone")}), {})
    assert said.startswith("pulumi up would not begin: ")
    assert "not verified" not in said
    told: list[str] = []
    with pytest.raises(NotReadyError, match="does not exist"):
        wait_until_ready(connections, asking({"traefik_target": str(tmp_path / "gone")}), told.append)
    assert told == []


def test_a_reason_that_nobody_gave_leaves_no_empty_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    connections = ClientsOfRun(Settings(readiness_timeout=0.1), Credentials.from_raw({}))
    silent = {"portainer": UnreachableError("Portainer cannot be reached")}
    monkeypatch.setattr(readiness, "failures_by_check", lambda *_: silent)
    told: list[str] = []
    with pytest.raises(NotReadyError):
        wait_until_ready(connections, ProductAddresses(), told.append)
    assert told == ["waiting up to 0.1 s: Portainer cannot be reached"]


@pytest.mark.parametrize(
    ("whole_run", "preview", "told"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_a_preview_for_some_targets_has_no_gate_and_looks_all_the_same(
    connections: ClientsOfRun, capsys: pytest.CaptureFixture[str], whole_run: bool, preview: bool, told: bool
) -> None:
    connections.notes.whole_run = whole_run
    use(connections)
    products = {"traefik_target": ""}
    news = {
        "declared": [],
        "blocked": {},
        "failures": {},
        "foresight": {"preview": preview, "products": products, "registries": []},
    }
    VerdictProvider().check({}, news)
    assert ("It is not said where Traefik's files go" in capsys.readouterr().err) == told


@pytest.mark.parametrize("preview", [True, False])
def test_a_preview_names_an_engine_that_did_not_answer_once_for_all_its_stacks(
    connections: ClientsOfRun, capsys: pytest.CaptureFixture[str], preview: bool
) -> None:
    connections.notes.silent_engines = {
        "a@1": "The agent of x does not answer",
        "b@1": "The agent of x does not answer",
    }
    use(connections)
    foreseen = {"preview": preview, "products": {}, "registries": []}
    VerdictProvider().check({}, {"declared": [], "blocked": {}, "failures": {}, "foresight": foreseen})
    said = [line for line in capsys.readouterr().err.splitlines() if "does not answer" in line]
    told = "a@1, b@1 could not be looked at, and a run would fail for it: The agent of x does not answer"
    assert said == ([told] if preview else [])
