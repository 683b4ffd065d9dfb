"""The back end `none`: no record is published, and hosts files stay as they are."""

from __future__ import annotations

from phoenix_providers.planning.dns.backends.dns_backend import DnsBackend


class NoRecords(DnsBackend):
    """Somebody else's DNS."""

    name = "none"
    publishes = False

    def advice(self, host: str) -> str:
        """Return nothing: what is not published is not asked for."""
        return ""
