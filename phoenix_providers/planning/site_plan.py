"""What the configuration declares, derived: the data that all phases work from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from phoenix_providers.models.engine_properties import StoredProperties
    from phoenix_providers.models.firewall import FirewallRule
    from phoenix_providers.models.location import Location
    from phoenix_providers.models.problem import Problem
    from phoenix_providers.models.stack import SecretReference
    from phoenix_providers.models.traefik_records import DynamicConfiguration
    from phoenix_providers.planning.declared_guest import DeclaredGuest
    from phoenix_providers.planning.firewall_name import FirewallName, NameUse

# Why a stack that is held is left alone, and what becomes of its routes.
HELD = "held"
ROUTES_STAY = "stay"
ROUTES_WITHDRAWN = "withdraw"
# Stands in `DnsRecord.mended_by` for the address that is meant.
ADDRESS = "ADDRESS"


@dataclass(frozen=True)
class DnsRecord:
    """One name with its address; unique by name within a plan.

    Attributes:
        mended_by: What lets the name lead to another `ADDRESS`: a command or an edit.
        place: Where the files ask for it; None if nothing in them does by itself.
        asked_by: Who asks for it.
    """

    hostname: str
    ip: str
    mended_by: str = field(default="", compare=False)
    place: Location | None = field(default=None, compare=False)
    asked_by: str = field(default="", compare=False)


@dataclass(frozen=True)
class Resolver:
    """What a Proxmox node itself resolves with; up to three servers."""

    domain: str
    servers: tuple[str, ...]


@dataclass(frozen=True)
class HostsEntry:
    """One line of a hosts file."""

    address: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class NodePlan:
    """One Proxmox node's own files; empty and None where they are not ours."""

    name: str
    hosts: tuple[HostsEntry, ...]
    resolver: Resolver | None


@dataclass(frozen=True)
class DnsPublication:
    """Where records go.

    Attributes:
        backend: The word of the site file.
        target: Where they are delivered to, other than the nodes' hosts files; a directory that is relative begins at
            the site file. Empty where they are not.
        text: What is delivered there.
    """

    backend: str
    target: str = ""
    text: str = ""


@dataclass(frozen=True)
class OptionsPlan:
    """Options of one place's firewall, in Proxmox's words. What is in neither of the two stays what it is.

    Attributes:
        declared: What the files say.
        otherwise: What shall count although no file says it; not written where it counts anyhow.
    """

    declared: Mapping[str, str]
    otherwise: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GuestFirewallPlan:
    """Rules that live on a guest, and its options.

    Attributes:
        places: Where each of the rules stands in the files, as `Configuration.locate` takes it.
    """

    guest_id: int
    name: str
    node: str
    kind: Literal["vm", "lxc"]
    options: OptionsPlan
    rules: tuple[FirewallRule, ...]
    places: tuple[tuple[str | int, ...], ...] = ()


@dataclass(frozen=True)
class FirewallPlan:
    """The whole firewall.

    Attributes:
        guests: Empty with placement `cluster`, where all rules are in one list.
        places: Where each of the datacenter's rules stands in the files, as `Configuration.locate` takes it.
        names: Aliases, sets and groups that are declared, each before what may use it.
        uses: Where the files use names of which only Proxmox may know.
    """

    options: OptionsPlan
    cluster: tuple[FirewallRule, ...]
    guests: Mapping[int, GuestFirewallPlan]
    placement: Literal["guest", "cluster"] = "guest"
    places: tuple[tuple[str | int, ...], ...] = ()
    names: tuple[FirewallName, ...] = ()
    uses: tuple[NameUse, ...] = ()


@dataclass(frozen=True)
class EnvironmentPlan:
    """A Portainer environment.

    Attributes:
        url: `tcp://HOST:PORT`, or the local socket for the primary VM.
        named: Whether the configuration names it; a local one that it does not name keeps the name that it has.
        url_by_address: The same with the VM's IP, for as long as no record of HOST is published; empty if unknown.
        blocked: Why it stays as it is, with its stacks; empty when nothing is wrong with it.
        leaves: Whether the files have it no more, and it stays for stacks that cannot go yet.
    """

    vmid: int
    vm_name: str
    name: str
    role: Literal["primary", "agent"]
    url: str
    url_by_address: str = ""
    named: bool = True
    blocked: str = ""
    leaves: bool = False

    @property
    def resource_name(self) -> str:
        """Name in Pulumi; stays the same when the environment is renamed."""
        return f"environment@{self.vmid}"


@dataclass(frozen=True)
class RegistryPlan:
    """A private registry of images.

    Attributes:
        url: Its host, as it begins the names of images.
        secret: Name of the secret that is its password.
        stacks: The stacks (NAME@VMID) that use images of it.
        vmids: The VMs on which they run.
    """

    name: str
    url: str
    user: str
    secret: str
    stacks: tuple[str, ...] = ()
    vmids: tuple[int, ...] = ()

    @property
    def resource_name(self) -> str:
        """Name in Pulumi."""
        return f"registry@{self.name}"


@dataclass(frozen=True)
class StackPlan:
    """One stack on one VM.

    Attributes:
        project: Name at Portainer: `NAME-ENV`, normalised the way Portainer does it.
        compose: The text to deploy, labels and files injected; None when problems keep it from being made.
        variables: Value or secret by name, in file order.
        routes: The stack's share of Traefik's dynamic configuration (`http`, `tcp`, `udp`), maybe empty.
        bootstrap: Why it is never deployed through Portainer; empty for ordinary stacks.
        problems: What blocks this stack or its routes; empty when all is well. (Warnings are with the site's problems.)
        services: Services that run once it is deployed; those of profiles that are not chosen are left out.
        limits: Seconds that it may take (`timeout`) and has to stay healthy (`settle`), and whether its routes have to
            be answered (`probe`), where it says so.
        host_ports: Ports that it takes on its VM, as "8080/tcp", or "10.0.0.1:8080/tcp" on one address only.
        held: Whether it is left alone, since its manifest says so; empty, "stay" or "withdraw", as its routes do.
        labelled: Routes as its labels name them, as far as they can be read, also while it is blocked or held.
        label_places: Where its Traefik labels stand (`file:line`), by their lower-case keys without `traefik.`.
    """

    name: str
    vmid: int
    vm_name: str
    environment: str
    project: str
    compose: str | None
    variables: Mapping[str, str | SecretReference]
    routes: DynamicConfiguration
    bootstrap: str = ""
    problems: tuple[Problem, ...] = ()
    services: tuple[str, ...] = ()
    host_ports: tuple[str, ...] = ()
    limits: Mapping[str, float | str] = field(default_factory=dict)
    label_places: Mapping[str, str] = field(default_factory=dict)
    held: str = ""
    labelled: DynamicConfiguration = field(default_factory=dict)

    @property
    def resource_name(self) -> str:
        """Name in Pulumi and on the command line."""
        return f"{self.name}@{self.vmid}"

    @property
    def demands_answer(self) -> bool:
        """Whether a route without answer fails the run."""
        return self.limits.get("probe") == "required" and not self.held

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """The errors that keep it from being deployed; while there is one it stays untouched."""
        return tuple(problem for problem in self.problems if not problem.routes_only)

    @property
    def untouched(self) -> bool:
        """Whether nothing of it is changed in this run."""
        return bool(self.blocking) or bool(self.held)

    @property
    def keeps_routes(self) -> bool:
        """Whether its published routes stay as they are: they are blocked, alone or with the whole stack."""
        return bool(self.problems)

    @property
    def withdraws_routes(self) -> bool:
        """Whether it is left alone, and its routes are not published meanwhile."""
        return self.held == ROUTES_WITHDRAWN and not self.problems


@dataclass(frozen=True)
class Connection:
    """One connection that is needed.

    Attributes:
        name: How settings name it, for example "agent@111".
        what: The same for people.
        source: An address; empty for the machine that runs the sync.
        proto: "tcp" or "udp".
        from_guest: Number of the guest that opens it; 0 when it is none of ours.
        to_guest: Number of the guest that is reached; 0 for a node.
        node: By whose firewall it is judged; empty for the node of the settings.
        from_node: Whether a node itself opens it: the one by whose firewall it is judged.
    """

    name: str
    what: str
    source: str
    dest: str
    proto: str
    port: int
    from_guest: int = 0
    to_guest: int = 0
    node: str = ""
    from_node: bool = False

    def as_input(self) -> dict[str, object]:
        """Return it as a property of a resource."""
        return asdict(self)

    @classmethod
    def from_input(cls, value: StoredProperties) -> Connection:
        """Read what `as_input` gave; numbers may have become floats on the way."""
        return cls(
            name=str(value["name"]),
            what=str(value["what"]),
            source=str(value["source"]),
            dest=str(value["dest"]),
            proto=str(value["proto"]),
            port=int(value["port"]),
            from_guest=int(value.get("from_guest") or 0),
            to_guest=int(value.get("to_guest") or 0),
            node=str(value.get("node") or ""),
            from_node=bool(value.get("from_node")),
        )


@dataclass(frozen=True)
class SitePlan:
    """Everything that the configuration declares.

    Attributes:
        unknown_stacks: Stacks whose folder, manifest or routing rules are missing or could not be read. What they
            declare is unknown, not empty: records derived here may lack theirs, so none must be taken away.
        vms_in_doubt: VMs of which some stack's firewall rules are unknown; theirs must not be taken away.
        node: The node of guests that name none.
        nodes: Files of every node that is known.
        publication: Where the records go.
        connections: What no change of the firewall may cut.
        networks: Each known node's own network, for example "10.0.0.0/24"; empty if it is not known.
        guest_addresses: Number of the guest by address.
        guests: All guests that the files name.
        rule_places: Where rules of each guest (by number) and of the datacenter ("0") stand in the files, and each of
            their entries (see `rule_places`).
        contested: Whether several stacks want one name or one rule in Traefik, or one port; who has it keeps it, which
            only the state tells.
        standing: Whether routes of some stack stay as they are published, which only the state tells.
        blocked_rules: Whether a blocked stack has firewall rules: only those in force stay, which only the state tells.
    """

    domain: str
    node: str
    dns: tuple[DnsRecord, ...]
    nodes: tuple[NodePlan, ...]
    publication: DnsPublication
    firewall: FirewallPlan
    infrastructure: DynamicConfiguration
    environments: tuple[EnvironmentPlan, ...]
    stacks: tuple[StackPlan, ...]
    problems: tuple[Problem, ...]
    unknown_stacks: tuple[str, ...] = ()
    vms_in_doubt: frozenset[int] = frozenset()
    connections: tuple[Connection, ...] = ()
    networks: Mapping[str, str] = field(default_factory=dict)
    guest_addresses: Mapping[str, int] = field(default_factory=dict)
    guests: tuple[DeclaredGuest, ...] = ()
    rule_places: Mapping[str, str] = field(default_factory=dict)
    registries: tuple[RegistryPlan, ...] = ()
    contested: bool = False
    standing: bool = False
    blocked_rules: bool = False

    @property
    def every_problem(self) -> tuple[Problem, ...]:
        """The site's problems and, behind them, those of each stack."""
        return (*self.problems, *(problem for stack in self.stacks for problem in stack.problems))
