"""The firewall as it is and as it becomes, with the connections on which it decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from phoenix_providers.clients.delivery.open import end_over_ssh
from phoenix_providers.clients.probes.local_address import address_behind, address_towards, ends_of
from phoenix_providers.clients.proxmox.settings import ProxmoxSettings
from phoenix_providers.errors import ProductError, UnreachableError
from phoenix_providers.operations.proxmox.live_firewall import live_firewalls
from phoenix_providers.operations.proxmox.names_check import guests_with_names
from phoenix_providers.planning.addresses import is_address
from phoenix_providers.planning.firewall.asked_place import AskedPlace
from phoenix_providers.planning.firewall.connections.guest_ends import known_guests, unknown_ends, with_guests
from phoenix_providers.planning.firewall.connections.needed_connections import completed
from phoenix_providers.planning.firewall.connections.product_connections import is_over_ssh
from phoenix_providers.planning.firewall.lockout.evaluation import FirewallState, Level
from phoenix_providers.planning.firewall.lockout.lockout import Wanted
from phoenix_providers.planning.firewall.question import FirewallQuestion
from phoenix_providers.planning.firewall_name import FirewallName
from phoenix_providers.planning.proxmox.api_words import deciding_options, plain_rule
from phoenix_providers.planning.proxmox.firewall_options import SWITCHES
from phoenix_providers.planning.proxmox_scope import ProxmoxScope
from phoenix_providers.planning.site_plan import Connection

_AT_ONCE = 8


@dataclass(frozen=True)
class Outlook:
    """What each node's firewall has to decide.

    Attributes:
        firewalls: The firewall as it is, by node.
        node: The node of the settings.
        needed: The connections, complete.
        places: What is declared.
        names: Names that rules use, as they are declared.
        leaving: Resources of those that are declared no more.
    """

    firewalls: Mapping[str, FirewallState]
    node: str
    needed: tuple[Connection, ...]
    places: tuple[AskedPlace, ...]
    names: tuple[FirewallName, ...] = ()
    leaving: tuple[str, ...] = ()

    def by_node(self) -> Iterator[tuple[FirewallState, Wanted, list[Connection]]]:
        """Give each node's firewall with what it becomes and what it decides on."""
        found: dict[str, list[Connection]] = {}
        for one in self.needed:
            found.setdefault(self.judge_of(one), []).append(one)
        for node, needed in found.items():
            yield self.firewalls[node], self.wanted(node), needed

    def judge_of(self, connection: Connection) -> str:
        """Return the node by whose firewall a connection is judged."""
        return connection.node or self.node

    def wanted(self, node: str) -> Wanted:
        """Return what a node's firewall becomes."""
        levels = wanted_of(self.places, self.firewalls[node])
        return replace(levels, names=self.names, leaving=self.leaving)


def look_ahead(settings: ProxmoxSettings, question: FirewallQuestion) -> Outlook:
    """Read what decides: datacenter, nodes, guests that are declared, and those at either end of a connection.

    Args:
        settings: What is set on Proxmox.
        question: What is asked; where it is not known what the places become, they stay.
    """
    places, names = question.wanted or (), question.names
    needed = needed_from_here(question.proxmox, question.connections, question.sync_address, question.guests)
    declared = [place.scope for place in places if place.scope.guest_id]
    in_files = {*question.guests.values()}
    others, needed = _undeclared(settings, needed, in_files, {scope.guest_id for scope in declared})
    firewalls = live_firewalls(settings, question.networks, declared, others, guests_with_names(names))
    return Outlook(firewalls, question.node, tuple(needed), places, names.declared, names.leaving)


def needed_from_here(
    proxmox: str, connections: Iterable[Connection], given: str, guests: Mapping[str, int]
) -> list[Connection]:
    """Fill in what only this machine knows.

    Args:
        proxmox: URL of the API.
        connections: Those that are needed.
        given: This machine's address as Proxmox sees it; empty to find it out.
        guests: Number of the guest by address.
    """

    def ends(one: Connection) -> tuple[str, str, int]:
        host, port = one.dest, one.port
        if is_over_ssh(one) and not is_address(host):
            host, port = end_over_ssh(host, port)
        source, dest = ends_of(host, port)
        return given or source, dest, port

    here = given or address_towards(proxmox)
    return completed(connections, here, address_behind(proxmox), guests, ends)


def wanted_of(places: Iterable[AskedPlace], now: FirewallState) -> Wanted:
    """Return what the firewall becomes."""
    cluster, guests = now.cluster, {}
    for place in places:
        scope = place.scope
        level = becomes(now.guests[scope.guest_id] if scope.guest_id else now.cluster, place)
        if scope.guest_id:
            guests[scope.guest_id] = level
        else:
            cluster = level
    return Wanted(cluster, guests)


def becomes(before: Level, place: AskedPlace) -> Level:
    """Return what a place will be: as declared, but for what stays as it is, by the files' or for this run."""
    kept = place.kept
    rules = before.rules if "rules" in kept else tuple(plain_rule(rule) for rule in place.rules)
    staying = [SWITCHES[field] for field in kept if field in SWITCHES]
    changing = {key: value for key, value in place.options.items() if key not in staying}
    from_files = "rules" not in kept
    return Level(rules, deciding_options({**before.options, **changing}), from_files)


def _undeclared(
    settings: ProxmoxSettings, needed: list[Connection], in_files: set[int], declared: set[int]
) -> tuple[list[ProxmoxScope], list[Connection]]:
    """Return the guests at either end whose firewall nobody declares, and the connections with those by address."""
    addresses = unknown_ends(needed)
    if not addresses and known_guests(needed) <= declared:
        return [], with_guests(needed, {})
    live = settings.guest_paths()
    by_address: dict[str, int] = {}
    if addresses:
        strangers = [number for number in live if number not in in_files]
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            found = pool.map(lambda number: _addresses(settings, live[number]), strangers)
            by_address = {
                address: number for number, own in zip(strangers, found, strict=True) for address in own & addresses
            }
    needed = with_guests(needed, by_address)
    others = sorted((known_guests(needed) - declared) & live.keys())
    return [ProxmoxScope.of_guest(live[number]) for number in others], needed


def _addresses(settings: ProxmoxSettings, path: str) -> frozenset[str]:
    """Return nothing for a guest that is on its way out, or of which the token may not see that."""
    try:
        return settings.fixed_addresses(path)
    except UnreachableError:
        raise
    except ProductError:
        return frozenset()
