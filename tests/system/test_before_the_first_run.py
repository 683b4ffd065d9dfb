"""The pieces of docs/before-the-first-run.md, started as they stand there: on the real Traefik, and on dnsmasq."""

from __future__ import annotations

import getpass
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from phoenix_providers.lab.network import free_port

PAGE = (Path(__file__).parents[2] / "docs" / "before-the-first-run.md").read_text()
_SECONDS = 20.0
DNSMASQ = shutil.which("dnsmasq", path="/usr/sbin:/usr/bin")


def piece(name: str) -> str:
    found = re.search(rf"<!-- {name}: [^\n]*-->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_traefik_starts_with_this_file_and_loads_what_comes(tmp_path: Path) -> None:
    web, api, dynamic = free_port(), free_port(), tmp_path / "dynamic"
    dynamic.mkdir()
    text = piece("traefik").replace('":80"', f'"127.0.0.1:{web}"').replace("10.0.0.12:8081", f"127.0.0.1:{api}")
    static = tmp_path / "traefik.yml"
    static.write_text(text.replace("/etc/traefik/dynamic", str(dynamic)))
    assert YAML(typ="safe").load(static.read_text())["providers"]["file"]["watch"] is True
    (dynamic / "mine.yml").write_text("http:\n  routers:\n    r: {rule: 'Host(`a`)', service: api@internal}\n")

    def loaded() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{api}/api/rawdata", timeout=5) as answer:
                return "r@file" in json.load(answer)["routers"]
        except OSError:
            return False

    traefik = Path(sys.executable).parent / "traefik"
    with subprocess.Popen([str(traefik), f"--configfile={static}"], stdout=subprocess.DEVNULL) as process:
        try:
            until(loaded)
        finally:
            process.terminate()


@pytest.mark.skipif(DNSMASQ is None, reason="Debian's package dnsmasq-base is not installed")
def test_dnsmasq_takes_this_file_and_answers_what_comes(tmp_path: Path) -> None:
    import dns.message
    import dns.query

    port, hosts = free_port(), tmp_path / "hosts.d"
    hosts.mkdir()
    text = piece("dnsmasq").replace(",10.0.0.13", "").replace("/etc/dnsmasq.hosts", str(hosts))
    (tmp_path / "phoenix.conf").write_text(f"{text}port={port}\n")
    assert DNSMASQ is not None
    command = [
        DNSMASQ,
        "--keep-in-foreground",
        f"--conf-file={tmp_path / 'phoenix.conf'}",
        "--pid-file",
        f"--user={getpass.getuser()}",
    ]
    checked = subprocess.run([*command, "--test"], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr

    def answers(name: str, address: str) -> bool:
        try:
            found = dns.query.udp(dns.message.make_query(name, "A"), "127.0.0.1", port=port, timeout=1)
        except (OSError, dns.exception.Timeout):
            return False
        return address in str(found.answer)

    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: process.poll() is None and not answers("x.home.example.", "nothing"))
            (hosts / "phoenix-records.hosts").write_text("10.0.0.12 grafana.home.example\n")
            until(lambda: answers("grafana.home.example.", "10.0.0.12"))
        finally:
            process.terminate()
