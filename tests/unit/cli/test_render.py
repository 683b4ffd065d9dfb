"""`phoenix render`: whatever can be told, with all problems, and exit code 2 if there are errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from phoenix_providers.cli.main import phoenix
from phoenix_providers.errors import ConfigurationError

EXAMPLE = Path(__file__).parents[3] / "config"
SECRETS = ("MINIFLUX_DB_PASSWORD", "PAPERLESS_SECRET_KEY", "RESTIC_PASSWORD")
SITE = "domain_name: home.lan\nnetwork: {interfaces: {address: 10.0.0.2/24}}\n"
LXCS = "lxc_configs: {102: {name: traefik, network_config: {ip: 10.0.0.12/24}}}\n"


def run(folder: Path, *settings: str) -> tuple[int, dict[str, Any]]:
    overrides = [part for setting in settings for part in ("--set", setting)]
    done = CliRunner().invoke(phoenix, ["render", "--config", str(folder), *overrides])
    return done.exit_code, json.loads(done.stdout)


def test_the_example_has_no_errors() -> None:
    code, declared = run(EXAMPLE, *(f"secrets.{name}=x" for name in SECRETS))
    assert code == 0
    assert declared["problems"] == []


def test_secrets_of_the_pulumi_stack_are_taken_for_set() -> None:
    code, declared = run(EXAMPLE)
    assert code == 0
    assert [stack["name"] for stack in declared["stacks"] if stack["blocked"]] == []
    assert {problem["severity"] for problem in declared["problems"]} == {"warning"}
    assert [name for name in SECRETS if name not in str(declared["problems"])] == []


def test_settings_of_the_project_count_and_those_of_the_command_line_more(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "site.yaml").write_text(SITE)
    (folder / "lxcs.yaml").write_text(LXCS)
    settings = (
        "  phoenix:traefikGuest: edge\n"
        "  phoenix:gateway: {value: 10.0.0.5}\n"
        "  phoenix:entryPoints: [web, websecure]\n"
        "  phoenix:firewallConfirm: false\n"
        "  proxmoxve:endpoint: https://10.0.0.2:8006\n"
    )
    (tmp_path / "Pulumi.yaml").write_text(f"name: phoenix\nruntime: python\nconfig:\n{settings}")
    _, declared = run(folder)
    router = declared["traefik"]["infrastructure"]["http"]["routers"]["traefik-dashboard-router"]
    assert router["entryPoints"] == ["web", "websecure"]
    assert {"hostname": "portainer.home.lan", "ip": "10.0.0.5"} in declared["dns"]
    _, declared = run(folder, "gateway=10.0.0.6")
    assert {"hostname": "portainer.home.lan", "ip": "10.0.0.6"} in declared["dns"]


@pytest.mark.parametrize("command", ["render", "graph"])
def test_a_wrong_setting_is_said_to_stand_where_it_stands(tmp_path: Path, command: str) -> None:
    project = (
        "name: phoenix\nruntime: python\nconfig:\n"
        "  phoenix:settle: soon\n"
        "  phoenix:addressOverrides: {value: {ca: 10.0.0.3, nas: nowhere}}\n"
        "  phoenix:requestTimeout: never\n"
    )
    (tmp_path / "Pulumi.yaml").write_text(project)
    wrong = ["gatway=x", "phoenix:deleteThreshold=many", "addressOverrides.ca=here", "requestTimeout=0"]
    arguments = [command, "--config", str(tmp_path / "config"), *(part for pair in wrong for part in ("--set", pair))]
    with pytest.raises(ConfigurationError) as caught:
        CliRunner().invoke(phoenix, arguments, catch_exceptions=False)
    file = tmp_path / "Pulumi.yaml"
    assert {reason.where: reason.next_step for reason in caught.value.reasons} == {
        "--set gatway": "correct --set gatway=VALUE, or leave it out",
        "--set deleteThreshold": "correct --set deleteThreshold=VALUE, or leave it out",
        "--set addressOverrides.ca": "correct --set addressOverrides.ca=VALUE, or leave it out",
        "--set requestTimeout": "correct --set requestTimeout=VALUE, or leave it out",
        f"{file}:4 config.phoenix:settle": f"correct it at {file}:4",
        f"{file}:5 config.phoenix:addressOverrides": f"correct it at {file}:5",
    }
    assert "did you mean `gateway`?" in str(caught.value)
    assert "Pulumi stack" not in str(caught.value)
    assert "pulumi config" not in str(caught.value)


def test_a_broken_project_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("config: [\n")
    with pytest.raises(ConfigurationError, match=r"Pulumi\.yaml:2"):
        CliRunner().invoke(phoenix, ["render", "--config", str(tmp_path / "config")], catch_exceptions=False)


def test_one_wrong_guest_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "lxcs.yaml").write_text(LXCS)
    (tmp_path / "vms.yaml").write_text("vms: [{vmid: 201, name: a, docker_stack: [x]}, {vmid: 202, name: b, x: 1}]\n")
    code, declared = run(tmp_path)
    assert code == 2
    assert {"hostname": "traefik.home.lan", "ip": "10.0.0.12"} in declared["dns"]
    found = next(problem for problem in declared["problems"] if problem["severity"] == "error")
    assert found["location"] == f"{tmp_path / 'vms.yaml'}:1"
    assert found["expected"] == "did you mean `docker_stacks`?"


def test_one_wrong_value_of_the_site_does_not_hide_the_rest(tmp_path: Path) -> None:
    rules = "[{proto: tcp, port: 22}, {action: drop}, {port: 1}]"
    firewall = f"firewall: {{default_input_policy: drop, global_firewall_rules: {rules}}}\n"
    (tmp_path / "site.yaml").write_text(SITE + firewall)
    (tmp_path / "lxcs.yaml").write_text(LXCS)
    (tmp_path / "vms.yaml").write_text("vms: []\n")
    code, declared = run(tmp_path)
    assert code == 2
    assert {"hostname": "traefik.home.lan", "ip": "10.0.0.12"} in declared["dns"]
    # A rule that is wrong somewhere is left out as a whole: without its action it would be another one.
    assert declared["firewall"]["cluster"] == [{"type": "in", "action": "ACCEPT", "proto": "tcp", "port": "22"}]
    paths = [problem["path"] for problem in declared["problems"] if problem["severity"] == "error"]
    rule = "firewall.global_firewall_rules"
    assert paths == ["firewall.default_input_policy", f"{rule}[1].action", f"{rule}[2]"]


def test_a_rule_that_would_be_another_one_is_left_out(tmp_path: Path) -> None:
    rules = "[{proto: tcp, port: 22}, {proto: tcp, source: }, ~, {proto: tcp, ports: 23}, {}]"
    group = "{web: {rules: [{proto: udp, dest: }, {proto: udp}]}}"
    (tmp_path / "site.yaml").write_text(
        SITE + f"firewall: {{enabled: true, global_firewall_rules: {rules}, security_groups: {group}}}\n"
    )
    (tmp_path / "lxcs.yaml").write_text(LXCS)
    (tmp_path / "vms.yaml").write_text("vms: []\n")
    code, declared = run(tmp_path)
    assert code == 2
    assert declared["firewall"]["cluster"] == [{"type": "in", "action": "ACCEPT", "proto": "tcp", "port": "22"}]
    entries = declared["firewall"]["names"]["security-group@web"]["entries"]
    assert [entry["proto"] for entry in entries] == ["udp"]
    assert declared["firewall"]["options"]["enabled"] is True
    paths = {problem["path"] for problem in declared["problems"] if problem["severity"] == "error"}
    rule = "firewall.global_firewall_rules"
    of_group = "firewall.security_groups.web.rules[0].dest"
    assert paths == {f"{rule}[1].source", f"{rule}[2]", f"{rule}[3].ports", f"{rule}[4]", of_group}


def test_without_a_site_there_are_problems_alone(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("domain_name: [\n")
    (tmp_path / "vms.yaml").write_text("vms: 1\n")
    code, declared = run(tmp_path)
    assert code == 2
    assert list(declared) == ["problems"]
    assert {problem["location"].rpartition("/")[2] for problem in declared["problems"]} >= {"site.yaml:2", "vms.yaml:1"}
