"""A file in Traefik's directory that the old scripts generated: known by what it says, not by its name alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from phoenix_providers.models.traefik_records import ConfigurationSection, DynamicConfiguration
from phoenix_providers.planning.traefik.file_text import UnreadableDocumentError, to_document

# What they generated has always had this router.
_DASHBOARD = ("traefik-dashboard-router", "api@internal")
_TRANSPORT = "internal-ca"
_HOST = re.compile(r"Host\(`[^`]+`\)")
_ROUTER, _SERVICE = "-router", "-service"
_COPY = ".before-phoenix"
_TEMPLATE = "{{"


@dataclass(frozen=True)
class ScriptsFile:
    """A file whose names ours takes over.

    Attributes:
        name: File name.
        text: As it is.
        additions: Paths of what the scripts never write: somebody else's, and lost if the file went.
        changed: Those of them that our file defines, too: what was added by hand to one of the scripts' own.
        undeclared: Paths of what the scripts wrote and our file does not define.
        root_ca: The CA file of their servers transport; empty where there is none.
        changes: What our file says otherwise, one line each.
    """

    name: str
    text: str
    additions: tuple[str, ...]
    changed: tuple[str, ...]
    undeclared: tuple[str, ...]
    root_ca: str
    changes: tuple[str, ...]

    @property
    def copy(self) -> str:
        """Name of the copy that is kept, which Traefik does not load."""
        return self.name + _COPY

    @property
    def other_copy(self) -> str:
        """Name of a copy of this text, where there is a copy of another one."""
        return f"{self.copy}-{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"


def scripts_files(ours: DynamicConfiguration, other_files: Mapping[str, str]) -> tuple[ScriptsFile, ...]:
    """Return the generated files that define a name of ours, in the order in which Traefik reads them.

    Args:
        ours: What our file is to say.
        other_files: Text of every other file by name.
    """
    found = (_recognised(ours, name, text) for name, text in other_files.items())
    return tuple(file for file in found if file is not None)


def _recognised(ours: DynamicConfiguration, name: str, text: str) -> ScriptsFile | None:
    document = _document(name, text)
    http = _part(document, "http")
    if not set(_paths(http)) & set(_paths(ours.get("http", {}))):
        return None
    routers, _ = _part(http, "routers"), _part(http, "services")
    dashboard, service = _DASHBOARD
    if not _is_router(dashboard, routers.get(dashboard)) or routers[dashboard]["service"] != service:
        return None
    additions = (*_additions(http), *(str(section) for section in document if section != "http"))
    declared = set(_paths(ours.get("http", {})))
    changed = tuple(path for path in additions if path in declared)
    undeclared = tuple(path for path in _paths(http) if path not in declared and path not in additions)
    transport = _part(http, "serversTransports").get(_TRANSPORT)
    authorities = transport.get("rootCAs") if isinstance(transport, Mapping) else None
    root_ca = str(authorities[0]) if isinstance(authorities, list) and authorities else ""
    # Nobody knows what the values of additions look like.
    changes = () if additions else tuple(_changes(http, ours.get("http", {})))
    return ScriptsFile(name, text, additions, changed, undeclared, root_ca, changes)


def _document(name: str, text: str) -> ConfigurationSection:
    """Return what a plain file of the directory itself says; nothing for whatever else it is."""
    if "/" in name or name.lower().endswith(".toml") or _TEMPLATE in text:
        return {}
    try:
        return to_document(text)
    except UnreadableDocumentError:
        return {}


def _additions(http: ConfigurationSection) -> Iterator[str]:
    """Yield the paths of what the generator does not write, or not like this."""
    for kind in http:
        if kind not in _SHAPES:
            yield from [f"http.{kind}.{name}" for name in _part(http, kind)] or [f"http.{kind}"]
            continue
        for name, item in _part(http, kind).items():
            if not _SHAPES[kind](str(name), item):
                yield f"http.{kind}.{name}"


def _is_router(name: str, item: Any) -> bool:
    if not isinstance(item, Mapping) or set(item) != {"rule", "service", "entryPoints"}:
        return False
    own = name.removesuffix(_ROUTER) + _SERVICE
    leads = item["service"] == (_DASHBOARD[1] if name == _DASHBOARD[0] else own)
    points = item["entryPoints"]
    return (
        name.endswith(_ROUTER)
        and leads
        and _HOST.fullmatch(str(item["rule"])) is not None
        and isinstance(points, list)
        and len(points) == 1
    )


def _is_service(name: str, item: Any) -> bool:
    balancer = item.get("loadBalancer") if isinstance(item, Mapping) and set(item) == {"loadBalancer"} else None
    if not isinstance(balancer, Mapping) or not name.endswith(_SERVICE):
        return False
    url = _url(item)
    secure = {"serversTransport"} if url.startswith("https://") else set()
    transport = str(balancer.get("serversTransport") or _TRANSPORT).removesuffix("@file")
    return (
        bool(url)
        and set(balancer) == {"servers", "passHostHeader"} | secure
        and balancer["passHostHeader"] is True
        and transport == _TRANSPORT
    )


def _is_transport(name: str, item: Any) -> bool:
    if name != _TRANSPORT or not isinstance(item, Mapping) or not set(item) <= {"insecureSkipVerify", "rootCAs"}:
        return False
    authorities = item.get("rootCAs")
    return item.get("insecureSkipVerify") in {None, False} and isinstance(authorities, list) and len(authorities) == 1


_SHAPES = {"routers": _is_router, "services": _is_service, "serversTransports": _is_transport}


def _url(service: Any) -> str:
    """Return the address of a service with one server; empty where there is none."""
    balancer = service.get("loadBalancer") if isinstance(service, Mapping) else None
    servers = balancer.get("servers") if isinstance(balancer, Mapping) else None
    one = servers[0] if isinstance(servers, list) and len(servers) == 1 else None
    return str(one["url"]) if isinstance(one, Mapping) and set(one) == {"url"} else ""


def _changes(http: ConfigurationSection, ours: ConfigurationSection) -> Iterator[str]:
    """Yield what is said otherwise of what both define."""
    for name, router in _part(http, "routers").items():
        own = _part(ours, "routers").get(name)
        if isinstance(own, Mapping):
            for key in ("rule", "service", "entryPoints"):
                if own.get(key) != router.get(key):
                    yield f"router {name}: {key} {_said(router.get(key))} becomes {_said(own.get(key))}"
    for name, service in _part(http, "services").items():
        own = _part(ours, "services").get(name)
        if isinstance(own, Mapping) and _url(own) != _url(service):
            yield f"service {name}: {_url(service)} becomes {_url(own)}"
    for name, transport in _part(http, "serversTransports").items():
        own = _part(ours, "serversTransports").get(name)
        if isinstance(own, Mapping) and own.get("rootCAs") != transport["rootCAs"]:
            yield f"servers transport {name}: {_said(transport['rootCAs'])} becomes {_said(own.get('rootCAs'))}"


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _part(http: ConfigurationSection, kind: str) -> ConfigurationSection:
    part = http.get(kind)
    return part if isinstance(part, Mapping) else {}


def _paths(http: ConfigurationSection) -> list[str]:
    return [f"http.{kind}.{name}" for kind in http for name in _part(http, kind)]
