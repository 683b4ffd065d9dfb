"""A node's hosts file as it is: what in it is the system's, whose the rest is, and what would be lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from phoenix_providers.planning.site_plan import HostsEntry

# As every Debian has them, under whatever address.
_SYSTEM_NAMES = frozenset(
    {
        "localhost",
        "localhost.localdomain",
        "localhost4",
        "localhost6",
        "ip6-localhost",
        "ip6-loopback",
        "ip6-localnet",
        "ip6-mcastprefix",
        "ip6-allnodes",
        "ip6-allrouters",
        "ip6-allhosts",
    }
)


def read_hosts(text: str) -> tuple[HostsEntry, ...]:
    """Return the entries of a hosts file; comments go, and so does what stands behind a `#`."""
    entries = []
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        if address and names:
            entries.append(HostsEntry(address, tuple(names)))
    return tuple(entries)


def foreign_entries(entries: Iterable[HostsEntry], node: str, domain: str) -> tuple[HostsEntry, ...]:
    """Return what is neither the system's, nor the node's own line, nor below the domain; order kept."""
    kept = []
    for entry in entries:
        names = tuple(name for name in entry.names if not _is_known(name, entry, node, domain))
        if names:
            kept.append(HostsEntry(entry.address, names))
    return tuple(kept)


def lost_entries(
    entries: Iterable[HostsEntry], wanted: Iterable[Sequence[str]], node: str, domain: str
) -> tuple[HostsEntry, ...]:
    """Return what a new file with the `wanted` lines would not have any more, names below the domain included."""
    kept = {(address, name) for address, *names in wanted for name in names}
    lost = []
    for entry in entries:
        names = tuple(
            name
            for name in entry.names
            if name not in _SYSTEM_NAMES and not _is_node(name, entry, node) and (entry.address, name) not in kept
        )
        if names:
            lost.append(HostsEntry(entry.address, names))
    return tuple(lost)


def _is_known(name: str, entry: HostsEntry, node: str, domain: str) -> bool:
    ours = name == domain or name.endswith(f".{domain}")
    return ours or name in _SYSTEM_NAMES or _is_node(name, entry, node)


def _is_node(name: str, entry: HostsEntry, node: str) -> bool:
    """Whether a name is the node's own, with whatever domain it was installed."""
    return node in entry.names and (name == node or name.startswith(f"{node}."))
