"""What to do about the file of the old scripts from which dnsmasq goes on answering."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.errors import Explanation

GENERATED_NAMES = "/etc/dnsmasq.d/00-phoenix-internal.conf"
REMOVAL = f"mv {GENERATED_NAMES} /root/ && systemctl restart dnsmasq"
_MOST_LINES = 10


def still_generated(found: Mapping[str, str], records: Mapping[str, str], server: str, host: str) -> Explanation:
    """Say what is answered from there, and differently from what is declared; `found` is not empty."""
    other = [
        f"{name}: {found[name]}, declared is {records[name]}" for name in sorted(found) if found[name] != records[name]
    ]
    shown = [*other[:_MOST_LINES], *([f"and {len(other) - _MOST_LINES} more"] if len(other) > _MOST_LINES else [])]
    return Explanation(
        "The DNS server goes on answering from what the old scripts generated",
        server,
        "\n            ".join([f"{len(found)} of {len(records)} names are in {GENERATED_NAMES}", *shown]),
        "the records that the files declare, and no answer for what they leave out",
        f"once a `pulumi up` has published the records: ssh root@{host} '{REMOVAL}'",
    )
