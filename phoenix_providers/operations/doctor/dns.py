"""Whether the DNS server answers, and whether its records can be put where it reads them."""

from __future__ import annotations

from phoenix_providers.clients.dns.name_server import open_name_server
from phoenix_providers.operations.doctor.case import Case
from phoenix_providers.planning.dns.backends.table import BACKENDS
from phoenix_providers.planning.doctor.finding import Finding, not_configured, ok, skipped

_SECONDS = 3.0


def dns_answers(case: Case) -> Finding:
    """Ask the configured server, else the Proxmox host, for one name of ours."""
    server = case.dns_server
    setting = "pulumi config set phoenix:dnsServer ADDRESS"
    if not case.settings.dns_server and case.plan is not None and not BACKENDS[case.plan.publication.backend].publishes:
        return skipped("names are somebody else's (dns_server.backend: none), and phoenix:dnsServer is not set")
    if not server:
        return not_configured("phoenix:dnsServer", setting, needed=False, what="Nobody can tell whether names resolve")
    name = next((record.hostname for record in case.plan.dns), "") if case.plan else ""
    known = open_name_server(server, _SECONDS).addresses(name or "example.org")
    whose = "" if case.settings.dns_server else ", on the Proxmox host"
    if not name:
        return ok(f"{server}{whose} answers")
    return ok(f"{server}{whose}: {name} → {', '.join(known) if known else 'no address yet'}")


def records_target(case: Case) -> Finding:
    """Look whether the DNS server's folder can be written to, where there is one."""
    if case.plan is None or case.configuration is None:
        return skipped("the files cannot be read")
    target = BACKENDS[case.plan.publication.backend].target
    address = case.plan.publication.target
    if target is None or not address:
        return ok(f"records go to {case.plan.publication.backend}")
    where = address if "://" in address else str(case.configuration.folder / address)
    case.clients.delivery(where, target.consumer).check()
    return ok(where)
