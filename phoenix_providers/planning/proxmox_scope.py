"""The places on Proxmox that have settings of their own: the cluster, each node, each guest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from phoenix_providers.models.engine_properties import Properties, StoredProperties

Kind = Literal["cluster", "node", "vm", "lxc"]

_RULES = "proxmoxve:firewall/rulesLegacy:RulesLegacy"
# Resources of the Proxmox plugin that older versions declared; their deletion asks nothing of Proxmox.
RETIRED_TYPES = frozenset(
    {"proxmoxve:cluster/firewallLegacy:FirewallLegacy", "proxmoxve:firewall/optionsLegacy:OptionsLegacy"}
)
_HOSTS = "proxmoxve:index/hostsLegacy:HostsLegacy"
_RESOLVER = "proxmoxve:index/dnsLegacy:DnsLegacy"


@dataclass(frozen=True)
class Import:
    """What `pulumi import` needs to know of one resource."""

    type: str
    name: str
    id: str


@dataclass(frozen=True)
class ProxmoxScope:
    """One place; `node` is empty for the cluster, `guest_id` is 0 unless it is a guest."""

    kind: Kind
    node: str = ""
    guest_id: int = 0

    @property
    def suffix(self) -> str:
        """What stands behind the @ of its resources' names.

        Of a guest it is the number alone: its firewall is one file, whatever node it is asked through.
        """
        if self.kind == "cluster":
            return "cluster"
        return self.node if self.kind == "node" else str(self.guest_id)

    @property
    def title(self) -> str:
        """Its name in messages."""
        if self.kind == "cluster":
            return "the datacenter"
        return f"the node {self.node}" if self.kind == "node" else f"the guest {self.guest_id}"

    @property
    def path(self) -> str:
        """Its place in the API; the datacenter's is `cluster`."""
        if self.kind == "cluster":
            return "cluster"
        if self.kind == "node":
            return f"nodes/{self.node}"
        return f"nodes/{self.node}/{'qemu' if self.kind == 'vm' else 'lxc'}/{self.guest_id}"

    @property
    def permission_path(self) -> str:
        """Its place among Proxmox's permissions."""
        if self.guest_id:
            return f"/vms/{self.guest_id}"
        return f"/nodes/{self.node}" if self.kind == "node" else "/"

    @property
    def imports(self) -> tuple[Import, ...]:
        """All resources of the Proxmox plugin that may be declared for it."""
        if self.kind == "cluster":
            return (Import(_RULES, "rules@cluster", "cluster"),)
        if self.kind == "node":
            return (
                Import(_HOSTS, f"hosts@{self.node}", self.node),
                Import(_RESOLVER, f"resolver@{self.node}", self.node),
            )
        place = f"{'vm' if self.kind == 'vm' else 'container'}/{self.node}/{self.guest_id}"
        return (Import(_RULES, f"rules@{self.suffix}", place),)

    def managed(self, files: Collection[str] = ()) -> tuple[str, ...]:
        """Return the names of its resources; of a node's two files only those that are ours."""
        if self.kind != "node":
            return f"rules@{self.suffix}", f"firewall@{self.suffix}"
        return tuple(one.name for one in self.imports if one.name.partition("@")[0] in files)

    def first_written(self, files: Collection[str], recorded: Collection[str]) -> tuple[str, ...]:
        """Return the names of those that this run would write over what nobody has taken over yet.

        Options are taken over together with the rules, which come first: they cannot be imported.
        """
        names = tuple(name for name in self.managed(files) if name not in recorded)
        return names if self.kind == "node" or f"rules@{self.suffix}" in names else ()

    def as_input(self) -> Properties:
        """Return it as a property of a resource."""
        return {"kind": self.kind, "node": self.node, "guest_id": self.guest_id}

    @classmethod
    def from_input(cls, value: StoredProperties) -> ProxmoxScope:
        """Read what `as_input` gave; numbers may have become floats on the way."""
        return cls(value["kind"], str(value.get("node") or ""), int(value.get("guest_id") or 0))

    @classmethod
    def of_guest(cls, path: str) -> ProxmoxScope:
        """Return the place of a guest, from its path in the API."""
        _, node, kind, number = path.split("/")
        return cls("vm" if kind == "qemu" else "lxc", node, int(number))
