"""From the old scripts to Phoenix Sync, as docs/from-the-scripts.md says: their files are in place, nothing stops."""

from __future__ import annotations

import json
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from phoenix_providers.cli.rehearsal.imitation import imitate
from phoenix_providers.cli.rehearsal.workspace import connect, make_folders
from phoenix_providers.clients.dns.name_server import open_name_server
from phoenix_providers.lab import control
from phoenix_providers.lab.dnsmasq import PROGRAM, Dnsmasq
from phoenix_providers.lab.home import LabHome
from phoenix_providers.lab.network import free_network, move
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from tests.system.conftest import BIN, Rehearsal

pytestmark = [
    pytest.mark.engine,
    pytest.mark.faults,
    pytest.mark.skipif(PROGRAM is None, reason="needs dnsmasq (Debian: dnsmasq-base)"),
]

NET = "127.50.0."
DOMAIN = "barn.example"


def rule(port: str, source: str = f"{NET}0/24", proto: str = "tcp") -> dict[str, str]:
    return {"type": "in", "action": "ACCEPT", "source": source, "proto": proto, "port": port}


GLOBAL_RULES = [rule("22,8006", "127.0.0.1"), rule("22,8006"), rule("53", proto="udp"), rule("53")]
SITE: dict[str, Any] = {
    "domain_name": DOMAIN,
    "network": {
        "interfaces": {"address": f"{NET}10/24"},
        "portainer_server_ip": f"{NET}110",
        "portainer_server_port": 9443,
        "portainer_agent_port": 9001,
    },
    "dns_server": {"enabled": True, "upstream_servers": ["9.9.9.9"], "authoritative_zones": []},
    "shared_volumes": {
        "firewall": {
            "enabled": True,
            "default_input_policy": "DROP",
            "default_output_policy": "ACCEPT",
            "global_firewall_rules": GLOBAL_RULES,
        }
    },
    "portainer_api": {"admin_user": "admin"},
}
LXCS: dict[str, dict[str, Any]] = {
    "101": {"name": "Nginx-Phoenix", "network_config": {"ip": f"{NET}53/24"}},
    "102": {"name": "Traefik-Internal", "network_config": {"ip": f"{NET}12/24"}},
    "140": {
        "name": "Seeds-2.1",
        "network_config": {"ip": f"{NET}40/24"},
        "traefik_service": {"name": "seeds", "port": 8000},
        "firewall": {"enabled": True, "rules": [rule("8000", f"{NET}12")]},
    },
}
VMS: list[dict[str, Any]] = [
    {
        "vmid": 1001,
        "name": "Portainer",
        "portainer_role": "primary",
        "network_config": {"ip": f"{NET}110/24"},
        "traefik_service": {"name": "portainer", "port": 9443},
    },
    {
        "vmid": 1002,
        "name": "barn",
        "portainer_role": "agent",
        "portainer_environment_name": "barn",
        "portainer_agent_hostname": f"barn-agent.{DOMAIN}",
        "network_config": {"ip": f"{NET}111/24"},
        "docker_stacks": ["feed"],
    },
]
FEED = {
    "environments": {
        "production": {
            "services": {
                "feed": {
                    "traefik_labels": [
                        "traefik.enable=true",
                        f"traefik.http.routers.feed.rule=Host(`feed.{DOMAIN}`)",
                        "traefik.http.routers.feed.entrypoints=web",
                        "traefik.http.services.feed.loadbalancer.server.port=80",
                    ]
                }
            },
            "firewall_rules": [rule("8101", f"{NET}12")],
        }
    }
}


def generated_routes(ca: str, network: str) -> str:
    """What the scripts' generator makes of these files."""
    services = [("portainer", "https", f"{network}110:9443"), ("seeds", "http", f"{network}40:8000")]
    lines = ["http:", "  routers:"]
    for name, service in [*((one[0], f"{one[0]}-service") for one in services), ("traefik-dashboard", "api@internal")]:
        host = f"{name.removesuffix('-dashboard')}.{DOMAIN}"
        lines += [f"    {name}-router:", f'      rule: "Host(`{host}`)"', f'      service: "{service}"']
        lines += ["      entryPoints:", "        - web"]
    lines += ["", "  services:"]
    for name, scheme, address in services:
        lines += [
            f"    {name}-service:",
            "      loadBalancer:",
            "        servers:",
            f'          - url: "{scheme}://{address}"',
        ]
        lines += ["        passHostHeader: true"]
        lines += ['        serversTransport: "internal-ca@file"'] if scheme == "https" else []
    lines += ["", "  serversTransports:", "    internal-ca:", "      insecureSkipVerify: false", "      rootCAs:"]
    return "\n".join([*lines, f"        - {ca}", ""])


def generated_names(network: str) -> str:
    """What the scripts' dnsmasq has of these files, and one name that has left them since."""
    names = {
        f"feed.{DOMAIN}": "53",
        f"seeds.{DOMAIN}": "40",
        f"portainer.{DOMAIN}": "53",
        f"seeds-2.1.{DOMAIN}": "40",
        f"barn-agent.{DOMAIN}": "111",
        f"traefik.{DOMAIN}": "53",
        f"left.{DOMAIN}": "41",
    }
    lines = [f"address=/{name}/{network}{end}\n" for name, end in names.items()]
    return "".join(["# Phoenix Hypervisor Internal DNS Records\n", *lines])


class Asking(threading.Thread):
    """Asks one route again and again until it is told to stop."""

    def __init__(self, url: str, host: str) -> None:
        super().__init__(daemon=True)
        self.answers: Counter[int] = Counter()
        self._request = urllib.request.Request(url, headers={"Host": host})
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.01):
            try:
                with urllib.request.urlopen(self._request, timeout=10) as answer:
                    self.answers[answer.status] += 1
            except urllib.error.HTTPError as error:
                self.answers[error.code] += 1

    def stop(self) -> Counter[int]:
        self._over.set()
        self.join()
        return self.answers


class Installation:
    """An installation of the old scripts in a lab, and the new site beside it."""

    def __init__(self, folder: Path) -> None:
        self.network = free_network(anywhere=True)
        self.old = folder / "phoenix_hypervisor"
        for name, content in (
            ("etc/phoenix_hypervisor_config.json", SITE),
            ("etc/phoenix_lxc_configs.json", {"lxc_configs": LXCS}),
            ("etc/phoenix_vm_configs.json", {"vms": VMS}),
            ("stacks/feed/phoenix.json", FEED),
        ):
            (self.old / name).parent.mkdir(parents=True, exist_ok=True)
            (self.old / name).write_text(json.dumps(content, indent=2))
        compose = "services: {feed: {image: 'traefik/whoami:v1.11', ports: ['8101:80'], restart: unless-stopped}}\n"
        (self.old / "stacks/feed/docker-compose.yml").write_text(compose)
        move(self.old, self.network)
        self.home = LabHome(folder / "lab")
        make_folders(self.home)
        command = [str(BIN / "phoenix"), "init", str(self.home.site), "--from", str(self.old)]
        self.said = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def start(self, dns: Dnsmasq) -> Rehearsal:
        site = imitate(load_configuration(self.home.site / "config", Settings()))
        running = control.up(site, self.home.products)
        connect(self.home, running, {"dnsServer": dns.server})
        rehearsal = Rehearsal(self.home, running)
        Path(running.traefik_target, "dynamic_conf.yml").write_text(generated_routes(running.ca_file, self.network))
        proxmox = rehearsal.by_hand_on_proxmox
        # The scripts write one list: global rules, those of containers, those of VMs; each one is put on top.
        for one in reversed([*GLOBAL_RULES, *LXCS["140"]["firewall"]["rules"]]):
            moved = {key: value.replace(NET, self.network) for key, value in one.items()}
            proxmox.add_rule("cluster", **{"dport" if key == "port" else key: value for key, value in moved.items()})
        proxmox.set_options("cluster", enable="1", policy_in="DROP", policy_out="ACCEPT")
        return rehearsal


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("barn"))
    yield made
    control.down(made.home.products)


def test_from_the_scripts_to_the_second_pass_and_back(installation: Installation, tmp_path: Path) -> None:
    said = installation.said
    assert "Proven by comparing" in said
    assert "Questions" not in said
    assert "phoenix:gateway: Nginx-Phoenix" in said
    assert "stack feed: type: in, action: ACCEPT" in said
    assert "/etc/dnsmasq.d/00-phoenix-internal.conf" in said

    names, hosts = tmp_path / "names.conf", tmp_path / "hosts"
    names.write_text(generated_names(installation.network))
    hosts.mkdir()
    dns = Dnsmasq(hosts, more=names)
    with dns:
        rehearsal = installation.start(dns)
        # The first run overwrites nothing: the list of rules is there already.
        done = rehearsal.pulumi("preview")
        assert done.code != 0
        assert "phoenix adopt" in done.output
        adopted = rehearsal.phoenix("adopt", "--yes")
        assert adopted.code == 0, adopted.output
        assert "foreign rule" not in adopted.output
        assert "names are in /etc/dnsmasq.d/00-phoenix-internal.conf" in adopted.output

        preview = rehearsal.pulumi("preview")
        assert preview.code == 0, preview.output
        assert "dynamic_conf.yml, which the old scripts generated, will be taken over" in preview.output
        assert "new opening on Proxmox: stack feed" in preview.output
        assert "names are in /etc/dnsmasq.d/00-phoenix-internal.conf" in preview.output

        static = YAML(typ="safe").load(next(installation.home.products.rglob("traefik.yml")).read_text())
        asking = Asking(f"http://{static['entryPoints']['web']['address']}/", f"seeds.{DOMAIN}")
        asking.start()
        output = rehearsal.must_up()
        answers = asking.stop()
        assert set(answers) == {200}, answers
        assert sum(answers.values()) > 20
        assert "is taken over; dynamic_conf.yml.before-phoenix is a copy" in output
        folder = Path(rehearsal.lab.traefik_target)
        assert sorted(file.name for file in folder.iterdir()) == [
            "dynamic_conf.yml.before-phoenix",
            "phoenix-infrastructure.yml",
            "phoenix-stacks.yml",
        ]

    # What the page says to do on the Proxmox host: the old file goes away, and dnsmasq reads the hosts file anew.
    names.write_text("")
    (hosts / "pve").write_text(rehearsal.by_hand_on_proxmox.hosts())
    with dns:
        settled = rehearsal.must_up()
        assert "00-phoenix-internal.conf" not in settled
        rehearsal.must_be_in_sync()
        # As with the scripts, the names of containers' services lead to the containers themselves, past Traefik.
        checked = rehearsal.phoenix("check", "seeds").output
        assert "take out the map phoenix:addressOverrides where that stands: Pulumi.yaml" in checked

    # The way back: their file first, then ours go.
    asking = Asking(f"http://{static['entryPoints']['web']['address']}/", f"seeds.{DOMAIN}")
    asking.start()
    (folder / "dynamic_conf.yml.before-phoenix").rename(folder / "dynamic_conf.yml")
    for name in ("phoenix-infrastructure.yml", "phoenix-stacks.yml"):
        (folder / name).unlink()
    assert set(asking.stop()) <= {200}
    # The hosts file as it was, and their names: a guest that moves is followed again.
    (hosts / "pve").write_text((installation.home.site / "config" / "hosts-pve.before-phoenix").read_text())
    names.write_text(generated_names(installation.network).replace(f"{installation.network}40", "127.9.9.9"))
    with dns:
        assert open_name_server(dns.server).addresses(f"seeds.{DOMAIN}") == ("127.9.9.9",)
    done = rehearsal.pulumi("stack", "rm", "--yes", "--force", "--preserve-config")
    assert done.code == 0, done.output
    assert len(rehearsal.by_hand_on_proxmox.rules_of("cluster")) == len(GLOBAL_RULES) + 2
