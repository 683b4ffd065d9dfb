"""What stays as it is while nobody knows what some stacks declare: at most what may be their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Guest, VirtualMachine
from phoenix_providers.models.traefik_records import DynamicConfiguration
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.proxmox.firewall_options import SWITCHES
from phoenix_providers.planning.proxmox_scope import Kind, ProxmoxScope
from phoenix_providers.planning.recorded_environment import RecordedEnvironment
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.routes.declared_hosts import DeclaredHosts, routed_hosts
from phoenix_providers.planning.site_plan import DnsRecord, SitePlan

EVERYTHING = ("rules", "enabled", "input_policy", "output_policy")


@dataclass(frozen=True)
class Recorded:
    """What the state has.

    Attributes:
        names: Names of resources, under which they are declared now.
        hosts: The address of each published name; None where the state does not tell.
        confirmed_change: The last change of the firewall that was confirmed; empty if there was none.
        routes: What was published last, by the stack's resource name.
        stacks: Stacks by name.
        environments: Environments of Portainer by name.
        former: The name that a guest's resource has in the state, by its present one, where it is another.
        as_stored: Names of resources as the state has them.
        settled: The policies that guests were left with, by the name of the resource that holds their options.
        waited: Findings of `firewall-check` about rules that wait for their places.
        rules: Signature of each rule, by the name of the resource that holds the list.
        retired: Names of resources of a type that no program declares any more; of another type they may be declared.
        site_id: Whose state it is; empty if it does not tell.
        urns: URNs of resources by their names, but for those that are retired.
        components: Names of components.
    """

    names: frozenset[str] = frozenset()
    hosts: Mapping[str, str] | None = None
    confirmed_change: str = ""
    routes: Mapping[str, DynamicConfiguration] = field(default_factory=dict)
    stacks: Mapping[str, RecordedStack] = field(default_factory=dict)
    environments: Mapping[str, RecordedEnvironment] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)
    as_stored: frozenset[str] = frozenset()
    settled: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    waited: frozenset[str] = frozenset()
    site_id: str = ""
    rules: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    urns: Mapping[str, str] = field(default_factory=dict)
    components: frozenset[str] = frozenset()


def unknown_stacks(configuration: Configuration, hosts: Mapping[str, DeclaredHosts]) -> tuple[str, ...]:
    """Return the stacks whose folder, manifest or rules are missing or cannot be read.

    Broken rules of a folder that no VM lists count as none: no route was ever published from them.
    """
    listed = {reference.name for vm in configuration.vms for reference in vm.docker_stacks}
    unreadable = {name for name, folder in configuration.stacks.items() if not folder.manifest_readable}
    incomplete = {name for name, declared in hosts.items() if not declared.complete}
    return tuple(sorted(unreadable | (incomplete & listed) | (listed - configuration.stacks.keys())))


def with_recorded_names(
    configuration: Configuration, records: Iterable[DnsRecord], recorded: Recorded
) -> tuple[DnsRecord, ...]:
    """Return the records, new ones included, with every name of the domain as the state has it."""
    domain, site = configuration.site.domain_name.lower(), configuration.site
    nodes = (configuration.settings.node, *site.network.nodes)
    static = (
        *site.dns_server.static_hosts,
        *(line for node in site.network.nodes.values() for line in node.static_hosts),
    )
    not_ours = {f"{node}.{domain}" for node in nodes} | {name for entry in static for name in entry.hostnames}
    kept = {
        name: address
        for name, address in (recorded.hosts or {}).items()
        if name.endswith(f".{domain}") and name not in not_ours
    }
    wanted = {record.hostname: record.ip for record in records}
    return tuple(DnsRecord(name, address) for name, address in {**wanted, **kept}.items())


def standing_hosts(standing: Iterable[DynamicConfiguration]) -> Iterator[str]:
    """Yield the names of routes that stay whatever the files say by now."""
    return (name for routes in standing for name in routed_hosts(routes))


def with_published_names(
    records: Iterable[DnsRecord], recorded: Recorded, names: Iterable[str]
) -> tuple[DnsRecord, ...]:
    """Return the records, and those of these names that are published and that the files have no more."""
    known, hosts = tuple(records), recorded.hosts or {}
    declared = {record.hostname for record in known}
    left = (name for name in dict.fromkeys(names) if name in hosts and name not in declared)
    return (*known, *(DnsRecord(name, hosts[name]) for name in left))


def recorded_guests(configuration: Configuration, recorded: Recorded) -> frozenset[int]:
    """Return the guests whose rules or switches the state has."""
    found = (guest for guest in configuration.guests if _firewall_names(configuration, guest) & recorded.names)
    return frozenset(guest.id for guest in found)


def kept_fields(plan: SitePlan, scope: ProxmoxScope) -> tuple[str, ...]:
    """Return what of a place's firewall stays as it is.

    A stack's rules are its VM's, and a policy there might need one that is not known. The datacenter's switch makes
    the VM's policy count. In one list of the datacenter they may be anywhere.
    """
    if not plan.vms_in_doubt:
        return ()
    if scope.kind == "cluster":
        return EVERYTHING if plan.firewall.placement == "cluster" else ("enabled",)
    return EVERYTHING if scope.guest_id in plan.vms_in_doubt else ()


def kept_options(plan: SitePlan, scope: ProxmoxScope) -> tuple[str, ...]:
    """Return which options of a place's firewall stay as they are, in Proxmox's words."""
    return tuple(SWITCHES[field] for field in kept_fields(plan, scope) if field in SWITCHES)


def mention(
    configuration: Configuration, unknown: Sequence[str], in_doubt: Collection[int], findings: Findings
) -> None:
    """Say what stays as it is, and why."""
    if not unknown and not in_doubt:
        return
    machines = ", ".join(f"{vm.name} ({vm.vmid})" for vm in configuration.vms if vm.vmid in in_doubt)
    what = ["published DNS names stay as they are (new ones are added)"] if unknown else []
    what += [f"the firewall of {machines} stays as it is"] if in_doubt else []
    vm = next((vm for vm in configuration.vms if vm.vmid in in_doubt), None)
    place = (f"stacks/{unknown[0]}",) if unknown else (*vm.declared_at, "docker_stacks") if vm else ()
    findings.warning(
        ", and ".join(what) + ": what some stacks declare is unknown",
        configuration.locate(*place),
        seen=", ".join(unknown) or "firewall rules that cannot be read",
        expected="stacks whose folder, manifest and rules can be read",
        next_step="mend what is said of them, and run again",
    )


def _firewall_names(configuration: Configuration, guest: Guest) -> frozenset[str]:
    kind: Kind = "vm" if isinstance(guest, VirtualMachine) else "lxc"
    suffix = ProxmoxScope(kind, guest.node or configuration.settings.node, guest.id).suffix
    return frozenset({f"rules@{suffix}", f"firewall@{suffix}"})
