"""`phoenix doctor` in a lab: before the first run, with half a configuration, and after a run that was killed."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

OK, TROUBLE, SKIPPED = "ok", "trouble", "skipped"


@pytest.fixture(scope="module")
def fresh(start_lab: Any) -> Any:
    """A lab in which nothing has been deployed."""
    return start_lab()


@pytest.fixture
def kept(fresh: Any) -> Iterator[Any]:
    """The same; its site's files are put back after the test."""
    site = fresh.home.site
    copy = site.parent / "site-before"
    shutil.copytree(site, copy)
    yield fresh
    shutil.rmtree(site)
    copy.rename(site)


def examined(rehearsal: Any, *arguments: str, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    patience = () if "--timeout" in arguments else ("--timeout", "60")
    done = rehearsal.phoenix("doctor", "--json", *patience, *arguments, **environment)
    document = json.loads(done.output)
    assert done.code == document["exit_code"]
    return done.code, {f"{one['group']}/{one['name']}": one for one in document["checks"]}


def next_steps(check: dict[str, Any]) -> str:
    return "\n".join(reason["next"] for reason in check["reasons"])


def test_all_is_well_before_the_first_run(fresh: Any) -> None:
    code, checks = examined(fresh)
    assert {name: one["seen"] for name, one in checks.items() if one["standing"] != OK} == {}
    assert code == 0
    assert len(checks) == 19


def test_without_the_passphrase_others_go_on(fresh: Any) -> None:
    done = fresh.phoenix("doctor", "--json", without="PULUMI_CONFIG_PASSPHRASE")
    checks = {f"{one['group']}/{one['name']}": one for one in json.loads(done.output)["checks"]}
    assert done.code == 2
    assert "PULUMI_CONFIG_PASSPHRASE" in next_steps(checks["This computer/settings"])
    assert checks["Proxmox/answer"]["standing"] == SKIPPED
    assert checks["Traefik/answer"]["standing"] == OK


def test_half_a_configuration(kept: Any) -> None:
    for setting in ("traefikTarget", "traefikApiUrl"):
        kept.pulumi("config", "rm", f"phoenix:{setting}")
    kept.pulumi("config", "set", "phoenix:settel", "3")
    (kept.config / "stacks/grafana/docker-compose.yml").write_text("services: [\n")
    code, checks = examined(kept)
    assert code == 2
    assert checks["Traefik/answer"]["standing"] == "warning"
    assert "pulumi config set phoenix:traefikTarget" in next_steps(checks["Traefik/target"])
    assert "phoenix:settel" in next_steps(checks["This computer/settings"])
    place = checks["This computer/files"]["reasons"][0]["where"]
    assert "stacks/grafana/docker-compose.yml:" in place
    assert checks["Proxmox/firewall=1"]["standing"] == OK
    assert checks["Portainer/engines"]["standing"] == OK


def test_without_a_selected_stack(kept: Any) -> None:
    kept.pulumi("stack", "unselect")
    try:
        code, checks = examined(kept)
    finally:
        kept.pulumi("stack", "select", "lab")
    assert code == 2
    assert "pulumi stack select lab" in next_steps(checks["This computer/settings"])
    assert checks["Traefik/answer"]["standing"] == OK


def test_a_product_that_hangs_holds_nobody_up(kept: Any) -> None:
    os.kill(kept.lab.pid, signal.SIGSTOP)
    try:
        code, checks = examined(kept, "--timeout", "20")
    finally:
        os.kill(kept.lab.pid, signal.SIGCONT)
    assert code == 3
    assert checks["Proxmox/answer"]["standing"] == TROUBLE
    assert checks["Proxmox/disks"]["standing"] == SKIPPED
    assert checks["This computer/lock"]["standing"] == OK


def test_a_lock_that_is_stale_is_named_and_released(fresh: Any) -> None:
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    os.waitpid(pid, 0)
    folder = Path(fresh.home.folder) / "state/.pulumi/locks/organization/site/lab"
    folder.mkdir(parents=True, exist_ok=True)
    holder = {"pid": pid, "username": "ann", "hostname": platform.node(), "timestamp": "2026-05-01T12:00:00Z"}
    (folder / "1.json").write_text(json.dumps(holder))
    code, checks = examined(fresh)
    assert code == 3
    assert f"process {pid}" in checks["This computer/lock"]["seen"]
    assert next_steps(checks["This computer/lock"]) == "phoenix state release"
    met = fresh.phoenix("sync", "all", "--yes")
    assert met.code == 3
    assert "phoenix state release" in met.output
    assert fresh.phoenix("state", "release").code == 0
    assert examined(fresh)[0] == 0
