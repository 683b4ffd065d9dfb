"""The files of a new site, from what runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from phoenix_providers.models.file_content import FileContent, NewContent
from phoenix_providers.models.running_site import RunningGuest, RunningProxmox, RunningSite
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.discovery.firewall import datacenter_firewall, guest_firewall
from phoenix_providers.planning.discovery.machines import Machines
from phoenix_providers.planning.discovery.names import own_names, static_hosts
from phoenix_providers.planning.discovery.not_carried import NotCarried
from phoenix_providers.planning.discovery.publication import (
    is_routed,
    read_by_others,
    without_routes,
)
from phoenix_providers.planning.discovery.routes import DiscoveredRoutes, discovered_routes
from phoenix_providers.planning.discovery.stacks import DiscoveredStack, discovered_stacks
from phoenix_providers.planning.traefik.file_names import STACKS_FILE
from phoenix_providers.planning.traefik.structure_check import loadable

_AGENT_PORT = 9001


@dataclass(frozen=True)
class DiscoveredSite:
    """What the files say, as plain data.

    Attributes:
        settings: Settings of the project, with their namespaces.
        published: Routes of stacks that an earlier site has published.
    """

    site: FileContent
    vms: tuple[FileContent, ...]
    lxcs: Mapping[int, FileContent]
    stacks: tuple[DiscoveredStack, ...]
    settings: FileContent = field(default_factory=dict)
    not_carried: tuple[NotCarried, ...] = ()
    published: DynamicConfiguration = field(default_factory=dict)

    def with_labels_of_others(self, folders: Collection[str]) -> DiscoveredSite:
        """Return it with stacks whose labels make no routes here."""
        stacks = tuple(without_routes(stack) if stack.folder in folders else stack for stack in self.stacks)
        told = [read_by_others(stack) for stack in self.stacks if stack.folder in folders]
        return replace(self, stacks=stacks, not_carried=(*self.not_carried, *told))

    def without(self, folders: Mapping[str, str]) -> DiscoveredSite:
        """Return it less some stacks, each by its folder with the reason."""
        left = [
            NotCarried(
                f"stack {stack.project} on {stack.vm_name}",
                folders[stack.folder],
                f"{_stays(stack)}; make a folder of it that works: phoenix init --stack DIR",
            )
            for stack in self.stacks
            if stack.folder in folders
        ]
        vms = tuple(_less(vm, folders) for vm in self.vms)
        stacks = tuple(stack for stack in self.stacks if stack.folder not in folders)
        return replace(self, vms=vms, stacks=stacks, not_carried=(*self.not_carried, *left))


def discovered_site(running: RunningSite, domain: str, environment: str) -> DiscoveredSite:
    """Return the site; what it does not get is named.

    Args:
        running: What the products tell.
        domain: The site's.
        environment: Of the manifests.
    """
    proxmox = running.proxmox or RunningProxmox("", "pve", ())
    machines = Machines(proxmox, domain)
    left: list[NotCarried] = []
    stacks, roles = discovered_stacks(running.portainer, machines, environment, left)
    routes = discovered_routes(running.traefik, machines, domain, left)
    templates = [guest.name for guest in proxmox.guests if guest.template]
    if templates:
        left.append(NotCarried(f"templates ({', '.join(templates)})", "nothing is ever done with templates"))
    guests = [guest for guest in proxmox.guests if not guest.template]
    names = own_names(proxmox, machines, domain)
    entries = {
        guest.number: _guest(guest, proxmox.node, routes.services.get(guest.number), names.get(guest.number, ()), left)
        for guest in guests
    }
    vms = [_vm(guest, entries[guest.number], roles, stacks) for guest in guests if guest.kind == "vm"]
    settings = {**_settings(running, machines, routes), **_overrides(guests)}
    found = DiscoveredSite(
        site=_site(running, proxmox, machines, domain, roles, left),
        vms=tuple(vms),
        lxcs={guest.number: entries[guest.number] for guest in guests if guest.kind == "lxc"},
        stacks=stacks,
        settings=settings,
        not_carried=tuple([*left, *_not_asked(running)]),
        published=loadable(running.traefik.ours.get(STACKS_FILE)) or {} if running.traefik is not None else {},
    )
    routed = [stack.folder for stack in stacks if is_routed(stack)]
    return found if found.published or not routed else found.with_labels_of_others(routed)


def _stays(stack: DiscoveredStack) -> str:
    return f"{stack.idle}, and it stays so" if stack.idle else "it runs on as it is"


def _less(vm: FileContent, folders: Mapping[str, str]) -> FileContent:
    kept = [name for name in vm.get("docker_stacks", ()) if name not in folders]
    return {**{key: value for key, value in vm.items() if key != "docker_stacks"}, **_if("docker_stacks", kept)}


def _if(key: str, value: Any) -> NewContent:
    return {key: value} if value else {}


def _guest(
    guest: RunningGuest,
    node: str,
    service: FileContent | None,
    names: tuple[Mapping[str, str], ...],
    left: list[NotCarried],
) -> NewContent:
    network = {"ip": guest.interface or "dhcp"} if guest.addresses else {}
    if not guest.addresses:
        left.append(
            NotCarried(
                f"address of {guest.name} ({guest.number})",
                "neither Proxmox nor the guest tells it",
                f"write network_config.ip of {guest.name}",
            )
        )
    return {
        "name": guest.name,
        **({"node": guest.node} if guest.node != node else {}),
        **_if("network_config", network),
        **_if("traefik_service", service),
        **_if("firewall", guest_firewall(guest, left)),
        **_if("dns_records", list(names)),
    }


def _vm(
    guest: RunningGuest,
    entry: FileContent,
    roles: Mapping[int, FileContent],
    stacks: tuple[DiscoveredStack, ...],
) -> NewContent:
    listed = [stack.folder for stack in stacks if stack.vmid == guest.number]
    role = {key: value for key, value in roles.get(guest.number, {}).items() if key != "agent_port"}
    return {"vmid": guest.number, **entry, **role, **_if("docker_stacks", listed)}


def _site(
    running: RunningSite,
    proxmox: RunningProxmox,
    machines: Machines,
    domain: str,
    roles: Mapping[int, FileContent],
    left: list[NotCarried],
) -> NewContent:
    network: NewContent = {}
    if proxmox.interface:
        network["interfaces"] = {"address": proxmox.interface}
    if running.portainer is not None:
        url = urlsplit(running.portainer.url)
        address = machines.address_of(url.hostname or "")
        network |= _if("portainer_server_ip", address)
        network |= {"portainer_server_port": url.port} if url.port else {}
        ports = Counter(int(role["agent_port"]) for role in roles.values() if "agent_port" in role)
        network |= {"portainer_agent_port": ports.most_common(1)[0][0]} if ports else {}
    resolver = _resolver(proxmox, domain, left)
    return {
        "domain_name": domain,
        **_if("network", network),
        # Nothing is published before somebody wants it.
        "dns_server": {"backend": "none", **_if("static_hosts", static_hosts(proxmox, machines, domain))},
        **_if("resolver", resolver),
        **_if("firewall", datacenter_firewall(proxmox, left)),
    }


def _resolver(proxmox: RunningProxmox, domain: str, left: list[NotCarried]) -> NewContent:
    servers = [proxmox.resolver[key] for key in ("dns1", "dns2", "dns3") if proxmox.resolver.get(key)]
    search = proxmox.resolver.get("search", "")
    if servers and search != domain:
        left.append(
            NotCarried(
                f"resolver of {proxmox.node} ({', '.join(servers)})",
                f"its search domain is {search or 'not set'}, and a declared one has {domain}",
                "write `resolver: {servers: […]}` into site.yaml if it shall be kept",
            )
        )
        return {}
    return _if("servers", servers)


def _settings(running: RunningSite, machines: Machines, routes: DiscoveredRoutes) -> NewContent:
    found: NewContent = {}
    if running.proxmox is not None:
        found |= {"proxmoxve:endpoint": running.proxmox.url, "phoenix:node": running.proxmox.node}
    if running.portainer is not None:
        found["phoenix:portainerUrl"] = running.portainer.url
    if running.traefik is not None:
        found["phoenix:traefikApiUrl"] = running.traefik.url
        host = urlsplit(running.traefik.url).hostname or ""
        guest = machines.at(host)
        if guest is not None and guest.name.lower() != "traefik":
            found["phoenix:traefikGuest"] = guest.name
        elif guest is None and is_address(host):
            found["phoenix:gateway"] = host
        if routes.entry_points:
            found["phoenix:entryPoints"] = ",".join(routes.entry_points)
        if routes.transport:
            found["phoenix:serversTransport"] = dict(routes.transport)
    return found


def _overrides(guests: list[RunningGuest]) -> NewContent:
    told = {guest.name.lower(): guest.told[0] for guest in guests if not guest.interface and guest.told}
    return _if("phoenix:addressOverrides", told)


def _not_asked(running: RunningSite) -> Iterator[NotCarried]:
    for name, what, found in (
        ("proxmox", "guests, firewall, hosts entries", running.proxmox),
        ("portainer", "environments and stacks", running.portainer),
        ("traefik", "routes", running.traefik),
    ):
        if found is None:
            yield NotCarried(what, f"--{name} was not given", f"phoenix init FOLDER --discover --{name} URL …")
