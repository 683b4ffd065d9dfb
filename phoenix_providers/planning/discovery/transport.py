"""The servers transport of VMs' routes, which Traefik's API does not show: its files do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from phoenix_providers.models.running_site import RunningTraefik
from phoenix_providers.models.settings import ServersTransport
from phoenix_providers.planning.discovery.not_carried import NotCarried
from phoenix_providers.planning.traefik.file_names import INFRASTRUCTURE_FILE
from phoenix_providers.planning.traefik.surroundings import read_other

_COMMAND = "pulumi config set --path phoenix:serversTransport.rootCa FILE   (the CA, where Traefik runs)"


def discovered_transport(
    traefik: RunningTraefik | None, used: str, taken_over: frozenset[str], left: list[NotCarried]
) -> Mapping[str, str]:
    """Return the setting; what another file goes on defining needs its name alone.

    Args:
        traefik: What runs.
        used: Its name, as routes have it; empty where there are none.
        taken_over: Files of the old scripts, which the first run takes over.
        left: Gets what cannot be carried.
    """
    if traefik is None:
        return {}
    going = {INFRASTRUCTURE_FILE: traefik.ours.get(INFRASTRUCTURE_FILE, "")}
    going |= {name: text for name, text in (traefik.files or {}).items() if name in taken_over}
    found = dict(_transports(going))
    name = used or next(iter(found), "")
    named = {"name": name} if name and name != ServersTransport().name else {}
    if name in found:
        file, transport = found[name]
        if (authority := _only_authority(transport)) is not None:
            return {**named, "rootCa": authority}
        what = f"servers transport {name} in {file}"
        left.append(NotCarried(what, "it has more than one CA, and a site's own has no more", _COMMAND))
    elif name and traefik.files is not None:
        others = dict(_transports(traefik.files))
        if name not in others and not any(read_other(*one).opaque for one in traefik.files.items()):
            what = f"servers transport {name} of the routes to VMs"
            left.append(NotCarried(what, "no file in Traefik's directory defines it", _COMMAND))
    return named


def _transports(files: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, Any]]]:
    for file, text in files.items():
        http = read_other(file, text).document.get("http")
        transports = http.get("serversTransports") if isinstance(http, Mapping) else None
        for name, transport in transports.items() if isinstance(transports, Mapping) else ():
            yield str(name), (file, transport)


def _only_authority(transport: Any) -> str | None:
    if not isinstance(transport, Mapping) or not set(transport) <= {"rootCAs", "insecureSkipVerify"}:
        return None
    authorities = transport.get("rootCAs")
    if transport.get("insecureSkipVerify") or not isinstance(authorities, list) or len(authorities) != 1:
        return None
    return str(authorities[0])
