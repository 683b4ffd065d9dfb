"""The back end `dnsmasq`: its file."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from phoenix_providers.planning.dns.backends.dnsmasq import RECORDS_FILE, RESOURCE
from phoenix_providers.program.dns.backends.declaring import Declaring
from phoenix_providers.program.site import Site, after
from phoenix_providers.program.tree import CORE_INFRASTRUCTURE
from phoenix_providers.resources.dnsmasq_records import DnsmasqRecords


class DnsmasqFile(Declaring):
    """Nothing is on the nodes."""

    def elsewhere(self, site: Site, before: Iterable[pulumi.Resource]) -> list[pulumi.Resource]:
        """Declare the file behind all guards: a refused run must not have changed DNS."""
        if not site.declares(RESOURCE):
            return []
        text, options = site.plan.publication.text, after(before, site.tree.inside(CORE_INFRASTRUCTURE))
        return [DnsmasqRecords(RESOURCE, target=site.records_target, file=RECORDS_FILE, text=text, opts=options)]
