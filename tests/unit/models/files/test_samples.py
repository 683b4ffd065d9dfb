"""Grown installations load as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from phoenix_providers.models.configuration import Configuration
from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.problem import Severity
from phoenix_providers.models.settings import Settings

_SAMPLES = Path(__file__).parents[3] / "samples"


def _load(*parts: str) -> Configuration:
    return load_configuration(_SAMPLES.joinpath(*parts), Settings())


@pytest.mark.parametrize("folder", [("farm",), ("farm", "etc"), ("attic",), ("harbor",)])
def test_it_loads_without_errors(folder: tuple[str, ...]) -> None:
    configuration = _load(*folder)
    assert configuration.old_spelling
    assert [p for p in configuration.problems if p.severity is Severity.ERROR] == []


def test_the_samples_are_as_messy_as_they_claim() -> None:
    site = (_SAMPLES / "farm" / "etc" / "phoenix_hypervisor_config.json").read_bytes()
    assert site.startswith(b"\xef\xbb\xbf")
    assert b"\r\n\t" in site
    assert not site.rstrip().endswith(b"}")


def test_farm_site() -> None:
    site = _load("farm").site
    assert site.domain_name == "internal.farm.lan"
    assert (site.network.portainer_server_ip, site.network.portainer_server_port) == ("10.20.0.111", 9443)
    assert site.network.interfaces.address == "10.20.0.13/24"
    assert (site.dns_server.enabled, site.dns_server.upstream_servers) == (True, ("8.8.8.8", "1.1.1.1"))
    assert site.firewall.enabled
    rules = site.firewall.global_firewall_rules
    assert [rule.port for rule in rules] == ["443", "53", "443", "80,443"]
    assert [rule.enabled for rule in rules] == [True, True, True, False]


def test_farm_guests() -> None:
    configuration = _load("farm")
    assert [(guest.id, guest.name, guest.address) for guest in configuration.guests] == [
        (900, "Copy-Base", "10.20.0.200"),
        (102, "Traefik-Internal", "10.20.0.12"),
        (103, "Step-CA", "10.20.0.10"),
        (801, "granite", "10.20.0.141"),
        (1001, "Portainer", "10.20.0.111"),
        (1002, "barn", "10.20.0.102"),
        (1003, "shed", None),
    ]
    primary, barn, shed = configuration.vms
    assert (primary.portainer_role, primary.dependencies, len(primary.firewall.rules)) == ("primary", (102,), 3)
    assert [(stack.name, stack.environment) for stack in barn.docker_stacks] == [
        ("qdrant_store", None),
        ("notes_app", None),
        ("agent_service", None),
    ]
    assert barn.dependencies == (1001,)
    assert shed.traefik_service is None
    assert shed.docker_stacks[0].environment == "testing"


def test_farm_stacks() -> None:
    stacks = _load("farm").stacks
    assert list(stacks) == ["agent_service", "edge_proxy", "notes_app", "qdrant_store"]
    notes = stacks["notes_app"]
    production = notes.manifest.environments["production"]
    assert {variable.name: variable.value for variable in production.variables} == {
        "API_PORT": "8000",
        "DEBUG": "false",
        "VERSION": "1.10",
        "EMPTY": "",
    }
    # The first lies where the old scripts looked: beside the folder `stacks`.
    assert notes.files == {"shared/configs/prod.env": b"MODE=production\n", "configs/test.env": b"MODE=testing\n"}


def test_places_are_those_of_the_file() -> None:
    """A null before an entry and the lifted firewall shift neither line nor path."""
    configuration = _load("farm")
    place = configuration.locate("site", "firewall", "global_firewall_rules", 3, "proto")
    lines = place.file.read_text("utf-8-sig").splitlines()
    assert place.line is not None
    assert '"80,443"' in lines[place.line - 1]
    assert place.path == "shared_volumes.firewall.global_firewall_rules[4].proto"


def test_attic() -> None:
    configuration = _load("attic")
    assert configuration.site.firewall.default_input_policy == "ACCEPT"
    assert configuration.site.network.interfaces.address == "192.168.7.2/24"
    assert [(vm.vmid, vm.address) for vm in configuration.vms] == [(200, "192.168.7.20"), (201, "192.168.7.21")]
    assert configuration.vms[1].firewall.enabled
    assert list(configuration.stacks) == ["old-wiki", "photos", "portainer_service"]
