"""The example site is what users copy: it loads without a remark and shows what it promises."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import SETTING_KEYS, Settings
from phoenix_providers.models.stack import SecretReference

_PROJECT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def example() -> Configuration:
    return load_configuration(_PROJECT / "config", Settings())


def test_it_loads_without_a_remark(example: Configuration) -> None:
    assert example.problems == ()
    assert not example.old_spelling


def test_guests(example: Configuration) -> None:
    assert len(example.lxcs) == 6
    assert [vm.portainer_role for vm in example.vms] == ["primary", "agent", "agent", "agent"]
    assert all(vm.portainer_environment_name and vm.portainer_agent_hostname for vm in example.vms[1:])


def test_every_guest_has_a_loopback_address_of_its_own(example: Configuration) -> None:
    addresses = [guest.address for guest in example.guests]
    assert len(set(addresses)) == len(addresses)
    assert all(address and ip_address(address).is_loopback for address in addresses)


def test_stacks_are_all_listed_and_differ_in_what_they_show(example: Configuration) -> None:
    listed = [reference.name for vm in example.vms for reference in vm.docker_stacks]
    assert set(listed) == set(example.stacks)
    assert len(example.stacks) == 7
    assert listed.count("whoami") == 2
    environments = [environment for s in example.stacks.values() for environment in s.manifest.environments.values()]
    assert any(isinstance(v.value, SecretReference) for environment in environments for v in environment.variables)
    assert any(environment.files for environment in environments)
    assert any(environment.firewall_rules for environment in environments)
    assert any(len(environment.services) == 2 for environment in environments)


def test_host_ports_are_distinct_on_each_vm(example: Configuration) -> None:
    for vm in example.vms:
        ports = [port for reference in vm.docker_stacks for port in _host_ports(example, reference.name)]
        assert len(set(ports)) == len(ports)


def test_what_is_dropped_by_default_is_opened_where_it_is_needed(example: Configuration) -> None:
    """Every agent lets Portainer in, and every published port of a stack lets Traefik in."""
    traefik = next(lxc for lxc in example.lxcs if lxc.name == "traefik").address
    for vm in example.vms[1:]:
        environments = [
            example.stacks[reference.name].manifest.environments.get(reference.environment or "production")
            for reference in vm.docker_stacks
        ]
        of_stacks = [rule for environment in environments if environment for rule in environment.firewall_rules]
        rules = [*vm.firewall.rules, *of_stacks]
        agent = [rule for rule in rules if rule.source == example.site.network.portainer_server_ip]
        assert [rule.port for rule in agent] == ["9001"]
        opened = {port for rule in rules if rule.source == traefik for port in _ports(rule.port or "")}
        wanted = {int(port) for reference in vm.docker_stacks for port in _host_ports(example, reference.name)}
        assert wanted <= opened


def test_the_settings_example_names_only_settings_and_no_secret() -> None:
    config = YAML(typ="safe", pure=True).load(_PROJECT / "Pulumi.prod.yaml")["config"]
    keys = {key.removeprefix("phoenix:") for key in config if key.startswith("phoenix:")}
    assert keys <= SETTING_KEYS
    assert not keys & {"portainerPassword", "portainerApiKey", "secrets"}
    assert "proxmoxve:apiToken" not in config


def _host_ports(example: Configuration, stack: str) -> list[str]:
    services = YAML(typ="safe", pure=True).load(example.stacks[stack].compose)["services"].values()
    return [port.partition(":")[0] for service in services for port in service.get("ports", [])]


def _ports(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition(":")
        found.update(range(int(first), int(last or first) + 1))
    return found
