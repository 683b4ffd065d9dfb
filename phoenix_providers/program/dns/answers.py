"""Step 4, answers: the DNS server is asked for every record, behind all that publishes them."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from phoenix_providers.program.site import Site, after
from phoenix_providers.program.tree import CORE_INFRASTRUCTURE
from phoenix_providers.resources.dns_answers import DnsAnswers


def declare(site: Site, core: Iterable[pulumi.Resource]) -> DnsAnswers | None:
    """Declare what asks for every record, behind all of step 4; None if it is not known whom to ask."""
    server = site.settings.dns_server
    if server is None or not site.plan.dns or not site.declares("dns-answers"):
        return None
    return DnsAnswers(
        "dns-answers",
        server=server,
        backend=site.plan.publication.backend,
        records={record.hostname: record.ip for record in site.plan.dns},
        opts=after(core, site.tree.inside(CORE_INFRASTRUCTURE)),
    )
