"""`phoenix init --from`: what the old scripts had built in is set where it is known, and asked where it is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from phoenix_providers.cli.main import phoenix
from phoenix_providers.cli.new_site.conversion import convert
from phoenix_providers.errors import ConfigurationError
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.discovery.script_constants import OpenQuestion
from phoenix_providers.planning.site.derive import plan_site

SITE: dict[str, Any] = {
    "domain_name": "barn.lan",
    "network": {"interfaces": {"address": "10.7.0.13/24"}, "portainer_server_ip": "10.7.0.31"},
    "dns_server": {"enabled": True, "upstream_servers": ["9.9.9.9", "149.112.112.112", "1.1.1.1"]},
}
LXCS: dict[str, Any] = {
    "101": {"name": "Nginx-Phoenix", "network_config": {"ip": "10.7.0.53/24"}},
    "102": {"name": "Traefik-Internal", "network_config": {"ip": "10.7.0.12/24"}},
    "140": {"name": "Seeds", "network_config": {"ip": "10.7.0.40/24"}, "traefik_service": {"name": "Seeds", "port": 8}},
    "141": {"name": "Tool.V2", "network_config": {"ip": "dhcp"}, "traefik_service": {"name": "tools", "port": 80}},
}
VMS: list[dict[str, Any]] = [
    {"vmid": 1001, "name": "Portainer", "network_config": {"ip": "10.7.0.31/24"}, "portainer_role": "primary"},
    {
        "vmid": 1002,
        "name": "barn",
        "network_config": {"ip": "10.7.0.32/24"},
        "portainer_role": "agent",
        "portainer_environment_name": "barn",
        "docker_stacks": ["feed"],
        "traefik_service": {"name": "tractor", "port": 8443},
    },
]
FEED = {
    "environments": {
        "production": {
            "services": {"feed": {"traefik_labels": ["traefik.http.routers.feed.rule=Host(`feed.barn.lan`)"]}},
            "firewall_rules": [
                {"type": "in", "action": "ACCEPT", "proto": "tcp", "port": "6333"},
                {"type": "in", "action": "DROP", "proto": "tcp", "port": "6334"},
            ],
        }
    }
}


@pytest.fixture
def barn(tmp_path: Path) -> Path:
    folder = tmp_path / "barn"
    write(folder, "etc/phoenix_hypervisor_config.json", SITE)
    write(folder, "etc/phoenix_lxc_configs.json", {"lxc_configs": LXCS})
    write(folder, "etc/phoenix_vm_configs.json", {"vms": VMS})
    write(folder, "stacks/feed/phoenix.json", FEED)
    (folder / "stacks/feed/docker-compose.yml").write_text("services: {feed: {image: i, ports: ['8080:80']}}\n")
    return folder


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content, indent=1))


def said(source: Path, new: Path) -> str:
    result = CliRunner().invoke(phoenix, ["init", str(new), "--from", str(source)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def settings_in(new: Path) -> dict[str, str]:
    config = YAML(typ="safe", pure=True).load((new / "Pulumi.yaml").read_text())["config"]
    plain = {key: value if isinstance(value, str) else json.dumps(value["value"]) for key, value in config.items()}
    settings = {key.removeprefix("phoenix:"): value for key, value in plain.items()}
    settings.pop("siteId", None)
    return settings


def test_what_the_scripts_had_built_in_is_set(tmp_path: Path, barn: Path) -> None:
    new = tmp_path / "new"
    output = said(barn, new)
    settings = settings_in(new)
    assert settings == {
        "firewallPlacement": "cluster",
        "traefikGuest": "Traefik-Internal",
        "gateway": "Nginx-Phoenix",
        "addressOverrides": '{"seeds": "10.7.0.40"}',
        "serversTransport": '{"name": "internal-ca", "rootCa": "/etc/step-ca/ssl/phoenix_root_ca.crt"}',
        "traefikTarget": "pct://root@10.7.0.13/102/etc/traefik/dynamic",
        "traefikApiUrl": "http://10.7.0.12:8080",
    }
    assert "Proven by comparing" in output
    assert "Questions" not in output
    site = YAML(typ="safe", pure=True).load((new / "config/site.yaml").read_text())
    assert site["resolver"] == {"servers": ["10.7.0.13", "9.9.9.9", "149.112.112.112"]}


def test_names_lead_where_the_scripts_led_them(tmp_path: Path, barn: Path) -> None:
    said(barn, tmp_path / "new")
    settings = Settings.from_raw(settings_in(tmp_path / "new"))
    records = plan_site(load_configuration(tmp_path / "new" / "config", settings)).dns
    # In the order of the scripts, where the first record of a name counts.
    assert {record.hostname: record.ip for record in records} == {
        "feed.barn.lan": "10.7.0.53",
        "seeds.barn.lan": "10.7.0.40",
        "tractor.barn.lan": "10.7.0.53",
        "nginx-phoenix.barn.lan": "10.7.0.53",
        "traefik-internal.barn.lan": "10.7.0.12",
        "portainer.barn.lan": "10.7.0.31",
        "barn.barn.lan": "10.7.0.32",
        "traefik.barn.lan": "10.7.0.53",
    }


def test_who_ends_tls_is_a_question_where_no_container_has_the_name(tmp_path: Path, barn: Path) -> None:
    others = {**LXCS, "101": {"name": "front-nginx", "network_config": {"ip": "10.7.0.53/24"}}}
    write(barn, "etc/phoenix_lxc_configs.json", {"lxc_configs": others})
    output = said(barn, tmp_path / "new")
    assert "Proven" not in output
    assert "pulumi config set phoenix:gateway front-nginx" in output
    assert "gateway" not in settings_in(tmp_path / "new")


def test_an_answer_is_written_down_and_one_that_names_nobody_is_asked_again(tmp_path: Path, barn: Path) -> None:
    others = {**LXCS, "101": {"name": "edge", "network_config": {"ip": "10.7.0.53/24"}}}
    write(barn, "etc/phoenix_lxc_configs.json", {"lxc_configs": others})
    said_so_far = ["Edge", "nobody"]
    asked: list[OpenQuestion] = []

    def ask(question: OpenQuestion) -> str:
        asked.append(question)
        return said_so_far.pop()

    conversion = convert(barn, tmp_path / "new", ask)
    assert [question.setting for question in asked] == ["gateway", "gateway"]
    assert conversion.questions == ()
    assert settings_in(tmp_path / "new")["gateway"] == "Edge"


def test_where_nothing_is_known_everything_is_asked(tmp_path: Path, barn: Path) -> None:
    write(barn, "etc/phoenix_hypervisor_config.json", {"domain_name": "barn.lan"})
    write(barn, "etc/phoenix_lxc_configs.json", {"lxc_configs": {}})
    output = said(barn, tmp_path / "new")
    for command in (
        "phoenix:gateway GUEST_OR_IP",
        "phoenix:traefikTarget ssh://root@TRAEFIK/etc/traefik/dynamic",
        "phoenix:traefikApiUrl http://TRAEFIK:8080",
        "phoenix:portainerUrl https://10.7.0.31:9443",
    ):
        assert f"pulumi config set {command}" in output


def test_rules_that_no_sync_of_the_scripts_made_are_named(tmp_path: Path, barn: Path) -> None:
    output = said(barn, tmp_path / "new")
    assert "stack feed: type: in, action: ACCEPT, proto: tcp, port: 6333 (from anywhere)" in output
    assert "stacks/feed/phoenix.json:12)\n" in output
    assert "6334" not in output


def test_of_a_blocked_stack_it_is_said_that_nothing_opens_yet(tmp_path: Path, barn: Path) -> None:
    (barn / "stacks/feed/docker-compose.yml").write_text("services: {feed: {image: '${NOWHERE:?}'}}\n")
    assert "phoenix.json:12) not yet: the stack is blocked\n" in said(barn, tmp_path / "new")


def test_the_file_that_goes_on_answering_is_named(tmp_path: Path, barn: Path) -> None:
    output = said(barn, tmp_path / "new")
    assert "10.7.0.13: mv /etc/dnsmasq.d/00-phoenix-internal.conf /root/ && systemctl restart dnsmasq" in output


def test_names_of_zones_and_stacks_of_older_lists_are_not_lost_without_a_word(tmp_path: Path, barn: Path) -> None:
    records = [
        {"hostname": "cows", "ip_external": "10.7.0.53"},
        {"hostname": "hens", "ip_external": "10.7.0.53"},
    ]
    inner = [
        {"hostname": "traefik", "ip_internal": "10.7.0.12"},
        {"hostname": "feed", "ip_internal": "10.7.0.53"},
        None,
    ]
    zones = [{"zone_name": "yard.lan", "records": records}, {"zone_name": "barn.lan", "records": inner}, {}]
    server = {**SITE["dns_server"], "authoritative_zones": zones}
    write(barn, "etc/phoenix_hypervisor_config.json", {**SITE, "dns_server": server})
    stacks = {"feed": {}, "milk": {"compose_file_path": "persistent-storage/milk/docker-compose.yml"}}
    write(barn, "etc/phoenix_stacks_config.json", {"docker_stacks": stacks})
    output = said(barn, tmp_path / "new")
    hosts = "static_hosts: [{address: 10.7.0.53, hostnames: [cows.yard.lan, hens.yard.lan]}]"
    assert hosts in output
    assert "traefik.barn.lan was 10.7.0.12 in a zone, and is 10.7.0.53 now" in output
    assert "feed.barn.lan" not in output
    assert "stack milk: only phoenix_stacks_config.json has it; make stacks/milk/ with docker-" in output
    assert "stack feed:" not in output.partition("Not carried")[2]


def test_an_installation_from_before_there_were_folders_is_told_how_to_make_them(tmp_path: Path, barn: Path) -> None:
    shutil.rmtree(barn / "stacks")
    path = "persistent-storage/feed/docker-compose.yml"
    (barn / path).parent.mkdir(parents=True)
    (barn / path).write_text("services: {feed: {image: i}}\n")
    write(barn, "etc/phoenix_stacks_config.json", {"docker_stacks": {"feed": {"compose_file_path": path, **FEED}}})
    with pytest.raises(ConfigurationError) as raised:
        convert(barn, tmp_path / "new")
    folder, stack = (reason.next_step for reason in raised.value.reasons)
    assert folder == "make it from phoenix_stacks_config.json, as said of each stack"
    assert f"make stacks/feed/ with docker-compose.yml from {barn / path}, and phoenix.json from" in stack


def test_rules_of_a_guest_whose_firewall_is_off_are_named(tmp_path: Path, barn: Path) -> None:
    rules = [{"type": "in", "action": "ACCEPT", "proto": "tcp", "port": "8000"}]
    off = {"enabled": False, "rules": rules}
    guests = {key: {**guest, "firewall": off} if key == "140" else guest for key, guest in LXCS.items()}
    write(barn, "etc/phoenix_lxc_configs.json", {"lxc_configs": guests})
    output = said(barn, tmp_path / "new").partition("Not carried")[2]
    assert "1 firewall rule of Seeds, whose firewall is switched off: the scripts' list on Proxmox has it" in output
    assert "`enabled: true` in config/lxcs.yaml" in output
