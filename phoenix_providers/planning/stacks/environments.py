"""Portainer environments: the primary VM's local one, and an agent on each agent VM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from phoenix_providers.errors import Explanation
from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.guest import VirtualMachine
from phoenix_providers.planning.addresses import address_of, override_advice
from phoenix_providers.planning.findings import Findings
from phoenix_providers.planning.names import is_host_name, without_space
from phoenix_providers.planning.site_plan import EnvironmentPlan

# Portainer's own names for the engine on which it runs.
_LOCAL_NAME = "local"
_LOCAL_URL = "unix:///var/run/docker.sock"


def agent_host(vm: VirtualMachine, domain: str) -> str:
    """Return the name under which Portainer reaches a VM's agent."""
    return vm.portainer_agent_hostname or f"{vm.name}.{domain}"


def environments(configuration: Configuration, findings: Findings) -> tuple[EnvironmentPlan, ...]:
    """Return all environments in file order; two with one name, or two primaries, are problems of the site.

    Two with one URL are not: both stay as they are, since either would be deployed to the other's machine.
    """
    planned: list[EnvironmentPlan] = []
    for vm in configuration.vms:
        if vm.portainer_role == "none":
            continue
        environment = _environment(configuration, vm, findings)
        for other in planned:
            _compare(configuration, vm, environment, other, findings)
        planned.append(environment)
    return tuple(_unless_shared(configuration, environment, planned, findings) for environment in planned)


def _unless_shared(
    configuration: Configuration, environment: EnvironmentPlan, planned: Sequence[EnvironmentPlan], findings: Findings
) -> EnvironmentPlan:
    url = environment.url.lower()
    names = [item.vm_name for item in planned if item.url.lower() == url]
    if environment.role == "primary" or len(names) == 1:
        return environment
    vm = next(vm for vm in configuration.vms if vm.vmid == environment.vmid)
    place = configuration.locate(*vm.declared_at, "portainer_agent_hostname")
    what = f"the environments of {' and '.join(names)} have the same agent"
    expected = "a portainer_agent_hostname of its own for each VM; until then these environments and their stacks stay"
    findings.warning(what, place, seen=environment.url, next_step=f"correct it at {place}")
    return replace(
        environment, blocked=Explanation(what, str(place), environment.url, expected, f"correct it at {place}").text()
    )


def _environment(configuration: Configuration, vm: VirtualMachine, findings: Findings) -> EnvironmentPlan:
    name = without_space(vm.portainer_environment_name or "")
    if vm.portainer_role == "primary":
        return EnvironmentPlan(vm.vmid, vm.name, name or _LOCAL_NAME, "primary", _LOCAL_URL, named=bool(name))
    if not name:
        name = without_space(vm.name)
        findings.warning(
            f"{vm.name} has no portainer_environment_name, so its environment is called {name}",
            configuration.locate(*vm.declared_at),
            next_step="write portainer_environment_name",
        )
    if not vm.portainer_agent_hostname and address_of(configuration, vm) is None:
        findings.error(
            f"the agent on {vm.name} has no address",
            configuration.locate(*vm.declared_at, "network_config", "ip"),
            seen=vm.network_config.ip or "nothing",
            expected="an IP, or portainer_agent_hostname with a name that something else resolves",
            next_step=override_advice(configuration, vm.name),
        )
    host = agent_host(vm, configuration.site.domain_name)
    if not is_host_name(host.lower()):
        findings.error(
            f"Portainer cannot reach the agent on {vm.name}: its name is no host name",
            configuration.locate(*vm.declared_at, "portainer_agent_hostname"),
            seen=host,
            expected="portainer_agent_hostname with letters, digits, dashes and dots, or such a name of the VM",
        )
    port = configuration.site.network.portainer_agent_port
    url = f"tcp://{host}:{port}"
    address = address_of(configuration, vm)
    return EnvironmentPlan(vm.vmid, vm.name, name, "agent", url, f"tcp://{address}:{port}" if address else "")


def _compare(
    configuration: Configuration,
    vm: VirtualMachine,
    environment: EnvironmentPlan,
    other: EnvironmentPlan,
    findings: Findings,
) -> None:
    if environment.name == other.name:
        findings.error(
            f"{vm.name} and {other.vm_name} have the same environment name",
            configuration.locate(*vm.declared_at, "portainer_environment_name"),
            seen=environment.name,
            expected="a name of its own for each environment",
        )
    if environment.role == other.role == "primary":
        findings.error(
            f"{vm.name} and {other.vm_name} are both Portainer's primary VM",
            configuration.locate(*vm.declared_at, "portainer_role"),
            seen="portainer_role: primary on both",
            expected="one primary; the others are agents",
        )
