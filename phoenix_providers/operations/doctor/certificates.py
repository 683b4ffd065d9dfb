"""Whether each product's certificate is believed, and for how long; its clock on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from phoenix_providers.clients.certificate_refusal import PORTAINER, PROXMOX, TRAEFIK, ProductAdvice
from phoenix_providers.clients.probes.server_look import look_at
from phoenix_providers.clients.transport import TlsTrust
from phoenix_providers.errors import Explanation, UnreachableError, UntrustedError
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.doctor.certificate import SeenCertificate, judge_certificate
from phoenix_providers.planning.doctor.finding import Finding, ok, skipped, trouble

_CONNECT_SECONDS = 2.0


def proxmox_certificate(case: Case) -> Finding:
    """Look at Proxmox's."""
    trust = TlsTrust(insecure=case.proxmox_unchecked)
    return _certificate(case, "Proxmox", case.proxmox, trust, PROXMOX, "proxmoxve:insecure")


def portainer_certificate(case: Case) -> Finding:
    """Look at Portainer's."""
    server = case.portainer
    if server is None:
        return skipped("its address is not known")
    trust = TlsTrust(server.ca_file or None, server.insecure)
    return _certificate(case, "Portainer", server.url, trust, PORTAINER, "phoenix:portainerInsecure")


def traefik_certificate(case: Case) -> Finding:
    """Look at that of Traefik's API."""
    return _certificate(case, "Traefik", case.settings.traefik_api_url or "", TlsTrust(), TRAEFIK, "")


def _certificate(case: Case, product: str, url: str, trust: TlsTrust, advice: ProductAdvice, unchecked: str) -> Finding:
    if not url:
        return skipped("its address is not known")
    try:
        seen = look_at(url, trust, advice, min(_CONNECT_SECONDS, case.clients.settings.request_timeout))
    except UnreachableError:
        return skipped("no connection")
    if seen.ahead is not None:
        case.ahead[product] = seen.ahead
    if seen.ends is None:
        return ok("none: plain http")
    if seen.refusal:
        what = f"{product}'s certificate is not believed"
        steps = "\n".join(seen.refusal.next_steps)
        reason = Explanation(what, url, seen.refusal.seen, "one that this computer trusts", steps)
        return trouble(UntrustedError, what, reason)
    address = urlsplit(url)
    port = str(address.port or 443)
    renew = advice.renew.replace("{host}", address.hostname or "").replace("{port}", port)
    return judge_certificate(
        SeenCertificate(seen.issuer, seen.ends),
        datetime.now(UTC),
        where=url,
        unchecked=unchecked if trust.insecure else "",
        renew=renew,
    )
