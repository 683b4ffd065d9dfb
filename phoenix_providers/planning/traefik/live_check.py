"""Comparing what we wrote with what the running Traefik has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from phoenix_providers.models.traefik_records import DynamicConfiguration, RunningConfiguration, TraefikItem
from phoenix_providers.planning.traefik.surroundings import Kind

_FILE = "@file"
_ENABLED = "enabled"
# Where the running configuration has what files call (section, kind).
PLACES: Mapping[Kind, str] = {
    (protocol, kind): kind if protocol == "http" else protocol + kind.capitalize()
    for protocol in ("http", "tcp", "udp")
    for kind in ("services", "middlewares", "routers")
}


class NotLive(NamedTuple):
    """What Traefik has not taken; `path` is where it stands in the file, such as `http.routers.app`.

    `asked` is false where Traefik did not answer, `refused` true where it has the item and says what is wrong with it.
    """

    path: str
    text: str
    asked: bool = True
    refused: bool = False

    def __str__(self) -> str:
        """Return it in one line."""
        return self.text


def running_names(running: RunningConfiguration) -> dict[Kind, frozenset[str]]:
    """Return the full names of everything that the running Traefik lists."""
    return {kind: frozenset(running.get(place) or ()) for kind, place in PLACES.items()}


def unproven(document: DynamicConfiguration, running: RunningConfiguration) -> tuple[NotLive, ...]:
    """Return why it is not proven that Traefik has taken the whole document; empty when it has."""
    reasons: list[NotLive] = []
    for kind in PLACES:
        for name, item in document.get(kind[0], {}).get(kind[1], {}).items():
            found = live_items(kind, str(name), running)
            if reason := _reason(kind[1], item, found):
                text, refused = f"{spoken_name(kind)} {name} {reason}", any(map(_is_refused, found))
                reasons.append(NotLive(f"{kind[0]}.{kind[1]}.{name}", text, refused=refused))
    return tuple(reasons)


def still_there(names: Mapping[Kind, frozenset[str]], running: RunningConfiguration) -> tuple[NotLive, ...]:
    """Return the routers, services and middlewares of these names that Traefik has from files, though none says so."""
    found: list[NotLive] = []
    for kind in PLACES:
        for name in sorted(names.get(kind, ())):
            present = live_items(kind, name, running)
            found += [NotLive("", f"{spoken_name(kind)} {name} is still there")] if present else []
    return tuple(found)


def live_items(kind: Kind, name: str, running: RunningConfiguration) -> list[TraefikItem]:
    """Return the live items that came from one of ours; a router may have several."""
    live = running.get(PLACES[kind]) or {}
    return _routers(name, live) if kind[1] == "routers" else _single(name, live)


def spoken_name(kind: Kind) -> str:
    """Return what messages call an item of this kind."""
    what = kind[1].removesuffix("s")
    return what if kind[0] == "http" else f"{kind[0].upper()} {what}"


def without_provider(name: str) -> str:
    """Return a reference to an item of the file provider as a name."""
    return name.removesuffix(_FILE)


def _reason(kind: str, item: TraefikItem, found: list[TraefikItem]) -> str:
    if not found:
        return "is missing"
    for one in found:
        if _is_refused(one):
            said = "; ".join(map(str, one.get("error") or ())) or "no reason given"
            return f"is {one.get('status')}: {said}"
    compare = _COMPARED.get(kind)
    differences = [compare(item, one) for one in found] if compare else [""]
    return "" if "" in differences else differences[0]


def _is_refused(one: TraefikItem) -> bool:
    return bool(one.get("error")) or one.get("status") != _ENABLED


def _routers(name: str, live: Mapping[str, TraefikItem]) -> list[TraefikItem]:
    """Return the live routers that came from one of ours.

    Traefik gives routers other names, once per entry point, where entry points add TLS (`websecure-NAME@file`) or
    where TLS options of routers for one host name differ (`web-conflicted-NAME@file`).
    """
    full = name + _FILE
    found = [live[full]] if full in live else []
    for key, router in live.items():
        if key.endswith(f"-{full}"):
            points = router.get("using") or ()
            if any(key in {f"{point}-{full}", f"{point}-conflicted-{full}"} for point in points):
                found.append(router)
    return found


def _single(name: str, live: Mapping[str, TraefikItem]) -> list[TraefikItem]:
    return [live[name + _FILE]] if name + _FILE in live else []


def _router_difference(wanted: TraefikItem, live: TraefikItem) -> str:
    if wanted.get("rule", "") != live.get("rule", ""):
        return f"still has the rule {live.get('rule')}"
    if without_provider(wanted["service"]) != without_provider(str(live.get("service", ""))):
        return f"still leads to {live.get('service')}"
    missing = {without_provider(name) for name in wanted.get("middlewares", ())} - {
        without_provider(name) for name in live.get("middlewares") or ()
    }
    return f"has not got the middlewares {', '.join(sorted(missing))}" if missing else ""


def _service_difference(wanted: TraefikItem, live: TraefikItem) -> str:
    now, then = _addresses(wanted), _addresses(live)
    return "" if now == then else f"still leads to {', '.join(then) or 'nothing'}"


def _addresses(service: TraefikItem) -> list[str]:
    servers = (service.get("loadBalancer") or {}).get("servers") or ()
    return [str(server.get("url") or server.get("address")) for server in servers]


_COMPARED: Mapping[str, Callable[[TraefikItem, TraefikItem], str]] = {
    "routers": _router_difference,
    "services": _service_difference,
}
