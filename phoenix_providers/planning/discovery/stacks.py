"""Stacks and environments of a Portainer as a new site has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from urllib.parse import urlsplit

from phoenix_providers.models.file_content import FileContent, NewContent
from phoenix_providers.models.running_site import (
    RunningEnvironment,
    RunningGuest,
    RunningPortainer,
    RunningStack,
)
from phoenix_providers.planning.discovery.machines import Machines
from phoenix_providers.planning.discovery.not_carried import NotCarried
from phoenix_providers.planning.discovery.values import discovered_values, open_values
from phoenix_providers.planning.names import normalised, without_space
from phoenix_providers.planning.stacks.bootstrap import bootstrap_reason, images_in

_SOCKET, _AGENT = 1, 2
_AGAIN = "start its agent, then discover into another folder: phoenix init FOLDER --discover …"
_KINDS = {1: "a Docker without an agent", 4: "an edge agent", 5: "Kubernetes", 6: "Kubernetes", 7: "Kubernetes"}


@dataclass(frozen=True)
class DiscoveredStack:
    """One stack on one VM.

    Attributes:
        project: Its name at Portainer.
        folder: Its folder in `stacks/`; others of the same name on other VMs have other folders.
        otherwise: Variables whose text at Portainer is another one than its containers have.
        idle: What keeps it from being one that runs; empty as a rule.
    """

    folder: str
    project: str
    vmid: int
    vm_name: str
    compose: str
    manifest: FileContent = field(default_factory=dict)
    otherwise: frozenset[str] = frozenset()
    idle: str = ""


Roles = Mapping[int, FileContent]


def discovered_stacks(
    portainer: RunningPortainer | None, machines: Machines, environment: str, left: list[NotCarried]
) -> tuple[tuple[DiscoveredStack, ...], Roles]:
    """Return all stacks, whoever reads their labels, and what VMs say of their environments, by VMID."""
    if portainer is None:
        return (), {}
    homes: dict[int, RunningGuest] = {}
    roles: dict[int, NewContent] = {}
    # What is seen through each of several environments of one guest is the same.
    first: dict[int, int] = {}
    twins: dict[int, int] = {}
    for one in portainer.environments:
        found = _role(one, portainer.url, machines)
        if isinstance(found, str):
            again = _AGAIN if one.projects is None else ""
            left.append(NotCarried(f"environment {one.name} ({one.url or 'no address'})", found, again))
            continue
        guest, role = found
        twins[one.id] = first.setdefault(guest.number, one.id)
        if guest.number in roles:
            left.append(NotCarried(f"environment {one.name}", f"{guest.name} has another environment already"))
            continue
        homes[one.id], roles[guest.number] = guest, role
        name = role["portainer_environment_name"] = _name(one, guest, portainer.environments, roles)
        if name != one.name:
            twin = without_space(one.name)
            taken = f", and another one is called {twin}" if name != twin else ""
            left.append(
                NotCarried(
                    f"name of the environment {one.name!r}",
                    f"names have no spaces here{taken}; the first run renames it to {name}",
                )
            )
    names = {one.id: one.name for one in portainer.environments}
    projects = {one.id: one for one in portainer.environments}
    stacks: list[DiscoveredStack] = []
    for stack in sorted(portainer.stacks, key=lambda one: (one.name, one.environment_id)):
        home = homes.get(stack.environment_id)
        if reason := _obstacle(stack, home):
            where = names.get(stack.environment_id, "no environment")
            left.append(NotCarried(f"stack {stack.name} ({where})", *reason))
        elif home is not None:
            made = _stack(stack, home, environment, stacks, left)
            stacks.append(replace(made, idle=_idle(stack, projects[stack.environment_id])))
    _mention_others(portainer, homes, twins, left)
    if portainer.registries:
        left.append(
            NotCarried(
                f"registries ({', '.join(portainer.registries)})",
                "their passwords cannot be read; Portainer goes on using them",
                "declare them under `registries` in site.yaml when you want them kept",
            )
        )
    return tuple(stacks), roles


def _role(
    environment: RunningEnvironment, portainer_url: str, machines: Machines
) -> tuple[RunningGuest, NewContent] | str:
    if environment.projects is None:
        return "its Docker does not answer; its stacks are left out"
    url = urlsplit(environment.url if "://" in environment.url else f"tcp://{environment.url}")
    local = environment.kind == _SOCKET and url.scheme == "unix"
    if not local and environment.kind != _AGENT:
        return f"it is {_KINDS.get(environment.kind, f'of kind {environment.kind}')}, and only agents are known here"
    host = (urlsplit(portainer_url).hostname if local else url.hostname) or ""
    guest = machines.at(host)
    if guest is None:
        return f"no guest of Proxmox is known by {host}"
    if guest.kind != "vm":
        return f"{guest.name} is a container, and stacks run on VMs only"
    name = without_space(environment.name)
    if local:
        return guest, {"portainer_role": "primary", "portainer_environment_name": name}
    return guest, {
        "portainer_role": "agent",
        "portainer_environment_name": name,
        "portainer_agent_hostname": host,
        "agent_port": url.port or 9001,
    }


def _name(
    environment: RunningEnvironment, guest: RunningGuest, all_: Iterable[RunningEnvironment], roles: Roles
) -> str:
    """Return a name without blanks that no other environment has, neither here nor at Portainer."""
    taken = {other.name for other in all_ if other.id != environment.id}
    taken |= {str(role["portainer_environment_name"]) for number, role in roles.items() if number != guest.number}
    name = without_space(environment.name)
    longer = f"{name}-{guest.number}"
    choices = chain((name, longer), (f"{longer}-{number}" for number in count(2)))
    return next(choice for choice in choices if choice not in taken)


def _idle(stack: RunningStack, environment: RunningEnvironment) -> str:
    if stack.name in environment.stopped:
        return "none of its containers runs"
    return "" if stack.name in (environment.projects or {}) else "it has no containers"


def _obstacle(stack: RunningStack, home: RunningGuest | None) -> tuple[str, str] | None:
    if stack.obstacle:
        return (
            stack.obstacle,
            "if it shall be one of the site's: make its folder in stacks/ by hand, and name it at phoenix:takeOver",
        )
    if home is None:
        return "its environment is not carried", "see there"
    if normalised(stack.name) != stack.name or not re.match(r"[a-z0-9]", stack.name):
        return "its name is none that newer Portainers keep", "rename it at Portainer (that restarts it)"
    return None


def _stack(
    stack: RunningStack,
    home: RunningGuest,
    environment: str,
    others: Iterable[DiscoveredStack],
    left: list[NotCarried],
) -> DiscoveredStack:
    taken = {one.folder for one in others}
    short = stack.name.removesuffix(f"-{normalised(environment)}")
    choices = [short, stack.name, f"{stack.name}-{normalised(home.name)}", f"{stack.name}-{home.number}"]
    folder = next(name for name in choices if name and name not in taken)
    ours: NewContent = {}
    if normalised(f"{folder}-{environment}") != stack.name:
        ours["project"] = stack.name
    if reason := bootstrap_reason(images_in(stack.compose), home.name):
        left.append(NotCarried(f"deploying {stack.name}", f"{reason}: it is looked at, and never deployed"))
    values = discovered_values(stack.variables)
    if values.open:
        left.append(open_values(values.open, stack.name, home.name))
    variables = [{"name": name, "value": value} for name, value in values.values.items()]
    manifest: NewContent = {"x-phoenix": ours} if ours else {}
    if variables:
        manifest["environments"] = {environment: {"variables": variables}}
    return DiscoveredStack(folder, stack.name, home.number, home.name, stack.compose, manifest, values.otherwise)


def _mention_others(
    portainer: RunningPortainer, homes: Mapping[int, RunningGuest], twins: Mapping[int, int], left: list[NotCarried]
) -> None:
    """Name what runs without Portainer, once for all environments of one guest; `twins` has the first of each."""
    known = {(twins.get(stack.environment_id, stack.environment_id), stack.name) for stack in portainer.stacks}
    for environment in portainer.environments:
        if twins.get(environment.id, environment.id) != environment.id:
            continue
        for project, images in (environment.projects or {}).items():
            if (environment.id, project) in known:
                continue
            what = f"compose project {project} on {environment.name}"
            home = homes.get(environment.id)
            if reason := bootstrap_reason(images, home.name if home else environment.name):
                left.append(NotCarried(what, f"{reason}; it stays as it is, and nothing has to be done"))
            else:
                left.append(
                    NotCarried(
                        what,
                        "it was started without Portainer, which does not know its file",
                        "from the folder with its compose file: phoenix init --stack DIR",
                    )
                )
