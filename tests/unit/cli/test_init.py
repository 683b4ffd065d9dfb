"""`phoenix init`: the example, or an existing installation in the new spelling."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from phoenix_providers.cli.main import phoenix
from phoenix_providers.errors import ConfigurationError, UsageError

SAMPLES = Path(__file__).parents[2] / "samples"


def run(*arguments: object) -> str:
    return CliRunner().invoke(phoenix, [str(part) for part in arguments], catch_exceptions=False).stdout


def rendered(config: Path, *settings: str) -> dict[str, Any]:
    overrides = [part for setting in settings for part in ("--set", setting)]
    plan: dict[str, Any] = json.loads(run("render", "--config", config, *overrides))
    return {key: value for key, value in plan.items() if key != "problems"}


def project_settings(folder: Path) -> dict[str, str]:
    config = YAML(typ="safe", pure=True).load((folder / "Pulumi.yaml").read_text())["config"]
    plain = {key: value if isinstance(value, str) else json.dumps(value["value"]) for key, value in config.items()}
    return {key.removeprefix("phoenix:"): value for key, value in plain.items()}


@pytest.mark.parametrize("sample", ["farm", "farm/etc", "attic", "harbor"])
def test_a_converted_installation_declares_the_same(tmp_path: Path, sample: str) -> None:
    source = SAMPLES / sample
    output = run("init", tmp_path / "new", "--from", source)
    settings = project_settings(tmp_path / "new")
    settings.pop("siteId")
    assert settings["firewallPlacement"] == "cluster"
    assert all(f"phoenix:{key}: {value}" in output for key, value in settings.items())
    overrides = [f"{key}={value}" for key, value in settings.items()]
    before = rendered(source, *overrides)
    assert before["firewall"]
    secrets = [f"secrets.{name}=set" for name in re.findall(r"--path phoenix:secrets\.(\w+)", output)]
    assert len(secrets) == (sample == "harbor")
    after = rendered(tmp_path / "new" / "config", *secrets)
    for nodes in (before["nodes"], after["nodes"]):
        for node in nodes.values():
            node["resolver"] = None
    assert after == before
    # Nothing that the scripts had built in moves a name, as long as nobody has said which guest ends TLS.
    assert after["dns"] == rendered(source)["dns"]


def test_names_that_rules_use_are_converted_too(tmp_path: Path) -> None:
    source = shutil.copytree(SAMPLES / "farm", tmp_path / "old")
    (file,) = source.rglob("phoenix_hypervisor_config.json")
    data, _ = json.JSONDecoder().raw_decode(file.read_text(encoding="utf-8-sig"))
    firewall = data["shared_volumes"]["firewall"] if "firewall" in data["shared_volumes"] else data["firewall"]
    firewall |= {
        "aliases": {"office": "10.0.5.0/24", "printer": {"cidr": "10.0.5.66", "comment": "on: the shelf"}},
        "ip_sets": {"trusted": {"members": ["office", {"cidr": "10.0.5.9", "nomatch": True}], "comment": "yes"}},
        "security_groups": {"web": {"rules": [{"type": "in", "action": "ACCEPT", "proto": "tcp", "dport": 80}]}},
    }
    firewall["global_firewall_rules"].insert(0, {"type": "group", "action": "web"})
    file.write_text(json.dumps(data))
    run("init", tmp_path / "new", "--from", source)
    overrides = [f"{key}={value}" for key, value in project_settings(tmp_path / "new").items()]
    before = rendered(source, *overrides)["firewall"]
    assert "ip-set@trusted" in str(before)
    assert rendered(tmp_path / "new" / "config")["firewall"] == before


def test_what_is_left_behind_is_named_and_in_no_file(tmp_path: Path) -> None:
    output = run("init", tmp_path / "new", "--from", SAMPLES / "farm")
    for words in (
        "zfs",
        "vms[].cores",
        "lxc_configs.*.memory_mb",
        "shared_volumes.ssl_certs",
        "ubuntu-2404-cloud-template",
    ):
        assert words in output
    text = "".join(file.read_text() for file in (tmp_path / "new" / "config").rglob("*.yaml"))
    assert "tank" not in text
    assert "apparmor" not in text


SITE = {"domain_name": "home.lan", "network": {"interfaces": {"address": "10.0.0.2/24"}}}
VM = {"vmid": 201, "name": "apps", "network_config": {"ip": "10.0.0.21/24"}, "portainer_role": "agent"}


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A site whose stacks `a` and `b` have passwords in clear."""
    folder = tmp_path / "old"
    (folder / "etc").mkdir(parents=True)
    api = {"portainer_api": {"admin_password": "canary-admin"}}
    (folder / "etc" / "phoenix_hypervisor_config.json").write_text(json.dumps(SITE | api))
    (folder / "etc" / "phoenix_vm_configs.json").write_text(json.dumps({"vms": [VM | {"docker_stacks": ["a", "b"]}]}))
    lxcs = {"lxc_configs": {"102": {"name": "traefik", "network_config": {"ip": "10.0.0.12/24"}}}}
    (folder / "etc" / "phoenix_lxc_configs.json").write_text(json.dumps(lxcs))
    for stack, port in (("a", 8001), ("b", 8002)):
        variables = [
            {"name": "DB_PASSWORD", "value": f"canary-{stack}"},
            {"name": "API_TOKEN", "value": "canary-shared"},
            {"name": "TOKEN_HOST", "value": f"{stack}.home.lan"},
            {"name": "PASSWORD_FILE", "value": "/run/secrets/x"},
        ]
        labels = ["traefik.http.routers.r.rule=Host(`${TOKEN_HOST}`)"]
        manifest = {
            "environments": {"production": {"variables": variables, "services": {"s": {"traefik_labels": labels}}}}
        }
        (folder / "stacks" / stack).mkdir(parents=True)
        (folder / "stacks" / stack / "phoenix.json").write_text(json.dumps(manifest, indent=1))
        compose = f"services: {{s: {{image: i, ports: ['{port}:80'], environment: {{P: '${{DB_PASSWORD:?}}'}}}}}}\n"
        (folder / "stacks" / stack / "docker-compose.yml").write_text(compose)
        (folder / "stacks" / stack / ".env").write_text("canary-env")
    return folder


def test_passwords_in_clear_become_secrets(tmp_path: Path, installation: Path) -> None:
    output = run("init", tmp_path / "new", "--from", installation)
    text = "".join(file.read_text() for file in (tmp_path / "new").rglob("*") if file.is_file())
    assert "canary" not in text + output
    assert "pulumi config set --secret phoenix:portainerPassword" in output
    for name in ("DB_PASSWORD", "B_DB_PASSWORD", "API_TOKEN"):
        assert f"pulumi config set --secret --path phoenix:secrets.{name} " in output
    manifest = YAML(typ="safe", pure=True).load((tmp_path / "new/config/stacks/b/phoenix.yaml").read_text())
    assert {item["name"]: item["value"] for item in manifest["environments"]["production"]["variables"]} == {
        "DB_PASSWORD": {"secret": "B_DB_PASSWORD"},
        "API_TOKEN": {"secret": "API_TOKEN"},
        # What makes a route is no secret, and neither is the name of a file.
        "TOKEN_HOST": "b.home.lan",
        "PASSWORD_FILE": "/run/secrets/x",
    }
    secrets = [f"secrets.{name}=set" for name in ("DB_PASSWORD", "B_DB_PASSWORD", "API_TOKEN")]
    after = rendered(tmp_path / "new" / "config", *secrets)
    assert after["stacks"] == rendered(installation)["stacks"]
    assert "stacks/a: .env" in output


def test_a_template_that_a_guest_depends_on_comes_along(tmp_path: Path, installation: Path) -> None:
    template = {"vmid": 9000, "name": "cloud-image", "is_template": True, "cores": 2}
    unused = {"vmid": 9001, "name": "unused-image", "is_template": True}
    vm = VM | {"dependencies": [9000], "docker_stacks": ["a"]}
    (installation / "etc" / "phoenix_vm_configs.json").write_text(json.dumps({"vms": [template, unused, vm]}))
    run("init", tmp_path / "new", "--from", installation)
    vms = YAML(typ="safe", pure=True).load((tmp_path / "new" / "config" / "vms.yaml").read_text())["vms"]
    assert vms[0] == {"vmid": 9000, "name": "cloud-image", "is_template": True}
    assert [vm["vmid"] for vm in vms] == [9000, 201]


def test_limits_of_a_stack_keep_their_key(tmp_path: Path, installation: Path) -> None:
    manifest = {"limits": "2g", "x-phoenix": {"timeout": 5}}
    (installation / "stacks" / "a" / "phoenix.json").write_text(json.dumps(manifest))
    run("init", tmp_path / "new", "--from", installation)
    converted = YAML(typ="safe", pure=True).load((tmp_path / "new/config/stacks/a/phoenix.yaml").read_text())
    assert converted == {"x-phoenix": {"timeout": 5}}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        run("init", tmp_path, "--from", SAMPLES / "farm")


@pytest.mark.parametrize(("folder", "seen"), [("nowhere", "no folder"), ("", "docs.md")])
def test_a_folder_without_an_installation_is_not_converted(tmp_path: Path, folder: str, seen: str) -> None:
    (tmp_path / "docs.md").write_text("x")
    with pytest.raises(UsageError, match="no installation to convert") as caught:
        run("init", tmp_path.parent / f"{tmp_path.name}-new", "--from", tmp_path / folder)
    assert caught.value.explanation.seen == seen
    assert "phoenix_hypervisor_config.json" in caught.value.explanation.expected


def test_the_new_folder_must_not_lie_in_the_old_one(installation: Path) -> None:
    with pytest.raises(UsageError, match="inside"):
        run("init", installation / "new", "--from", installation)


def test_what_cannot_be_read_is_not_converted(tmp_path: Path, installation: Path) -> None:
    (installation / "stacks" / "a" / "phoenix.json").write_text("{")
    with pytest.raises(ConfigurationError, match=r"phoenix\.json:1"):
        run("init", tmp_path / "new", "--from", installation)
    assert not (tmp_path / "new").exists()


def test_one_stack_in_two_environments_of_one_vm_is_not_guessed_at(tmp_path: Path, installation: Path) -> None:
    vms = {"vms": [VM | {"docker_stacks": ["a", {"name": "a", "environment": "staging"}]}]}
    (installation / "etc" / "phoenix_vm_configs.json").write_text(json.dumps(vms))
    with pytest.raises(ConfigurationError, match="twice"):
        run("init", tmp_path / "new", "--from", installation)


def test_files_of_other_folders_come_along(tmp_path: Path, installation: Path) -> None:
    (installation / "shared").mkdir()
    (installation / "shared" / "docker-compose.yml").write_text("a mounted text\n")
    files = [{"source": "../../shared/docker-compose.yml", "destination_in_container": "/x"}]
    manifest = {"environments": {"production": {"files": files}}}
    (installation / "stacks" / "a" / "phoenix.json").write_text(json.dumps(manifest))
    run("init", tmp_path / "new", "--from", installation)
    folder = tmp_path / "new" / "config" / "stacks" / "a"
    assert (folder / "also-docker-compose.yml").read_text() == "a mounted text\n"
    assert "services:" in (folder / "docker-compose.yml").read_text()


def test_a_mounted_file_is_not_left_behind_however_its_path_begins(tmp_path: Path, installation: Path) -> None:
    folder = installation / "stacks" / "a"
    sources = ["own.conf", "stacks/a/old.conf", "stacks/b/of-another.conf", "twice.conf"]
    files = [{"source": source, "destination_in_container": f"/{index}"} for index, source in enumerate(sources)]
    (folder / "phoenix.json").write_text(json.dumps({"environments": {"production": {"files": files}}}))
    for name in ("own.conf", "old.conf", "twice.conf", "forgotten.conf"):
        (folder / name).write_text(name)
    # Only of the second choice: the stack's own folder comes first.
    (installation / "twice.conf").write_text("not this")
    (installation / "stacks" / "b" / "of-another.conf").write_text("shared")
    output = run("init", tmp_path / "new", "--from", installation)
    new = tmp_path / "new" / "config" / "stacks" / "a"
    assert (new / "stacks" / "a" / "old.conf").read_text() == "old.conf"
    assert (new / "stacks" / "b" / "of-another.conf").read_text() == "shared"
    (line,) = [line for line in output.splitlines() if line.startswith("  stacks/a: ")]
    assert line == "  stacks/a: .env, forgotten.conf"
    (other,) = [line for line in output.splitlines() if line.startswith("  stacks/b: ")]
    assert other == "  stacks/b: .env"


def test_two_sites_are_two_projects_and_none_names_a_place_of_this_computer(tmp_path: Path) -> None:
    projects = []
    for folder in (tmp_path / "home-lab", tmp_path / "cabin"):
        run("init", folder)
        written = "\n".join((folder / name).read_text() for name in ("Pulumi.yaml", "__main__.py", ".gitignore"))
        assert not re.search(r"[ :'\"]/\w", written)
        projects.append(YAML(typ="safe", pure=True).load((folder / "Pulumi.yaml").read_text()))
    home, cabin = projects
    assert (home["name"], cabin["name"]) == ("home-lab", "cabin")
    assert home["config"]["phoenix:siteId"] != cabin["config"]["phoenix:siteId"]
    assert isinstance(home["config"]["phoenix:siteId"], str)


def test_another_python_is_told_what_is_missing(tmp_path: Path) -> None:
    run("init", tmp_path / "site")
    without_packages = [sys.executable, "-I", "-S", str(tmp_path / "site" / "__main__.py")]
    done = subprocess.run(without_packages, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "does not have phoenix_providers" in done.stderr
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr
