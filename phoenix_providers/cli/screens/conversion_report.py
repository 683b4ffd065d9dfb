"""What a conversion says: what is proven, what is open, and what is not as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from phoenix_providers.cli.new_site.conversion import Conversion
from phoenix_providers.cli.new_site.not_carried import rules_switched_off, stacks_of_list, zone_names
from phoenix_providers.planning.discovery.script_constants import host_address
from phoenix_providers.planning.dns.generated_names import GENERATED_NAMES, REMOVAL
from phoenix_providers.planning.firewall.stack_openings import stack_openings
from phoenix_providers.planning.site.derive import plan_site


def verdict(conversion: Conversion, source: Path, folder: Path) -> Iterator[str]:
    """Say what has been compared; while a question is open that decides what is declared, nothing is proven."""
    old = conversion.old
    counts = f"{len(old.lxcs)} containers, {len(old.vms)} VMs, {len(old.stacks)} stacks"
    deciding = [question.setting for question in conversion.questions if question.decides]
    if deciding:
        yield f"{folder}/config has what {source} has: {counts}. Both render the same."
        yield f"Whether that is what the old scripts did is open: {', '.join(deciding)} (see the questions below)."
    else:
        yield f"{folder}/config declares what {source} declares: {counts}. Proven by comparing what both render."


def changes(conversion: Conversion, source: Path) -> Iterator[str]:
    """Say what the files did not say before, what will be opened, and what is not carried."""
    old = conversion.old
    plan = plan_site(old)
    if conversion.resolver:
        servers = ", ".join(conversion.resolver)
        yield f"config/site.yaml has the resolver that the scripts wrote to resolv.conf: {servers}"
    if old.old_spelling and (openings := list(stack_openings(old, plan.firewall))):
        yield "New openings: no sync of the scripts made these rules of manifests; the first `pulumi up` will:"
        blocked = {stack.name for stack in plan.stacks if stack.blocking}
        for opening in openings:
            yield f"  {opening.text}" + (" not yet: the stack is blocked" if opening.stack in blocked else "")
        yield "  (what shall stay closed: take it out of `firewall_rules` in config/stacks/)"
    switched_off = rules_switched_off(old) if old.old_spelling else ()
    if lines := [*zone_names(source, plan), *stacks_of_list(source, old), *switched_off]:
        yield "Not carried:"
        yield from (f"  {line}" for line in lines)
    if old.old_spelling and old.site.dns_server.enabled:
        yield f"The scripts' dnsmasq goes on answering the names of {GENERATED_NAMES}; after the first `pulumi up`,"
        yield f"on the Proxmox host {host_address(old)}: {REMOVAL}"


def questions(conversion: Conversion) -> Iterator[str]:
    """Yield what has to be answered, with the command that does."""
    if not conversion.questions:
        return
    yield "Questions that the old files do not answer:"
    for question in conversion.questions:
        yield f"  {question.text}"
        yield f"    {question.command}" + ("   # is it this one?" if question.suggestion else "")
