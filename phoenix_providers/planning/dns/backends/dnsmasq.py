"""The back end `dnsmasq`: a hosts file of our own in a directory that it watches (`hostsdir`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from phoenix_providers.models.consumer import Consumer
from phoenix_providers.planning.dns.backends.dns_backend import SETTING, DnsBackend, RecordsTarget
from phoenix_providers.planning.dns.hosts_entries import static_entries
from phoenix_providers.planning.proxmox.hosts_file import read_hosts
from phoenix_providers.planning.site_plan import DnsPublication, DnsRecord

if TYPE_CHECKING:
    from phoenix_providers.models.configuration import Configuration
    from phoenix_providers.models.engine_properties import StoredProperties
    from phoenix_providers.planning.findings import Findings

# Dnsmasq leaves out names that begin with a dot or end with ~, and reads everything else.
RECORDS_FILE = "phoenix-records.hosts"
RESOURCE = "dnsmasq"
CONSUMER = Consumer(
    "dnsmasq",
    "hosts directory",
    "the directory that dnsmasq watches (its option hostsdir)",
    f"name it in the site file: {SETTING}: {{}}",
)
_HEAD = "# Written by Phoenix Sync from the site's files; what is changed here by hand does not stay.\n"


class Dnsmasq(DnsBackend):
    """Dnsmasq reads a changed file at once, so whatever it does not answer is a fault."""

    name = "dnsmasq"
    silence_is_failure = True
    told_by = "written"
    target = RecordsTarget(
        "dnsmasq_target", "dnsmasq-target", "SSH for dnsmasq's file", "dnsmasq's directory", CONSUMER
    )

    def publication(
        self, configuration: Configuration, records: Iterable[DnsRecord], findings: Findings
    ) -> DnsPublication:
        """Return the file."""
        target = configuration.site.dns_server.target
        if not target:
            findings.error(
                "the back end dnsmasq needs a directory for its hosts file",
                configuration.locate("site", "dns_server", "backend"),
                seen="no `dns_server.target`",
                expected="the hostsdir of dnsmasq, as a path, ssh://user@host/dir or pct://user@proxmox-host/CTID/dir",
                next_step="write `target` beside `backend`",
            )
            return DnsPublication(self.name)
        if configuration.settings.dns_server is None:
            findings.warning(
                "nobody is asked whether the records are answered",
                configuration.locate("site", "dns_server", "backend"),
                seen="no phoenix:dnsServer",
                next_step="pulumi config set phoenix:dnsServer ADDRESS_OF_DNSMASQ",
            )
        lines = [f"{record.ip} {record.hostname}\n" for record in records]
        lines += [f"{entry.address} {' '.join(entry.names)}\n" for entry in static_entries(configuration)]
        return DnsPublication(self.name, target, "".join([_HEAD, *lines]))

    def recorded_as(self, _node: str) -> str:
        """Return the one file."""
        return RESOURCE

    def published(self, outputs: StoredProperties) -> dict[str, str] | None:
        """Read what was written last, whatever stands there now."""
        text = outputs.get(self.told_by)
        return None if text is None else {name: entry.address for entry in read_hosts(text) for name in entry.names}

    def advice(self, host: str) -> str:
        """Look whether it watches the directory."""
        return f"look on {host} whether dnsmasq runs with hostsdir set to the directory of dns_server.target"
