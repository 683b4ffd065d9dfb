"""Why a product's certificate is not believed, and what to do about it: look whose it is first."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

_HTTPS = 443
# Words of OpenSSL and of Python, by what they mean; the first that fits counts.
_EXPIRED, _EARLY, _OTHER_NAME, _UNKNOWN = "expired", "early", "other name", "unknown issuer"
_SIGNS = (
    ("certificate has expired", _EXPIRED),
    ("certificate is not yet valid", _EARLY),
    ("Hostname mismatch", _OTHER_NAME),
    ("IP address mismatch", _OTHER_NAME),
    ("doesn't match", _OTHER_NAME),
    ("CERTIFICATE_VERIFY_FAILED", _UNKNOWN),
)
_SEEN = {
    _EXPIRED: "its certificate has expired",
    _EARLY: "its certificate is not valid yet",
    _OTHER_NAME: "its certificate is for another host name or address",
    _UNKNOWN: "its certificate is not signed by a trusted authority",
}


@dataclass(frozen=True)
class ProductAdvice:
    """How one sets the address of one product and trusts its certificates; {host} and {port} stand for that address.

    Attributes:
        address: How another address is set.
        trust: Commands that fetch its authority, let it be compared, and let it be trusted.
        renew: What makes a new certificate.
        other_address: How an address is set that the certificate names.
        unchecked: What gives up checking.
    """

    address: str = ""
    trust: tuple[str, ...] = ()
    renew: str = ""
    other_address: str = ""
    unchecked: str = ""


_FETCH = (
    "openssl s_client -connect {host}:{port} -showcerts </dev/null | sed -n '/^-----BEGIN/,/^-----END/p' > {file}",
    "openssl x509 -in {file} -noout -issuer -fingerprint -sha256   (is it the one that {where} shows?)",
)


def _fetch(file: str, where: str) -> tuple[str, ...]:
    return tuple(line.replace("{file}", file).replace("{where}", where) for line in _FETCH)


PORTAINER = ProductAdvice(
    address="pulumi config set phoenix:portainerUrl https://ADDRESS:9443",
    trust=(
        *_fetch("portainer-ca.pem", "its own machine"),
        "pulumi config set phoenix:portainerCaFile portainer-ca.pem",
    ),
    renew="give Portainer another certificate (Settings, SSL certificate)",
    other_address="pulumi config set phoenix:portainerUrl https://NAME:{port}",
    unchecked="pulumi config set phoenix:portainerInsecure true   (Portainer's own certificate is for localhost alone)",
)
PROXMOX = ProductAdvice(
    address="pulumi config set proxmoxve:endpoint https://ADDRESS:8006",
    trust=(
        "scp root@{host}:/etc/pve/pve-root-ca.pem pve-root-ca.crt",
        "cp pve-root-ca.crt /usr/local/share/ca-certificates/ && update-ca-certificates   (as root, on Debian)",
    ),
    renew="pvecm updatecerts --force   (on the Proxmox host)",
    other_address="pulumi config set proxmoxve:endpoint https://NAME:{port}",
    unchecked="pulumi config set proxmoxve:insecure true",
)
TRAEFIK = ProductAdvice(
    address="pulumi config set phoenix:traefikApiUrl http://ADDRESS:8080",
    trust=(
        *_fetch("traefik-ca.crt", "its own machine"),
        "cp traefik-ca.crt /usr/local/share/ca-certificates/ && update-ca-certificates   (as root, on Debian)",
    ),
    renew="renew what Traefik shows on the entry point of its API",
    other_address="pulumi config set phoenix:traefikApiUrl https://NAME:{port}",
    unchecked="pulumi config set phoenix:traefikApiUrl http://{host}:8080   (for your network alone)",
)


@dataclass(frozen=True)
class CertificateRefusal:
    """What is wrong with a certificate, and what mends it."""

    seen: str
    next_steps: tuple[str, ...]


def certificate_refusal(error: str, url: str, advice: ProductAdvice) -> CertificateRefusal | None:
    """Return what an error of the HTTP library says of the certificate; None if it is about something else."""
    kind = next((meaning for sign, meaning in _SIGNS if sign in error), None)
    if kind is None:
        return None
    address = urlsplit(url)
    host, port = address.hostname or "", str(address.port or _HTTPS)
    look = f"openssl s_client -connect {host}:{port} </dev/null | openssl x509 -noout "
    steps = {
        _EXPIRED: (f"{look}-dates", advice.renew),
        _EARLY: (f"{look}-dates", "compare the clocks: date"),
        _OTHER_NAME: (f"{look}-ext subjectAltName", advice.other_address),
        _UNKNOWN: advice.trust,
    }[kind]
    found = [step.replace("{host}", host).replace("{port}", port) for step in (*steps, advice.unchecked) if step]
    if advice.unchecked and len(found) > 1:
        found[-1] = f"or, without any check: {found[-1]}"
    return CertificateRefusal(_SEEN[kind], tuple(found))
