"""Where a name leads, judged as a browser meets it: DNS may send it past Traefik."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.routes.route_checks import RouteCheck
from phoenix_providers.planning.site_plan import ADDRESS

_HTTP, _HTTPS = 80, 443
_REDIRECTIONS = range(300, 400)
# Somebody in front of Traefik may ask who is there.
_WANTS_SIGN_IN = 401


def is_elsewhere(address: str, traefik: str) -> bool:
    """Whether DNS leads to another address than that of Traefik's entry point."""
    if is_address(address) and is_address(traefik):
        return ip_address(address) != ip_address(traefik)
    return address != traefik


def doors(port: int, *, tls: bool) -> tuple[tuple[int, bool], ...]:
    """Return the ports at which the name is asked for, each with whether that is TLS; the entry point's own first."""
    return tuple(dict.fromkeys([(port, tls), (_HTTPS, True) if tls else (_HTTP, False), (_HTTPS, True)]))


def redirected_to(host: str, status: int, location: str) -> int | None:
    """Return the port to which the same name is sent on over TLS; None if it is not."""
    target = urlsplit(location)
    if status not in _REDIRECTIONS or target.scheme != "https" or target.hostname != host:
        return None
    return target.port or _HTTPS


def goes_astray(there: int, at_traefik: int | None) -> bool:
    """Whether the answer at the address that DNS gives is not that of the route.

    Args:
        there: HTTP status there.
        at_traefik: The one of Traefik itself; None where it could not be asked.
    """
    return at_traefik is not None and there >= 400 and there not in (at_traefik, _WANTS_SIGN_IN)


def lead_to_traefik(check: RouteCheck, traefik: str, address: str) -> str:
    """Return what lets the name lead to Traefik instead of to `address`."""
    known = is_address(traefik) and (not ip_address(traefik).is_loopback or ip_address(address).is_loopback)
    target = traefik if known else "IP_OF_TRAEFIK"
    mended = check.mended_by.replace(ADDRESS, target) or f"let {check.host} lead to {target} in your DNS"
    return f"{mended}   (then: phoenix sync all)"
