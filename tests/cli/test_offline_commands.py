"""`phoenix render` and `phoenix graph`, as users call them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

PHOENIX = Path(sys.executable).parent / "phoenix"
ROOT = Path(__file__).parents[2]
SECRETS = [
    "--set",
    'secrets={"MINIFLUX_DB_PASSWORD": "canary", "PAPERLESS_SECRET_KEY": "canary", "RESTIC_PASSWORD": "canary"}',
]


def run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PHOENIX, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_the_project_is_found_from_any_folder_inside_it(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(ROOT / "config", site / "declared")
    (site / "Pulumi.yaml").write_text(
        "name: mine\nconfig:\n  phoenix:configDir: declared\n  phoenix:gateway: 10.9.9.9\n"
    )
    inside = site / "declared" / "stacks" / "grafana"
    done = run("render", folder=inside)
    assert done.returncode == 0, done.stderr
    assert {"hostname": "grafana.home.example", "ip": "10.9.9.9"} in json.loads(done.stdout)["dns"]
    assert run("graph", folder=inside).returncode == 0
    shutil.rmtree(site / "declared" / "schema")
    assert "site.schema.json" in run("schema", folder=inside).stdout
    assert (site / "declared" / "schema" / "site.schema.json").is_file()


def test_secrets_that_nobody_can_read_offline_are_a_note(tmp_path: Path) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    registry = "{name: mine, url: registry.home.example, user: me, password: {secret: OF_REGISTRY}}"
    with (config / "site.yaml").open("a") as site:
        site.write(f"\nregistries: [{registry}]\n")
    done = run("render", "--config", str(config))
    assert done.returncode == 0, done.stderr
    notes = [one["message"] for one in json.loads(done.stdout)["problems"] if "is taken for set" in one["message"]]
    assert len(notes) == 4
    assert any(note.startswith("the secret OF_REGISTRY ") for note in notes)


def test_render_prints_what_the_example_declares() -> None:
    done = run("render", *SECRETS)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert {"hostname": "grafana.home.example", "ip": "127.50.0.12"} in data["dns"]
    assert (
        data["traefik"]["infrastructure"]["http"]["routers"]["forgejo-router"]["rule"] == "Host(`forgejo.home.example`)"
    )
    assert data["traefik"]["stacks"]["http"]["services"]["grafana"]["loadBalancer"]["servers"] == [
        {"url": "http://127.50.0.113:8302"}
    ]
    assert [environment["name"] for environment in data["environments"]] == ["local", "apps", "media", "tools"]
    assert {(stack["name"], stack["vmid"]) for stack in data["stacks"]} >= {("whoami", 111), ("whoami", 112)}
    assert "canary" not in done.stdout


def test_settings_reach_into_maps() -> None:
    done = run("render", *SECRETS, "--set", "addressOverrides.ca=10.0.0.10", "--config", "config")
    assert {"hostname": "ca.home.example", "ip": "10.0.0.10"} in json.loads(done.stdout)["dns"]


def test_a_missing_folder_is_told_without_a_traceback() -> None:
    done = run("render", "--config", "no-such-folder")
    assert done.returncode == 2
    assert "no-such-folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_graph_shows_names_stacks_and_machines() -> None:
    done = run("graph", *SECRETS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("flowchart LR\n")
    assert '-- "grafana.home.example" --> stack_grafana_113' in done.stdout
    assert 'subgraph guest_113["tools (113)<br/>environment tools"]' in done.stdout


def test_graph_shows_registries_and_who_uses_them(tmp_path: Path) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    registry = "registries: [{name: hub, url: docker.io, user: x, password: {secret: HUB}}]\n"
    (config / "site.yaml").write_text((config / "site.yaml").read_text() + registry)
    done = run("graph", "--config", str(config), *SECRETS)
    assert done.returncode == 0, done.stderr
    assert 'registry_hub[("registry hub<br/>docker.io")]' in done.stdout
    assert 'registry_hub -. "images" .-> stack_grafana_113' in done.stdout


def test_graph_shows_where_only_routes_are_blocked(tmp_path: Path) -> None:
    config = shutil.copytree(ROOT / "config", tmp_path / "config")
    text = (config / "vms.yaml").read_text()
    (config / "vms.yaml").write_text(text.replace("ip: 127.50.0.113/24", "ip: dhcp"))
    done = run("graph", "--config", str(config), *SECRETS)
    assert 'stack_grafana_113["grafana<br/>routes blocked"]' in done.stdout
    assert "grafana.home.example" not in done.stdout
