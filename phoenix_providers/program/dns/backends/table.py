"""What each back end declares, by its word in the site file."""

from __future__ import annotations

from collections.abc import Mapping

from phoenix_providers.program.dns.backends.declaring import Declaring
from phoenix_providers.program.dns.backends.dnsmasq import DnsmasqFile
from phoenix_providers.program.dns.backends.hosts import HostsFiles

DECLARING: Mapping[str, Declaring] = {
    "dnsmasq": DnsmasqFile(),
    "hosts": HostsFiles(),
    "none": Declaring(),
}
