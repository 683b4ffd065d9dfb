"""Names and stacks that older revisions of an installation declare in files of their own, and the new files do not."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_interface
from pathlib import Path

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.file_content import FileContent
from phoenix_providers.models.files.discovery import discover
from phoenix_providers.models.files.reading import read_document
from phoenix_providers.models.files.stack_list import STACKS_FILE, as_folder, listed_stacks
from phoenix_providers.models.guest import VirtualMachine
from phoenix_providers.planning.site_plan import SitePlan


def zone_names(source: Path, plan: SitePlan) -> Iterator[str]:
    """Yield the names of `authoritative_zones` that are not declared, or lead elsewhere now, with what keeps them."""
    layout, _ = discover(source)
    file = layout.files.get("site") if layout else None
    document = read_document(file).document if file else None
    server = document.data.get("dns_server") if document else None
    zones = server.get("authoritative_zones") if isinstance(server, dict) else None
    declared = {record.hostname: record.ip for record in plan.dns}
    missing: dict[str, list[str]] = {}
    for zone in _mappings(zones):
        for record in _mappings(zone.get("records")):
            name = f"{record.get('hostname')}.{zone.get('zone_name')}".lower()
            address = _address(record.get("ip_internal") or record.get("ip_external"))
            if address is None or declared.get(name) == address:
                continue
            if name in declared:
                yield f"{name} was {address} in a zone, and is {declared[name]} now"
            elif name not in missing.setdefault(address, []):
                missing[address].append(name)
    for address, names in missing.items():
        yield (
            f"{', '.join(names)}: of a zone; to keep {'them' if len(names) > 1 else 'it'}, in config/site.yaml: "
            f"dns_server: {{static_hosts: [{{address: {address}, hostnames: [{', '.join(names)}]}}]}}"
        )


def stacks_of_list(source: Path, old: Configuration) -> Iterator[str]:
    """Yield the stacks that only the list of older revisions has, with what makes a folder of each."""
    layout, _ = discover(source)
    for name, entry in listed_stacks(layout.folder).items() if layout else ():
        if name not in old.stacks:
            yield f"stack {name}: only {STACKS_FILE} has it; {as_folder(old.folder, name, entry)}"


def rules_switched_off(old: Configuration) -> Iterator[str]:
    """Yield the guests whose rules the scripts wrote into the datacenter's list although their firewall is off."""
    for guest in old.guests:
        firewall = guest.firewall
        if firewall.rules and not firewall.enabled and "enabled" in firewall.model_fields_set:
            many = len(firewall.rules) > 1
            count, them = f"{len(firewall.rules)} firewall rule{'s' * many}", "them" if many else "it"
            file = "vms.yaml" if isinstance(guest, VirtualMachine) else "lxcs.yaml"
            yield (
                f"{count} of {guest.name}, whose firewall is switched off: the scripts' list on Proxmox has {them} all "
                f"the same, and `phoenix adopt` keeps {them} in config/site.yaml; for the guest itself: `enabled: true`"
                f" in config/{file}"
            )


def _mappings(value: object) -> Iterator[FileContent]:
    yield from (item for item in (value if isinstance(value, list) else ()) if isinstance(item, dict))


def _address(value: object) -> str | None:
    try:
        return str(ip_interface(str(value)).ip)
    except ValueError:
        return None
