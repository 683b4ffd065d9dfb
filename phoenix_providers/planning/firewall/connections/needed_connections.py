"""The connections that a change of the firewall must not cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_interface
from urllib.parse import urlsplit

from phoenix_providers.models.addresses import address_and_port
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.addresses import address_of, is_address, node_interfaces, traefik_guest
from phoenix_providers.planning.firewall.connections.product_connections import (
    Product,
    is_to_product,
    product_connections,
)
from phoenix_providers.planning.site_plan import Connection, EnvironmentPlan

_API_PORT, _SSH_PORT, _DNS_PORT = 8006, 22, 53
# Source, final address and port of a connection to a product, as this machine sees them; the source may be empty.
Ends = Callable[[Connection], tuple[str, str, int]]


def needed_connections(
    configuration: Configuration,
    environments: Iterable[EnvironmentPlan],
    routes: Iterable[DynamicConfiguration],
    others: Iterable[Product] = (),
) -> tuple[Connection, ...]:
    """Return them: sync to nodes and products, Portainer to agents, Traefik to back ends, guests to DNS; each once.

    The sync's own address is left empty, and that of the settings' node where the site does not name it.

    Args:
        configuration: What the files say.
        environments: Where agents are.
        routes: What leads to back ends.
        others: Products that not every site has.
    """
    found = [
        *_to_nodes(configuration),
        *_to_products(configuration, others),
        *_to_agents(configuration, environments),
        *_to_backends(configuration, routes),
        *_to_dns(configuration),
    ]
    nodes = _nodes(configuration)
    homes = {guest.id: guest.node for guest in configuration.guests if guest.node in nodes}
    senders = {address: node for node, address in nodes.items() if address}
    placed = [
        replace(one, node=senders[one.source], from_node=True)
        if one.source in senders
        else replace(one, node=homes.get(one.to_guest) or one.node)
        for one in found
    ]
    return tuple({connection.name: connection for connection in placed}.values())


def completed(
    connections: Iterable[Connection],
    here: str,
    there: str,
    guests: Mapping[str, int],
    ends: Ends = lambda one: ("", one.dest, one.port),
) -> list[Connection]:
    """Fill in what only this machine knows; one that stays without an end is left out.

    Args:
        connections: Those that are needed.
        here: This machine's address; the same as `there` where this machine is the settings' node, whatever it calls
            itself, unless it is the address of another.
        there: The address of the Proxmox that is asked.
        guests: Number of the guest by address; this machine may be one.
        ends: Finds both ends of a connection to a product; an empty source is `here`.
    """
    found = [replace(one, dest=one.dest or there) for one in connections]
    nodes = {one.node: one.dest for one in found if _is_to_node(one)}
    itself = here
    if here == there and here not in nodes.values():
        here = nodes.get("", here)
    by_address = {address: node for node, address in nodes.items()}
    completed = []
    for one in found:
        if is_to_product(one):
            source, dest, port = ends(one)
            source = here if source in ("", itself) else source
            completed.append(_to_product(replace(one, port=port), source, dest, guests, by_address))
        elif not one.source:
            completed.append(replace(one, source=here, from_guest=guests.get(here, 0)))
        else:
            completed.append(one)
    return [one for one in completed if one.source and one.dest and not (one.to_guest and one.source == one.dest)]


def _is_to_node(one: Connection) -> bool:
    return not one.source and one.name.partition("@")[0] in ("api", "ssh")


def _to_product(
    one: Connection, source: str, dest: str, guests: Mapping[str, int], nodes: Mapping[str, str]
) -> Connection:
    """Fill in both ends; a node that sends is the one by whose firewall it is judged, else the one that is reached."""
    if not is_address(dest):
        return replace(one, dest="")
    to_guest = one.to_guest or guests.get(dest, 0)
    from_node = source in nodes and source != dest
    node = nodes[source] if from_node else one.node if to_guest else nodes.get(dest, one.node)
    from_guest = guests.get(source, 0)
    return replace(
        one, source=source, dest=dest, node=node, from_guest=from_guest, to_guest=to_guest, from_node=from_node
    )


def back_ends(routes: DynamicConfiguration) -> Iterator[tuple[str, int, str]]:
    """Give address, port and protocol of every server to which routes lead."""
    for url, proto in _servers(routes):
        address, port = _host_and_port(url)
        if port:
            yield address, port, proto


def guests_by_address(configuration: Configuration) -> dict[str, int]:
    """Return the number of each guest whose address is known."""
    found = ((address_of(configuration, guest), guest.id) for guest in configuration.guests)
    return {address: number for address, number in found if address is not None}


def _nodes(configuration: Configuration) -> dict[str, str]:
    """Return each node's address; the name of the settings' node is empty, as `Connection.node` wants it."""
    interfaces = node_interfaces(configuration).items()
    addresses = {name: str(ip_interface(interface).ip) for name, interface in interfaces if interface}
    own = addresses.pop(configuration.settings.node, "")
    return {"": own, **addresses}


def _to_nodes(configuration: Configuration) -> Iterator[Connection]:
    api, ssh = "the Proxmox API, from where the sync runs", "SSH to the node, from where the sync runs"
    for node, address in _nodes(configuration).items():
        name = node or configuration.settings.node
        yield Connection(f"api@{name}", api, "", address, "tcp", _API_PORT, node=node)
        yield Connection(f"ssh@{name}", ssh, "", address, "tcp", _SSH_PORT, node=node)


def _to_products(configuration: Configuration, others: Iterable[Product]) -> Iterator[Connection]:
    guests, nodes = guests_by_address(configuration), {it: name for name, it in _nodes(configuration).items() if it}
    for one in product_connections(configuration, others):
        yield replace(one, to_guest=guests.get(one.dest, 0), node=nodes.get(one.dest, ""))


def _to_agents(configuration: Configuration, environments: Iterable[EnvironmentPlan]) -> Iterator[Connection]:
    server = configuration.site.network.portainer_server_ip
    if server is None:
        return
    source = guests_by_address(configuration).get(server, 0)
    for environment in environments:
        address, port = _host_and_port(environment.url_by_address)
        if environment.role == "agent" and address:
            what = f"the agent on {environment.vm_name}, from Portainer"
            name = f"agent@{environment.vmid}"
            yield Connection(name, what, server, address, "tcp", port, source, environment.vmid)


def _to_backends(configuration: Configuration, routes: Iterable[DynamicConfiguration]) -> Iterator[Connection]:
    guest = traefik_guest(configuration)
    source = address_of(configuration, guest) if guest else None
    if guest is None or source is None:
        return
    guests = guests_by_address(configuration)
    for address, port, proto in _backends(routes, guests):
        if address != source:
            what = f"the back end {address}:{port}, from Traefik"
            name = _backend_name(guests[address], port, proto)
            yield Connection(name, what, source, address, proto, port, guest.id, guests[address])


def backend_names(routes: Iterable[DynamicConfiguration], guests: Mapping[str, int]) -> frozenset[str]:
    """Return the names of the connections that routes need, given each guest's number by its address."""
    return frozenset(_backend_name(guests[address], port, proto) for address, port, proto in _backends(routes, guests))


def _backends(routes: Iterable[DynamicConfiguration], guests: Mapping[str, int]) -> Iterator[tuple[str, int, str]]:
    return (end for route in routes for end in back_ends(route) if end[0] in guests)


def _backend_name(guest: int, port: int, proto: str) -> str:
    return f"backend@{guest}:{port}" + ("" if proto == "tcp" else f"/{proto}")


def _to_dns(configuration: Configuration) -> Iterator[Connection]:
    server = _dns_server(configuration)
    guests = guests_by_address(configuration)
    node = next((name for name, address in _nodes(configuration).items() if address == server), "")
    for guest in configuration.guests if server else ():
        address = address_of(configuration, guest)
        if address is not None and address != server:
            to_guest = guests.get(server, 0)
            what = f"DNS on {f'the guest {to_guest}' if to_guest else 'the node'}, from {guest.name}"
            yield Connection(f"dns@{guest.id}", what, address, server, "udp", _DNS_PORT, guest.id, to_guest, node)


def _dns_server(configuration: Configuration) -> str:
    """Return whom guests ask, as far as that is behind the firewall; empty where nobody of ours is asked.

    A port in the settings is for this machine alone: a guest's resolver knows only the usual one.
    """
    nodes = _nodes(configuration)
    if chosen := configuration.settings.dns_server:
        host, _ = address_and_port(chosen, _DNS_PORT)
        return host if host in nodes.values() or host in guests_by_address(configuration) else ""
    return nodes[""] if configuration.site.dns_server.enabled else ""


def _servers(route: DynamicConfiguration) -> Iterator[tuple[str, str]]:
    for section, proto in (("http", "tcp"), ("tcp", "tcp"), ("udp", "udp")):
        for service in (route.get(section) or {}).get("services", {}).values():
            for server in (service.get("loadBalancer") or {}).get("servers") or ():
                yield str(server.get("url") or server.get("address") or ""), proto


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url if "://" in url else f"tcp://{url}")
    try:
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return "", 0
    host = parts.hostname or ""
    return (host, port) if re.search(r"[.:]", host) else ("", 0)
