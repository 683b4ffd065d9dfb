"""Looking at what runs, to write a new site from it; nothing is written anywhere but for a sign-in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import ip_address, ip_interface
from typing import Any
from urllib.parse import urlsplit

from phoenix_providers.clients.delivery.open import open_delivery
from phoenix_providers.clients.json_record import JsonRecord
from phoenix_providers.clients.portainer.environments import PortainerEnvironments
from phoenix_providers.clients.portainer.records import StackRecord, StackStatus
from phoenix_providers.clients.portainer.registries import PortainerRegistries
from phoenix_providers.clients.portainer.session import PortainerSession
from phoenix_providers.clients.portainer.stacks import PortainerStacks
from phoenix_providers.clients.proxmox.api import ProxmoxApi
from phoenix_providers.clients.traefik import TraefikApi
from phoenix_providers.clock import SystemClock
from phoenix_providers.errors import ProductError, UnauthorizedError, UnreachableError
from phoenix_providers.models.live_guest import LiveGuest
from phoenix_providers.models.running_site import (
    RunningEnvironment,
    RunningGuest,
    RunningPortainer,
    RunningProxmox,
    RunningStack,
    RunningTraefik,
)

_INTERFACE = re.compile(r"(?:^|,)ip=([0-9.]+/\d+)")
_ADDRESSED = re.compile(r"(net|ipconfig)\d+")
_OF_DOCKER = re.compile(r"(docker|br-|veth|lo$|tailscale|wg)")
_LABEL = "com.docker.compose.project"
_ENDED = ("created", "exited", "dead")


def survey_proxmox(api: ProxmoxApi, node: str) -> RunningProxmox:
    """Look at a Proxmox; an empty `node` means its only one, else the one that was asked.

    Raises:
        UnreachableError: It does not answer.
        ProductError: It refuses.
    """
    api.version()
    settings = api.settings
    nodes = settings.nodes()
    here = node or _asked_node(api, nodes)
    guests = tuple(_guest(api, number, guest) for number, guest in sorted(settings.live_guests().items()))
    names = [*settings.aliases("cluster"), *settings.ip_sets("cluster"), *settings.groups()]
    return RunningProxmox(
        url=api.url,
        node=here,
        guests=guests,
        interface=_node_interface(api, here),
        hosts=settings.hosts(here),
        resolver=settings.resolver(here),
        rules=settings.rules("cluster"),
        options=settings.options("cluster"),
        names=tuple(names),
    )


def _asked_node(api: ProxmoxApi, nodes: Any) -> str:
    status = _told(api, "cluster/status") or ()
    local = (str(item["name"]) for item in status if item.get("type") == "node" and item.get("local"))
    return next(local, str(nodes[0]))


def _node_interface(api: ProxmoxApi, node: str) -> str:
    """Return the node's address with the length that its network says: the one that was asked, else the cluster's."""
    found = [str(item["cidr"]) for item in _told(api, f"nodes/{node}/network") or () if item.get("cidr")]
    status = _told(api, "cluster/status") or ()
    members = [item for item in status if item.get("type") == "node" and item.get("ip")]
    own = [str(item["ip"]) for item in members if item.get("name") == node]
    asked = urlsplit(api.url).hostname or ""
    others = [str(item["ip"]) for item in members if item.get("name") != node]
    candidates = [asked] if _is_address(asked) and asked not in others else []
    for address in (*candidates, *own):
        if _is_address(address):
            known = (interface for interface in found if interface.partition("/")[0] == address)
            return next(known, f"{address}/24")
    return ""


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return False


def _guest(api: ProxmoxApi, number: int, guest: LiveGuest) -> RunningGuest:
    settings = api.settings
    path = f"nodes/{guest.node}/{'lxc' if guest.kind == 'lxc' else 'qemu'}/{number}"
    config: JsonRecord = settings.configuration(path)
    texts = (str(value) for key, value in sorted(config.items()) if _ADDRESSED.fullmatch(key))
    interface = next((found for text in texts for found in _INTERFACE.findall(text)), "")
    template = bool(int(config.get("template") or 0))
    told = () if interface or template else tuple(_told_addresses(api, path, guest.kind))
    return RunningGuest(
        number=number,
        kind=guest.kind,
        name=guest.name or str(config.get("name") or config.get("hostname") or number),
        node=guest.node,
        template=template,
        interface=interface,
        told=told,
        rules=settings.rules(path),
        options=settings.options(path),
    )


def _told_addresses(api: ProxmoxApi, path: str, kind: str) -> Iterator[str]:
    """Yield the IPv4 addresses that a guest tells of itself, those of Docker's own networks left out."""
    if kind == "lxc":
        for item in _told(api, f"{path}/interfaces") or ():
            if not _OF_DOCKER.match(str(item.get("name", ""))) and item.get("inet"):
                yield str(item["inet"]).partition("/")[0]
        return
    answer = _told(api, f"{path}/agent/network-get-interfaces")
    listed = answer.get("result", ()) if isinstance(answer, Mapping) else ()
    for item in listed:
        if _OF_DOCKER.match(str(item.get("name", ""))):
            continue
        for address in item.get("ip-addresses") or ():
            if address.get("ip-address-type") == "ipv4" and not ip_interface(address["ip-address"]).is_loopback:
                yield str(address["ip-address"])


def _told(api: ProxmoxApi, path: str) -> Any:
    """Return what is only useful to know; nothing where Proxmox will not tell it."""
    try:
        return api.settings.shown(path)
    except UnreachableError:
        raise
    except ProductError:
        return None


def survey_portainer(session: PortainerSession) -> RunningPortainer:
    """Look at a Portainer: its environments, its stacks, and the projects that run there without it.

    Raises:
        UnreachableError: It does not answer.
        ProductError: It refuses.
    """
    session.sign_in()
    clock = SystemClock()
    stacks = PortainerStacks(session, clock, deploy_timeout=0)
    environments = PortainerEnvironments(session, clock).all()
    numbers = {environment.id for environment in environments}
    seen = tuple(
        RunningEnvironment(one.id, one.name, one.url, one.kind, *_projects(session, one.id)) for one in environments
    )
    listed = tuple(_stack(stacks, record, known=record.environment_id in numbers) for record in stacks.all())
    try:
        registries = tuple(one.host for one in PortainerRegistries(session, clock).all() if one.user)
    except UnauthorizedError:
        raise
    except ProductError:
        registries = ()
    return RunningPortainer(session.url, seen, listed, registries)


def _projects(session: PortainerSession, environment: int) -> tuple[dict[str, tuple[str, ...]] | None, frozenset[str]]:
    """Return the images of all compose projects, and which of them have nothing that runs.

    There are no projects, not even an empty list, where the environment's Docker does not answer.
    """
    try:
        answer = session.read(f"/api/endpoints/{environment}/docker/containers/json", {"all": "1"}).data
    except ProductError:
        return None, frozenset()
    found: dict[str, list[str]] = {}
    running: set[str] = set()
    for item in answer or ():
        if project := str((item.get("Labels") or {}).get(_LABEL) or ""):
            found.setdefault(project, []).append(str(item.get("Image") or ""))
            if item.get("State") not in _ENDED:
                running.add(project)
    return {project: tuple(images) for project, images in sorted(found.items())}, frozenset(found.keys() - running)


def _stack(stacks: PortainerStacks, record: StackRecord, *, known: bool) -> RunningStack:
    obstacle = _obstacle(record, known=known)
    compose = "" if obstacle else stacks.file(record.id)
    return RunningStack(record.name, record.environment_id, compose, dict(record.env), obstacle)


def _obstacle(record: StackRecord, *, known: bool) -> str:
    if not record.is_compose:
        return "it is no compose stack"
    if not known:
        return "its environment is gone"
    if record.from_git:
        return "Portainer deploys it from a git repository"
    if record.status is StackStatus.INACTIVE:
        return "it is stopped"
    return ""


def survey_traefik(url: str, timeout: float, target: str | None, ours: Collection[str]) -> RunningTraefik:
    """Look at a Traefik, and at its directory if `target` says where it is; `ours` are names of files there.

    Raises:
        UnreachableError: It does not answer.
        ProductError: This is not its API.
    """
    api = TraefikApi(url, timeout=timeout)
    api.version()
    running = api.running()
    if not target:
        return RunningTraefik(url.rstrip("/"), running)
    delivery = open_delivery(target, timeout=timeout)
    left = {name: text for name in sorted(ours) if (text := delivery.read(name)) is not None}
    return RunningTraefik(url.rstrip("/"), running, delivery.other_files(ours), left)
