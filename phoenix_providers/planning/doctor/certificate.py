"""Until when a certificate holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from phoenix_providers.errors import Explanation
from phoenix_providers.planning.doctor.finding import Finding, ok, warning

_SOON = timedelta(days=21)


@dataclass(frozen=True)
class SeenCertificate:
    """What a server shows.

    Attributes:
        issuer: Who signed it, in short.
    """

    issuer: str
    ends: datetime


def judge_certificate(
    certificate: SeenCertificate, now: datetime, *, where: str, unchecked: str, renew: str
) -> Finding:
    """Judge one that is believed.

    Args:
        certificate: What the server shows.
        now: This moment.
        where: The server's address.
        unchecked: The setting by which nobody checks it; empty as a rule.
        renew: What makes a new one.
    """
    until = f"{certificate.ends:%Y-%m-%d}"
    left = certificate.ends - now
    trust = f"not checked ({unchecked})" if unchecked else f"trusted, from {certificate.issuer}"
    seen = f"{trust}; until {until}"
    if left > _SOON:
        return ok(seen)
    when = f"ends in {left.days} days" if left.days > 0 else "has ended" if left < timedelta() else "ends today"
    expected = f"one for {_SOON.days} days or more"
    return warning(seen, Explanation(f"The certificate {when}", where, until, expected, renew))
