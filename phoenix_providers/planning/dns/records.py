"""DNS records: one address per name, the first one wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Guest, TraefikService, VirtualMachine
from phoenix_providers.models.location import Location
from phoenix_providers.planning.addresses import (
    address_of,
    gateway_address,
    is_address,
    override,
    override_advice,
    removal_advice,
)
from phoenix_providers.planning.dns.backends.table import backend_of
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.names import guest_host, is_host_name, qualified
from phoenix_providers.planning.site_plan import ADDRESS, DnsRecord
from phoenix_providers.planning.stacks.environments import agent_host

# Reached on its own VM, since agents are spoken to directly.
_AGENT_SERVICE = "portainer-agent"
_GATEWAY = f"pulumi config set phoenix:gateway {ADDRESS}"


@dataclass(frozen=True)
class _Wish:
    """A record that something asks for; `address` None means the gateway, `of_guest` that it is NAME.DOMAIN."""

    name: str
    address: str | None
    asked_by: str
    place: Location | None = None
    of_guest: bool = False
    mended_by: str = _GATEWAY


def dns_records(
    configuration: Configuration, routed: Mapping[str, tuple[str, ...]], findings: Findings
) -> tuple[DnsRecord, ...]:
    """Return all records in the order in which they are derived; none where none shall be published.

    Args:
        configuration: What the files say.
        routed: Host names of the labels in each stack folder's manifest, by folder.
        findings: Takes names that get no record.
    """
    if not backend_of(configuration).publishes:
        return ()
    wishes = [
        *_routed(configuration, routed),
        *_services(configuration),
        *_guests(configuration),
        *_agents(configuration),
        *_own_records(configuration, findings),
    ]
    needed = any(wish.address is None for wish in wishes)
    gateway = gateway_address(configuration, findings, needed=needed)
    records: dict[str, DnsRecord] = {}
    for wish in [*wishes, *(_Wish(name, None, "every site has it") for name in ("portainer", "traefik"))]:
        # An agent that is known by its address needs no name.
        name = None if is_address(wish.name) else _full_name(wish, configuration.site.domain_name, findings)
        address = wish.address or gateway
        if name is not None and address is not None:
            records.setdefault(name, DnsRecord(name, address, wish.mended_by, wish.place, wish.asked_by))
    return tuple(records.values())


def _routed(configuration: Configuration, routed: Mapping[str, tuple[str, ...]]) -> Iterator[_Wish]:
    for folder in sorted(routed):
        for name in routed[folder]:
            if "*" not in name:
                place = configuration.locate(f"stacks/{folder}", "environments")
                yield _Wish(name, None, f"a route of stack {folder}", place)


def _services(configuration: Configuration) -> Iterator[_Wish]:
    for guest in configuration.guests:
        service = guest.traefik_service
        if service is None:
            continue
        place = configuration.locate(*guest.declared_at, "traefik_service", "name")
        if not isinstance(guest, VirtualMachine):
            yield from _of_container(configuration, guest, service, place)
        elif service.name.lower() != _AGENT_SERVICE:
            yield _Wish(service.name, None, _service_of(guest), place, of_guest=True)
        elif (address := address_of(configuration, guest)) is not None:
            mended_by = _other_name(place)
            yield _Wish(service.name, address, _service_of(guest), place, of_guest=True, mended_by=mended_by)


def _of_container(
    configuration: Configuration, guest: Guest, service: TraefikService, place: Location | None
) -> Iterator[_Wish]:
    """Lead to the gateway, as the route wants it; files of the old spelling keep the rule of the old scripts.

    Where the guest itself has no fixed address, an override under the service's name is that of the back end.
    """
    own, chosen = address_of(configuration, guest), override(configuration, service.name)
    if configuration.old_spelling:
        if address := chosen or own:
            advice = override_advice(configuration, service.name, ADDRESS)
            yield _Wish(service.name, address, _service_of(guest), place, of_guest=True, mended_by=advice)
    elif guest.address and chosen:
        advice = removal_advice(configuration, service.name)
        yield _Wish(service.name, chosen, _service_of(guest), place, of_guest=True, mended_by=advice)
    elif own or chosen:
        yield _Wish(service.name, None, _service_of(guest), place, of_guest=True)


def _service_of(guest: Guest) -> str:
    return f"traefik_service of {guest.name}"


def _guests(configuration: Configuration) -> Iterator[_Wish]:
    for guest in configuration.guests:
        if (address := address_of(configuration, guest)) is not None:
            place = configuration.locate(*guest.declared_at, "name")
            asked_by, mended_by = f"the guest {guest.name}", _other_name(place)
            yield _Wish(guest.name, address, asked_by, place, of_guest=True, mended_by=mended_by)


def _agents(configuration: Configuration) -> Iterator[_Wish]:
    for vm in configuration.vms:
        if vm.portainer_role == "agent" and (address := address_of(configuration, vm)) is not None:
            place = configuration.locate(*vm.declared_at, "portainer_agent_hostname")
            host = agent_host(vm, configuration.site.domain_name)
            yield _Wish(host, address, f"the agent on {vm.name}", place, mended_by=_other_name(place))


def _own_records(configuration: Configuration, findings: Findings) -> Iterator[_Wish]:
    for guest in configuration.guests:
        for index, record in enumerate(guest.dns_records):
            place = configuration.locate(*guest.declared_at, "dns_records", index)
            address = record.ip or address_of(configuration, guest)
            if address is None:
                findings.warning(
                    f"{guest.name} has no fixed address, so its record {record.hostname} is left out",
                    place,
                    expected="an `ip` in the record, or an address for the guest",
                )
                continue
            asked_by, mended_by = f"dns_records of {guest.name}", f"write `ip: {ADDRESS}` at {place}"
            yield _Wish(record.hostname, address, asked_by, place, mended_by=mended_by)


def _other_name(place: Location | None) -> str:
    return f"give the route another name, or what is called so at {place}"


def _full_name(wish: _Wish, domain: str, findings: Findings) -> str | None:
    name = guest_host(wish.name, domain) if wish.of_guest else qualified(wish.name, domain)
    if name is None:
        findings.warning(
            f"{wish.name} gets no record: it is no name of {domain}",
            wish.place,
            seen=wish.name,
            expected=f"a name below {domain}, or a record of yours elsewhere",
        )
    elif not is_host_name(name):
        findings.warning(f"{wish.name} gets no record: it is no host name", wish.place, seen=wish.name)
        return None
    return name
