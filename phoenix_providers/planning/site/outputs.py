"""What `pulumi stack output` tells of a site, and other programs read through a StackReference; never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict
from urllib.parse import urlsplit

from phoenix_providers.models.engine_properties import StoredProperties
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.routes.route_checks import route_checks
from phoenix_providers.planning.site_plan import EnvironmentPlan, SitePlan
from phoenix_providers.planning.stacks.health import HealthStatus
from phoenix_providers.planning.traefik.file_text import UnreadableDocumentError, to_document

_PINNED = re.compile(r"""^\s*image:\s*["']?([^\s"'#$]+@sha256:[0-9a-f]{64})["']?\s*(?:#.*)?$""", re.MULTILINE)


class RouteOutput(TypedDict):
    """One routed name.

    Attributes:
        url: What to type.
        stack: NAME@VMID of the stack that answers; empty for a guest's own service.
        guest: Name of the guest on which it is; empty where Traefik itself answers.
    """

    url: str
    stack: str
    guest: str


class EnvironmentOutput(TypedDict):
    """One environment of Portainer; `id` is Portainer's number, `url` where it leads, `vm` the name of its VM."""

    id: int
    url: str
    vm: str


class StackOutput(TypedDict):
    """One stack on one VM.

    Attributes:
        environment: Name of its environment at Portainer.
        project: Its name there.
        health: Missing means never deployed; Unknown that it is blocked or held, so nobody has looked.
        images: Images that its file names with their digest. Which digest a tag stands for is not known.
    """

    environment: str
    project: str
    health: HealthStatus
    images: list[str]


class VerdictOutput(TypedDict):
    """Whether all is as declared, and the first line of what is wrong, by the name of the resource."""

    in_sync: bool
    wrong: dict[str, str]


def route_outputs(
    plan: SitePlan, infrastructure: str, parts: Mapping[str, DynamicConfiguration]
) -> dict[str, RouteOutput]:
    """Return every published name, sorted.

    Args:
        plan: Knows which guest has which address, and on which VM a stack is.
        infrastructure: Text of the published file with the guests' routes.
        parts: What is published of each stack, by NAME@VMID.
    """
    names = {guest.number: guest.name for guest in plan.guests}
    by_address = {address: names.get(number, "") for address, number in plan.guest_addresses.items()}
    found: dict[str, RouteOutput] = {}
    for check in route_checks({**parts, "": _document(infrastructure)}, {}, {}):
        if not check.host or check.host in found:
            continue
        scheme = "https" if check.tls else "http"
        url = f"{scheme}://{check.host}{check.path}" if check.protocol == "http" else f"{check.protocol}://{check.host}"
        vmid = check.owner.rpartition("@")[2]
        guest = names.get(int(vmid), "") if vmid else _guest(check.backends, by_address)
        found[check.host] = RouteOutput(url=url, stack=check.owner, guest=guest)
    return dict(sorted(found.items()))


def record_outputs(published: Mapping[str, str], ours: Iterable[str]) -> dict[str, str]:
    """Return the address of each name that is ours, sorted; `published` also has lines that were there before."""
    return {name: published[name] for name in sorted({*ours} & published.keys())}


def environment_output(plan: EnvironmentPlan, number: Any, url: str) -> EnvironmentOutput:
    """Return what there is to say of one environment; its number is 0 while it could not be made."""
    return EnvironmentOutput(id=int(number or 0), url=url, vm=plan.vm_name)


def stack_output(outputs: StoredProperties, *, is_left_alone: bool = False) -> StackOutput:
    """Return what there is to say of one stack, from the outputs of its resource.

    One that is left alone in this run, blocked or held, may have outputs of a time when it was not.
    """
    return StackOutput(
        environment=str(outputs.get("environment") or ""),
        project=str(outputs.get("project") or ""),
        health=HealthStatus.UNKNOWN if is_left_alone else _health(outputs),
        images=sorted({*_PINNED.findall(str(outputs.get("compose") or ""))}),
    )


def verdict_output(failures: Mapping[str, str], blocked: Mapping[str, str]) -> VerdictOutput:
    """Return what is not as declared, as the verdict judges it."""
    texts = {name: blocked.get(name) or failures.get(name) or "" for name in sorted({*failures, *blocked})}
    wrong = {name: text.strip().partition("\n")[0] for name, text in texts.items() if text}
    return VerdictOutput(in_sync=not wrong, wrong=wrong)


def _health(outputs: StoredProperties) -> HealthStatus:
    if outputs.get("blocked"):
        return HealthStatus.UNKNOWN
    if not outputs.get("failure"):
        return HealthStatus.HEALTHY
    return HealthStatus.DEGRADED if outputs.get("stack_id") else HealthStatus.MISSING


def _guest(backends: Iterable[str], by_address: Mapping[str, str]) -> str:
    """Return whose address the back ends have."""
    hosts = (urlsplit(backend if "://" in backend else f"//{backend}").hostname for backend in backends)
    return next((by_address[host] for host in hosts if host and host in by_address), "")


def _document(text: str) -> DynamicConfiguration:
    try:
        return to_document(text)
    except UnreadableDocumentError:
        return {}
