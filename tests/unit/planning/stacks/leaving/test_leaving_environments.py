"""How Portainer reaches the agent of a VM that leaves the files, until its stacks are removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from phoenix_providers.models.files.loader import load_configuration
from phoenix_providers.models.settings import Settings
from phoenix_providers.planning.recorded_environment import RecordedEnvironment
from phoenix_providers.planning.recorded_stack import RecordedStack
from phoenix_providers.planning.site.derive import plan_site
from phoenix_providers.planning.site_plan import SitePlan
from phoenix_providers.planning.stacks.leaving.leaving_environments import (
    LeavingEnvironment,
    agent_connections,
    leaving_environments,
)

SITE = {
    "domain_name": "home.lan",
    "dns_server": {"enabled": True},
    "network": {"interfaces": {"address": "10.0.0.13/24"}},
}
LXCS = {"lxc_configs": {"102": {"name": "traefik", "network_config": {"ip": "10.0.0.12/24"}}}}
STACK = RecordedStack("web@111", "env111", 7, "web-production", "")
BY_NAME, BY_ADDRESS = "tcp://agent.home.lan:9001", "tcp://10.0.0.111:9001"


def vm(vmid: int, **more: Any) -> dict[str, Any]:
    return {
        "vmid": vmid,
        "name": f"vm{vmid}",
        "network_config": {"ip": f"10.0.0.{vmid}/24"},
        "portainer_role": "agent",
        "portainer_environment_name": f"env{vmid}",
        **more,
    }


def plan_of(folder: Path, *vms: dict[str, Any]) -> SitePlan:
    for name, content in (("site", SITE), ("lxcs", LXCS), ("vms", {"vms": list(vms)})):
        (folder / f"{name}.yaml").write_text(json.dumps(content))
    return plan_site(load_configuration(folder, Settings()))


def found(
    folder: Path,
    *vms: dict[str, Any],
    url: str = BY_NAME,
    by_address: str = BY_ADDRESS,
    number: int = 7,
    leaving: tuple[RecordedStack, ...] = (STACK,),
    renamed: frozenset[str] = frozenset(),
) -> tuple[LeavingEnvironment, ...]:
    plan = plan_of(folder, *vms)
    known = RecordedEnvironment("environment@111", "env111", number, url, by_address)
    return leaving_environments(plan, {known.name: known}, leaving, renamed)


@pytest.mark.parametrize(
    ("vms", "address", "handed_on", "taken_by"),
    [
        ([], BY_ADDRESS, False, 0),
        ([vm(112)], BY_ADDRESS, False, 0),
        # The VM stays, and is no agent any more.
        ([vm(111, portainer_role="none")], BY_ADDRESS, False, 0),
        ([vm(111, portainer_role="none", name="agent")], "", False, 0),
        # Another VM gets the name.
        ([vm(112, portainer_agent_hostname="agent.home.lan")], BY_ADDRESS, True, 0),
        ([vm(112, portainer_role="none", name="agent")], BY_ADDRESS, True, 0),
        # Another VM gets the address.
        ([vm(112, network_config={"ip": "10.0.0.111/24"})], "", False, 112),
        # Both: it is the same agent, of a VM with another number.
        ([vm(112, network_config={"ip": "10.0.0.111/24"}, portainer_agent_hostname="agent.home.lan")], "", False, 0),
    ],
    ids=["gone", "a neighbour", "role", "name stays", "name of an agent", "name of a guest", "address", "both"],
)
def test_an_agent_is_reached_by_its_address_unless_another_machine_may_be_there(
    tmp_path: Path, vms: list[dict[str, Any]], address: str, handed_on: bool, taken_by: int
) -> None:
    (one,) = found(tmp_path, *vms)
    assert (one.address, one.handed_on, one.taken_by) == (address, handed_on, taken_by)
    assert (one.name, one.environment, one.number, one.url) == ("environment@111", "env111", 7, BY_NAME)
    assert (one.vmid, one.host, one.stacks) == (111, "agent.home.lan", ("web@111",))


def test_an_agent_whose_address_nobody_knows_is_reached_by_its_name(tmp_path: Path) -> None:
    (one,) = found(tmp_path, by_address="")
    assert (one.address, one.handed_on, one.taken_by) == ("", False, 0)


@pytest.mark.parametrize(("vms", "taken_by"), [([], 0), ([vm(112, network_config={"ip": "10.0.0.111/24"})], 112)])
def test_one_that_is_known_by_its_address_already_stays_so(
    tmp_path: Path, vms: list[dict[str, Any]], taken_by: int
) -> None:
    (one,) = found(tmp_path, *vms, url=BY_ADDRESS)
    assert (one.address, one.handed_on, one.taken_by) == ("", False, taken_by)


@pytest.mark.parametrize(
    "state",
    [
        {"vms": [vm(111)]},
        {"leaving": ()},
        {"leaving": (RecordedStack("web@112", "env112", 8, "web-production", ""),)},
        {"renamed": frozenset({"environment@111"})},
        {"number": 0},
        {"url": "unix:///var/run/docker.sock", "by_address": ""},
    ],
    ids=["stays", "no stacks", "another VM's", "renamed", "never made", "Portainer's own"],
)
def test_what_does_not_leave_or_has_no_agent_is_nobodys_business(tmp_path: Path, state: dict[str, Any]) -> None:
    assert found(tmp_path, *state.pop("vms", ()), **state) == ()


def test_it_comes_back_as_it_went_to_the_engine(tmp_path: Path) -> None:
    (one,) = found(tmp_path, vm(112, portainer_agent_hostname="agent.home.lan"))
    read = LeavingEnvironment.from_input({**one.as_input(), "number": 7.0})
    assert (read.number, read.address, read.handed_on, read.url) == (7, BY_ADDRESS, True, BY_NAME)


def test_portainer_needs_its_agent_until_then(tmp_path: Path) -> None:
    one = LeavingEnvironment("environment@111", "env111", 7, BY_NAME, known_address=BY_ADDRESS)
    unknown = LeavingEnvironment("environment@112", "env112", 8, "tcp://other.lan:9001")
    plan = plan_of(tmp_path, vm(110, portainer_role="primary"))
    (needed,) = agent_connections([one, unknown], plan, "10.0.0.110")
    assert (needed.name, needed.source, needed.dest, needed.port) == ("agent@111", "10.0.0.110", "10.0.0.111", 9001)
    assert (needed.from_guest, needed.to_guest) == (110, 111)
    assert agent_connections([one], plan, "") == ()
