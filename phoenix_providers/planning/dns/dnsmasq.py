"""The back end dnsmasq: a hosts file of our own in a directory that it watches (`hostsdir`)."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.planning.dns.hosts_entries import static_entries
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.site_plan import DnsmasqPlan, DnsRecord

# Dnsmasq leaves out names that begin with a dot or end with ~, and reads everything else.
RECORDS_FILE = "phoenix-records.hosts"
_HEAD = "# Written by Phoenix Sync from the site's files; what is changed here by hand does not stay.\n"


def dnsmasq_plan(configuration: Configuration, records: Iterable[DnsRecord], findings: Findings) -> DnsmasqPlan | None:
    """Return the file; None with the back end `hosts`, and with an error when it is not known where it goes."""
    declared = configuration.site.dns_server
    if declared.backend != "dnsmasq":
        return None
    if not declared.target:
        findings.error(
            "the back end dnsmasq needs a directory for its hosts file",
            configuration.locate("site", "dns_server", "backend"),
            seen="no `dns_server.target`",
            expected="the hostsdir of dnsmasq, as a path, ssh://user@host/dir or pct://user@proxmox-host/CTID/dir",
            next_step="write `target` beside `backend`",
        )
        return None
    if configuration.settings.dns_server is None:
        findings.warning(
            "nobody is asked whether the records are answered",
            configuration.locate("site", "dns_server", "backend"),
            seen="no phoenix:dnsServer",
            next_step="pulumi config set phoenix:dnsServer ADDRESS_OF_DNSMASQ",
        )
    lines = [f"{record.ip} {record.hostname}\n" for record in records]
    lines += [f"{entry.address} {' '.join(entry.names)}\n" for entry in static_entries(configuration)]
    return DnsmasqPlan(declared.target, "".join([_HEAD, *lines]))
