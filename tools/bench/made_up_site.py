"""A made-up site of any size: ten stacks on each VM, each with a compose text of one kilobyte and a route."""

from __future__ import annotations

import json
from pathlib import Path

from phoenix_providers.lab.network import EXAMPLE

STACKS_PER_VM = 10
COMPOSE_BYTES = 1000
_FIRST_VM = 500
_FIRST_ADDRESS = 120
_FIRST_PORT = 8100
_NETWORK = f"{EXAMPLE}0/24"
_NODE, _TRAEFIK, _PORTAINER = f"{EXAMPLE}10", f"{EXAMPLE}12", f"{EXAMPLE}110"


def write_site(folder: Path, stacks: int) -> None:
    """Write a site's files, on the addresses of the example."""
    folder.mkdir(parents=True)
    names = [f"stack{number}" for number in range(stacks)]
    by_vm = [names[first : first + STACKS_PER_VM] for first in range(0, stacks, STACKS_PER_VM)]
    vms = [_portainer(), *(_vm(number, mine) for number, mine in enumerate(by_vm))]
    for file, data in {"site": _site(), "vms": {"vms": vms}, "lxcs": {"lxc_configs": {"102": _traefik()}}}.items():
        # JSON is YAML.
        (folder / f"{file}.yaml").write_text(json.dumps(data, indent=2))
    for number, name in enumerate(names):
        stack = folder / "stacks" / name
        stack.mkdir(parents=True)
        (stack / "docker-compose.yml").write_text(compose_text(number, "as declared first"))
        (stack / "phoenix.yaml").write_text(json.dumps(_manifest(name), indent=2))


def compose_text(number: int, edition: str) -> str:
    """Return a stack's compose text of one kilobyte; another edition is another text."""
    lines = [
        "services:",
        "  web:",
        "    image: traefik/whoami:v1.11",
        "    ports:",
        f'      - "{_FIRST_PORT + number % STACKS_PER_VM}:80"',
        "    restart: unless-stopped",
        "    environment:",
        f"      EDITION: {edition}",
    ]
    while len("\n".join(lines)) < COMPOSE_BYTES - 60:
        lines.append(f"      SETTING_{len(lines)}: value {len(lines)} of stack {number}")
    text = "\n".join(lines)
    return text + "\n#".ljust(COMPOSE_BYTES - len(text) - 1, "-") + "\n"


def _site() -> dict[str, object]:
    return {
        "domain_name": "home.example",
        "network": {
            "interfaces": {"address": f"{_NODE}/24"},
            "portainer_server_ip": _PORTAINER,
            "portainer_server_port": 9443,
            "portainer_agent_port": 9001,
        },
        "dns_server": {"enabled": True},
        "resolver": {"servers": [_NODE, "9.9.9.9"]},
        "firewall": {
            "enabled": True,
            "default_input_policy": "DROP",
            "default_output_policy": "ACCEPT",
            "global_firewall_rules": [
                _rule("127.0.0.1", "22,8006", "SSH and the API, for the sync"),
                _rule(_NETWORK, "22,8006", "SSH and the API, at home"),
                {**_rule(_NETWORK, "53", "DNS for the guests"), "proto": "udp"},
                _rule(_NETWORK, "53", "DNS for the guests, long answers"),
            ],
        },
    }


def _portainer() -> dict[str, object]:
    rules = [_rule(_NETWORK, "22,9443", "SSH and Portainer"), _rule("127.0.0.1", "9443", "Portainer, for the sync")]
    return {"vmid": 110, "name": "portainer", "portainer_role": "primary", **_guest(_PORTAINER, rules)}


def _traefik() -> dict[str, object]:
    rules = [
        _rule(_NETWORK, "22,80,443,8080,8081", "Web, SSH and Traefik's API"),
        _rule("127.0.0.1", "22,8080,8081", "The same for the sync"),
    ]
    return {"name": "traefik", **_guest(_TRAEFIK, rules)}


def _vm(number: int, stacks: list[str]) -> dict[str, object]:
    last = _FIRST_PORT + STACKS_PER_VM - 1
    rules = [
        _rule(_PORTAINER, "9001", "Agent, from Portainer"),
        _rule(_TRAEFIK, f"{_FIRST_PORT}:{last}", "Stacks, through Traefik"),
        _rule(_NETWORK, "22", "SSH, at home"),
    ]
    return {
        "vmid": _FIRST_VM + number,
        "name": f"vm{number}",
        "portainer_role": "agent",
        "portainer_environment_name": f"vm{number}",
        "portainer_agent_hostname": f"vm{number}-agent.home.example",
        "docker_stacks": stacks,
        "dependencies": [110],
        **_guest(f"{EXAMPLE}{_FIRST_ADDRESS + number}", rules),
    }


def _guest(address: str, rules: list[dict[str, str]]) -> dict[str, object]:
    return {
        "network_config": {"ip": f"{address}/24"},
        "firewall": {"enabled": True, "input_policy": "DROP", "rules": rules},
    }


def _rule(source: str, port: str, comment: str) -> dict[str, str]:
    return {"type": "in", "action": "ACCEPT", "source": source, "proto": "tcp", "port": port, "comment": comment}


def _manifest(name: str) -> dict[str, object]:
    labels = [
        "traefik.enable=true",
        f"traefik.http.routers.{name}.rule=Host(`{name}.home.example`)",
        f"traefik.http.routers.{name}.entrypoints=web",
        f"traefik.http.services.{name}.loadbalancer.server.port=80",
    ]
    return {
        "description": "One of many",
        "environments": {"production": {"services": {"web": {"traefik_labels": labels}}}},
    }
