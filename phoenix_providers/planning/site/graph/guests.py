"""Guests, their environments, and the Proxmox around them."""

from __future__ import annotations

from collections.abc import Iterator

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import Guest, VirtualMachine
from phoenix_providers.planning.site.graph.picture import PROXMOX, PROXMOX_NAME, Detail, Thing
from phoenix_providers.planning.site_plan import EnvironmentPlan, OptionsPlan, SitePlan


def proxmox(configuration: Configuration, plan: SitePlan) -> Thing:
    """Return what stands for the datacenter, with the rules that count on its hosts."""
    nodes = ", ".join(node.name for node in plan.nodes) or plan.node
    parts = (("network", "interfaces", "address"), ("firewall",))
    where = tuple(str(configuration.locate("site", *part)) for part in parts)
    details = [Detail("hosts", nodes), Detail("firewall", _firewall(plan.firewall.options))]
    for node in plan.nodes:
        if node.resolver:
            details.append(Detail(f"{node.name} resolves with", ", ".join(node.resolver.servers)))
    details.append(Detail("records", f"{len(plan.dns)} names, by the back end {plan.publication.backend}"))
    return Thing(
        PROXMOX, "proxmox", PROXMOX_NAME, PROXMOX_NAME, f"the Proxmox hosts: {nodes}", where, details=tuple(details)
    )


def guest_id(number: int) -> str:
    """Return the id of a guest."""
    return f"guest:{number}"


def guests(configuration: Configuration, plan: SitePlan) -> Iterator[Thing]:
    """Yield all guests, in the order of the files."""
    for guest in configuration.guests:
        kind = "VM" if isinstance(guest, VirtualMachine) else "LXC container"
        yield Thing(
            guest_id(guest.id),
            "guest",
            guest.name,
            guest.name,
            f"{kind} {guest.id} on {guest.node or plan.node}",
            (str(configuration.locate(*guest.declared_at)),),
            details=tuple(_details(configuration, plan, guest)),
            also=(str(guest.id),),
        )


def environments(configuration: Configuration, plan: SitePlan) -> Iterator[Thing]:
    """Yield Portainer's environments, each in its VM."""
    declared_at = {vm.id: vm.declared_at for vm in configuration.vms}
    for one in plan.environments:
        at = declared_at.get(one.vmid)
        key = "portainer_environment_name" if one.named and one.role == "agent" else "portainer_role"
        yield Thing(
            f"environment:{one.vmid}",
            "environment",
            one.name,
            one.name,
            f"environment of Portainer on {one.vm_name} ({one.vmid})",
            (str(configuration.locate(*at, key)),) if at else (),
            inside=guest_id(one.vmid),
            remark=_remark(one),
            details=(
                Detail("reached", one.url),
                *((Detail("by address", one.url_by_address),) if one.url_by_address else ()),
                *((Detail("blocked", one.blocked),) if one.blocked else ()),
            ),
            also=(one.resource_name,),
        )


def _remark(one: EnvironmentPlan) -> str:
    if one.blocked:
        return "blocked"
    return "leaves" if one.leaves else ""


def _details(configuration: Configuration, plan: SitePlan, guest: Guest) -> Iterator[Detail]:
    yield Detail("address", guest.address or "by DHCP")
    own = plan.firewall.guests.get(guest.id)
    if own is not None:
        yield Detail("firewall", _firewall(own.options))
    elif plan.firewall.placement == "cluster":
        yield Detail("firewall", "its rules stand in the datacenter's list")
    else:
        yield Detail("firewall", "as it is: the files say nothing")
    if guest.dependencies:
        names = (configuration.guest_names.get(number, str(number)) for number in guest.dependencies)
        yield Detail("starts after", ", ".join(names))


def _firewall(options: OptionsPlan) -> str:
    said = {**options.otherwise, **options.declared}
    switch = {"1": "on", "0": "off"}.get(said.get("enable", ""), "its switch stays as it is")
    if switch != "on":
        return switch
    policy = said.get("policy_in", "")
    return f"on; what no rule names is for {policy}" if policy else "on"
