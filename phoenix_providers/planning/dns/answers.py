"""What it means that a DNS server does not answer as declared: a failure, or a warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phoenix_providers.errors import Explanation

_MOST_LINES = 10


def differences(found: Mapping[str, Sequence[str]], records: Mapping[str, str]) -> list[str]:
    """Return one line for each record that is not answered: what is said instead of what is declared."""
    return [f"{name}: {', '.join(found[name]) or 'no answer'} instead of {records[name]}" for name in sorted(found)]


def explain(lines: Sequence[str], total: int, server: str, host: str, backend: str) -> Explanation:
    """Say what is wrong and how it is repaired; `lines` are not empty, `host` is the server's address."""
    shown = [*lines[:_MOST_LINES], *([f"and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else [])]
    reload = f"ssh root@{host} systemctl reload dnsmasq   (or there: pkill -HUP dnsmasq; it reads the hosts file again)"
    watch = f"look on {host} whether dnsmasq runs with hostsdir set to the directory of dns_server.target"
    return Explanation(
        f"{len(lines)} of {total} DNS records are not answered as declared",
        server,
        "\n            ".join(shown),
        "the records that the files declare",
        watch if backend == "dnsmasq" else reload,
    )
