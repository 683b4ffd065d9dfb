"""What the files declare: stacks as data, and their files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML

DOMAIN = "lab.test"
# What a stack may suffer from. The first kind is found when planning, and blocks the stack or its routes alone; the
# second is found out while it is deployed.
BLOCKING = frozenset({"unreadable", "unset secret"})
_ROUTE_FAULTS = {
    "two kinds": ["middlewares.{0}.addprefix.prefix=/x", "middlewares.{0}.stripprefix.prefixes=/y"],
    "broken rule": ["routers.{0}.rule=Host("],
    "unknown middleware": ["routers.{0}.middlewares=nowhere"],
    "user without password": ["routers.{0}.middlewares={0}", "middlewares.{0}.basicauth.users=nobody"],
}
ROUTE_BLOCKING = frozenset({*_ROUTE_FAULTS, "unknown service", "unpublished port"})
SICK = frozenset({"missing image", "unhealthy", "bad command", "exits", "restarts"})

_BEHAVIOUR = {"unhealthy": "unhealthy", "bad command": "bad-command", "exits": "exit", "restarts": "restart"}


@dataclass(frozen=True)
class Stack:
    """One folder of stacks/.

    Attributes:
        vmid: Where it runs; 0 while no VM lists it.
        router: Name of its router and of its Traefik service, without a promise to be the only one.
        path: Of its rule; empty for the whole host.
        services: Further services beside `web`.
        fault: What is wrong with it; empty if nothing.
    """

    folder: str
    port: int
    vmid: int = 0
    router: str = ""
    path: str = ""
    tag: int = 1
    value: str = "one"
    mounted: str = ""
    priority: int = 0
    services: frozenset[str] = frozenset()
    fault: str = ""

    @property
    def name(self) -> str:
        """Resource name."""
        return f"{self.folder}@{self.vmid}"

    @property
    def project(self) -> str:
        """Name at Portainer."""
        return f"{self.folder}-production"

    @property
    def host(self) -> str:
        """Routed name."""
        return f"{self.folder}.{DOMAIN}"

    @property
    def rule(self) -> str:
        """Rule of its router."""
        return f"Host(`{self.host}`)" + (f" && PathPrefix(`{self.path}`)" if self.path else "")

    @property
    def blocked(self) -> bool:
        """Whether nothing of it may be touched."""
        return self.fault in BLOCKING

    @property
    def routes_blocked(self) -> bool:
        """Whether its routes may not be touched."""
        return self.blocked or self.fault in ROUTE_BLOCKING

    @property
    def sick(self) -> bool:
        """Whether it cannot get as declared, though its files are in order."""
        return self.fault in SICK

    def changed(self, **changes: object) -> Stack:
        """Return it with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def write(self, folder: Path) -> None:
        """Write its files."""
        folder.mkdir(parents=True, exist_ok=True)
        compose = "services: [" if self.fault == "unreadable" else _yaml(self._compose())
        (folder / "docker-compose.yml").write_text(compose)
        (folder / "page.html").write_text(self.mounted or "none")
        (folder / "phoenix.yaml").write_text(_yaml({"environments": {"production": self._manifest()}}))

    def _compose(self) -> dict[str, object]:
        image = f"nosuch/web:{self.tag}" if self.fault == "missing image" else f"nginx:{self.tag}"
        web: dict[str, object] = {"image": image, "environment": ["VALUE"]}
        web["restart"] = "no" if self.fault == "exits" else "unless-stopped"
        web["ports"] = [f"{self.port}:80"]
        if self.fault == "unhealthy":
            web["healthcheck"] = {"test": ["CMD", "false"]}
        if behaviour := _BEHAVIOUR.get(self.fault):
            web["labels"] = {"phoenix.lab.behaviour": behaviour}
        others = {name: {"image": f"{name}:1", "restart": "unless-stopped"} for name in sorted(self.services)}
        return {"services": {"web": web, **others}}

    def _manifest(self) -> dict[str, object]:
        name = self.router
        port = 81 if self.fault == "unpublished port" else 80
        labels = [
            f"traefik.http.routers.{name}.rule={self.rule}",
            f"traefik.http.routers.{name}.service={'nowhere' if self.fault == 'unknown service' else name}",
            f"traefik.http.services.{name}.loadbalancer.server.port={port}",
        ]
        labels += [f"traefik.http.{label.format(name)}" for label in _ROUTE_FAULTS.get(self.fault, ())]
        if self.priority:
            labels.append(f"traefik.http.routers.{name}.priority={self.priority}")
        value: object = {"secret": "UNSET"} if self.fault == "unset secret" else self.value
        manifest: dict[str, object] = {
            "variables": [{"name": "VALUE", "value": value}],
            "services": {"web": {"traefik_labels": labels}},
        }
        if self.mounted:
            manifest["files"] = [{"source": "page.html", "destination_in_container": "/page.html"}]
        return manifest


@dataclass(frozen=True)
class Addresses:
    """Where the lab is."""

    network: str
    portainer: str
    vms: Mapping[int, str]


def write_site(folder: Path, where: Addresses, stacks: Iterable[Stack], guests: Iterable[int] = ()) -> None:
    """Write all files; what is not declared any more is gone. `guests` are those that have a firewall."""
    stacks = list(stacks)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "stacks").mkdir(parents=True)
    site = {
        "domain_name": DOMAIN,
        "network": {
            "interfaces": {"address": f"{where.network}.1/24"},
            "portainer_server_ip": where.portainer,
        },
        "dns_server": {"enabled": True},
        "firewall": {"enabled": False},
    }
    vms = [
        {
            "vmid": vmid,
            "name": f"vm{vmid}",
            "portainer_role": "agent",
            "portainer_environment_name": f"vm{vmid}",
            "network_config": {"ip": f"{address}/24"},
            "docker_stacks": [stack.folder for stack in stacks if stack.vmid == vmid],
        }
        for vmid, address in where.vms.items()
    ]
    firewall = {"enabled": True, "rules": [{"type": "in", "action": "ACCEPT", "proto": "tcp", "port": "22"}]}
    lxcs: dict[str, object] = {"102": {"name": "traefik", "network_config": {"ip": f"{where.network}.2/24"}}}
    lxcs |= {
        str(number): {
            "name": f"ct{number}",
            "network_config": {"ip": f"{where.network}.{number}/24"},
            "firewall": firewall,
        }
        for number in guests
    }
    (folder / "site.yaml").write_text(_yaml(site))
    (folder / "vms.yaml").write_text(_yaml({"vms": vms}))
    (folder / "lxcs.yaml").write_text(_yaml({"lxc_configs": lxcs}))
    for stack in stacks:
        stack.write(folder / "stacks" / stack.folder)


def _yaml(data: object) -> str:
    # JSON is YAML, and written much faster.
    return json.dumps(data, indent=1)


def read_yaml(text: str) -> object:
    """Read what our programs write."""
    return YAML(typ="safe", pure=False).load(text)
